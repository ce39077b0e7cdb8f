// The page's words in the language of the app that it plays. English stands in the code, and the
// files in words/ hold the translations; `make translations` writes them from the catalogues.

const ATTRIBUTES = ["aria-label", "placeholder", "title", "alt"];
const root = document.documentElement;
const choice = document.getElementById("language");
let texts = {}; // by the English text: its translation, or one for each plural form
let forms = []; // which of these belongs to each number up to 199, after which it repeats

/** Translate a text, and put values into its {placeholders}. */
export function gettext(text, values = {}) {
  return filled(texts[text] ?? text, values);
}

/** Translate a text about a number, which stands in it as {count}. */
export function ngettext(one, several, count, values = {}) {
  const form = texts[one]?.[forms[count < 200 ? count : 100 + (count % 100)]];
  return filled(form ?? (count === 1 ? one : several), { count, ...values });
}

/** Mark a constant for translation; `gettext` translates it later. */
export function N_(text) {
  return text;
}

/** Fetch the words of a language, and translate what stands in the page itself. */
export async function speak(code) {
  const languages = await words("languages");
  const spoken = languages.some((language) => language.code === code) ? code : "en";
  ({ texts, forms } = spoken === "en" ? { texts: {}, forms: [] } : await words(spoken));
  root.lang = spoken;
  root.dataset.app = code;
  translate(document.body);
  choice.replaceChildren(...languages.map((language) => new Option(language.name, language.code)));
  choice.value = spoken;
}

/** Let a person choose the language of the app. The page begins anew, in that language. */
export function offerLanguages(store) {
  choice.addEventListener("change", async () => {
    const body = JSON.stringify({ person: store.me, language_code: choice.value });
    await fetch("/chat/language", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    location.reload();
  });
}

/** Begin anew if this person's app speaks another language than the page does now. */
export function followLanguage(person) {
  if (root.dataset.app !== (person.language_code ?? "en")) location.reload();
}

async function words(name) {
  const response = await fetch(`/page/words/${name}.json`);
  return response.json();
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
}

function translate(element) {
  for (const name of ATTRIBUTES) {
    const text = element.getAttribute(name);
    if (texts[text]) element.setAttribute(name, texts[text]);
  }
  for (const child of element.childNodes) {
    if (child.nodeType === Node.ELEMENT_NODE) translate(child);
    else if (child.nodeType === Node.TEXT_NODE) translateText(child);
  }
}

function translateText(node) {
  const text = node.data.trim().replace(/\s+/g, " ");
  if (texts[text]) node.data = node.data.replace(node.data.trim(), () => texts[text]);
}
