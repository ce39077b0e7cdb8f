// What the other scripts share: the words in the language in which the page was served, and colours.

const WORDS = JSON.parse(document.getElementById("words").textContent);

export const $ = (id) => document.getElementById(id);

export function say(key, values = {}) {
  return WORDS[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// A colour of the style sheet as a canvas takes it: light or dark is decided.
export function colour(name) {
  const probe = $("colour");
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

export function percent(share) {
  const places = share > 0.99 ? 1 : 0;
  const form = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: places });
  return share > 0.9995 ? `> ${form.format(0.999)}` : form.format(share);
}
