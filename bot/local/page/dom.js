// Elements in few words. Text always becomes text nodes: nothing that anybody says is markup.

import { gettext } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element: properties, "aria-…" and "data-…" attributes, on… listeners, children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && !name.includes("-")) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  svg.append(use);
  return svg;
}

export const $ = (id) => document.getElementById(id);

/** A round picture: the bot's logo, or the first letter on a colour of one's own. */
export function avatar(peer) {
  if (peer.is_bot) return h("img", { class: "avatar", src: "/page/logo.svg", alt: "" });
  const name = peer.title ?? peer.first_name;
  const colour = Math.abs(peer.id) % 7;
  return h("span", { class: `avatar colour-${colour}`, "aria-hidden": "true" }, [...name][0]);
}

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}

export function day(seconds) {
  const date = new Date(seconds * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0) return gettext("Today");
  if (days === 1) return gettext("Yesterday");
  return date.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long" });
}

export function bytes(count) {
  if (count < 1024) return `${count} B`;
  if (count < 1024 ** 2) return `${(count / 1024).toFixed(0)} KB`;
  return `${(count / 1024 ** 2).toFixed(1)} MB`;
}

/** Arrow keys, Home and End move between the items of a menu or a list. */
export function roving(container, selector) {
  container.addEventListener("keydown", (event) => {
    const items = [...container.querySelectorAll(selector)];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined || !items.length) return;
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  });
}
