// The colours of the style sheet as a canvas takes them: light or dark is decided.

import { $ } from "./words.js";

// Asking for one makes the browser work out all styles anew, so each is asked for once.
const known = new Map();

// Says "change" when canvases have to be drawn in other colours.
export const theme = new EventTarget();

export function colour(name) {
  if (!known.has(name)) {
    const probe = $("colour");
    probe.style.color = `var(--${name})`;
    known.set(name, getComputedStyle(probe).color);
  }
  return known.get(name);
}

export function changeTheme() {
  known.clear();
  theme.dispatchEvent(new Event("change"));
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changeTheme);
