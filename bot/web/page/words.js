// What the other scripts share: the words in the language in which the page was served.

const WORDS = JSON.parse(document.getElementById("words").textContent);

export const $ = (id) => document.getElementById(id);

export function say(key, values = {}) {
  return WORDS[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// The two ways to write a share. To make them costs more than to use them.
const FORMS = [0, 1].map((places) =>
  new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: places }));

export function percent(share) {
  const [whole, precise] = FORMS;
  return share > 0.9995 ? `> ${precise.format(0.999)}` : (share > 0.99 ? precise : whole).format(share);
}
