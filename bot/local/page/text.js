// Text with its entities, as elements.

import { h } from "./dom.js";
import { gettext } from "./words.js";

const TAGS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
  hashtag: "span",
  mention: "span",
};

/** `onCommand(text)` is called when a command in the text is pressed. */
export function rich(text, entities = [], onCommand = () => {}) {
  const root = document.createDocumentFragment();
  build(root, text, 0, text.length, [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length), onCommand);
  return root;
}

// JavaScript's strings count in UTF-16 code units, as entities do.
function build(parent, text, start, end, entities, onCommand) {
  let at = start;
  for (let i = 0; i < entities.length; ) {
    const entity = entities[i];
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset > at) parent.append(text.slice(at, entity.offset));
    const inner = [];
    for (i += 1; i < entities.length && entities[i].offset < stop; i += 1) inner.push(entities[i]);
    const element = elementFor(entity, text.slice(entity.offset, stop), onCommand);
    build(element, text, entity.offset, stop, inner, onCommand);
    parent.append(element);
    at = stop;
  }
  if (at < end) parent.append(text.slice(at, end));
}

function elementFor(entity, text, onCommand) {
  switch (entity.type) {
    case "bot_command":
      return h("button", { type: "button", class: "command", onclick: () => onCommand(text) });
    case "url":
    case "text_link": {
      const url = entity.url ?? text;
      if (!/^(https?:|mailto:|tg:)/i.test(url)) return h("span");
      return h("a", { href: url, target: "_blank", rel: "noreferrer noopener" });
    }
    case "spoiler":
      return h("button", {
        type: "button",
        class: "spoiler",
        "aria-label": gettext("Hidden text, press to show"),
        onclick: ({ currentTarget }) => {
          currentTarget.classList.add("shown");
          currentTarget.removeAttribute("aria-label");
        },
      });
    default:
      return h(Object.hasOwn(TAGS, entity.type) ? TAGS[entity.type] : "span", { class: entity.type });
  }
}

/** A message in a few words, for lists and quotations. */
export function summary(message) {
  const text = message.text ?? message.caption;
  if (text) return text.replace(/\s+/g, " ").slice(0, 120);
  if (message.photo || message.kind === "photo") return gettext("Photo");
  return message.document?.file_name ?? (message.voice ? gettext("Voice message") : message.video ? gettext("Video") : message.sticker ? gettext("Sticker") : gettext("File"));
}
