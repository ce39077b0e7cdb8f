// One message, or one album, as it stands in the chat: picture, words, time, buttons.

import { fileUrl } from "./api.js";
import { avatar, bytes, clock, h, icon } from "./dom.js";
import { rich, summary } from "./text.js";
import { gettext } from "./words.js";

const SHOWN = /^image\/(jpeg|png|gif|webp|bmp)$/;

export class Bubbles {
  /** `on`: menu(message, element), view(message), reply(message), command(text), jump(id). */
  constructor(store, on) {
    this.store = store;
    this.on = on;
  }

  item(chat, group, follows) {
    const { store } = this;
    const first = group[0];
    const own = first.from.id === store.me;
    const inGroup = chat.chat.type !== "private";
    const captioned = group.find((m) => m.caption || m.text) ?? first;
    const text = captioned.text ?? captioned.caption;
    const pictures = group.filter((m) => m.photo || (m.local && m.kind === "photo"));
    const bubble = h(
      "div",
      { class: `bubble${pictures.length ? " pictured" : ""}${text ? "" : " wordless"}` },
      inGroup && !own && !follows && h("p", { class: `name colour-${Math.abs(first.from.id) % 7}` }, first.from.first_name),
      first.forward_origin && h("p", { class: "forwarded" }, gettext("Forwarded from {name}", { name: first.forward_origin.sender_user.first_name })),
      first.reply_to_message && this.#quote(first.reply_to_message),
      pictures.length ? this.#pictures(pictures) : null,
      group.flatMap((m) => this.#files(m)),
      h(
        "div",
        { class: "words" },
        text && h("div", { class: "text", dir: "auto" }, rich(text, captioned.entities ?? captioned.caption_entities, this.on.command)),
        this.#meta(chat, group, own),
      ),
    );
    return h(
      "article",
      {
        class: `item ${own ? "own" : "theirs"}${follows ? " follows" : ""}${first.failed ? " failed" : ""}`,
        tabindex: "-1",
        "aria-label": `${own ? gettext("You") : first.from.first_name}, ${clock(first.date)}: ${summary(first)}`,
        "data-id": first.message_id,
        oncontextmenu: (event) => {
          if (event.target.closest("a")) return;
          event.preventDefault();
          this.on.menu(first, event.currentTarget, event);
        },
        ondblclick: (event) => {
          if (event.target.closest("button, a") || first.pending) return;
          getSelection().removeAllRanges();
          this.on.reply(first);
        },
      },
      inGroup && !own && h("div", { class: "side-face" }, follows ? "" : avatar(first.from)),
      h(
        "div",
        { class: "stack" },
        bubble,
        !first.pending && this.#more(first),
        this.#keyboard(first),
        first.failed && this.#failure(first),
      ),
    );
  }

  #more(message) {
    return h(
      "button",
      {
        class: "more",
        tabindex: "-1",
        "aria-label": gettext("What to do with this message"),
        "aria-haspopup": "menu",
        onclick: (event) => this.on.menu(message, event.currentTarget),
      },
      icon("more"),
    );
  }

  #quote(message) {
    const picture = message.photo?.[0];
    return h(
      "button",
      { class: "quote", tabindex: "-1", onclick: () => this.on.jump(message.message_id) },
      picture && image(picture.file_id, icon("photo")),
      h("span", {}, h("b", {}, message.from.first_name), h("span", {}, summary(message))),
    );
  }

  #pictures(messages) {
    const tiles = messages.flatMap((message) => (message.local ? sendingTiles(message) : this.#tile(message)));
    const only = messages[0].photo?.at(-1);
    // Known before it is loaded, so that nothing moves when it is.
    if (tiles.length === 1 && only) tiles[0].style.width = `${shownWidth(only)}px`;
    return h("div", { class: `pictures n${Math.min(tiles.length, 4)}` }, tiles);
  }

  #tile(message) {
    const size = message.photo.at(-1);
    const gone = h("span", { class: "gone" }, icon("photo"), gettext("This picture is gone: only the newest are kept."));
    const shown = image(size.file_id, gone, { width: size.width, height: size.height, alt: message.caption ?? gettext("Photo"), decoding: "sync" });
    return h("button", { class: "picture", "aria-label": gettext("Show the picture in full"), onclick: () => shown.isConnected && this.on.view(message) }, shown);
  }

  #files(message) {
    if (message.local && message.kind !== "photo") return message.local.map((file) => fileRow(file.name, file.blob.size, null, icon(message.failed ? "file" : "clock")));
    const file = message.document ?? message.voice ?? message.video ?? message.sticker;
    if (!file) return [];
    const name = file.file_name ?? (message.voice ? gettext("Voice message") : message.video ? gettext("Video") : gettext("Sticker"));
    const preview = SHOWN.test(file.mime_type ?? "") ? image(file.file_id, icon("file"), { loading: "lazy" }) : icon("file");
    const open = preview.tagName === "IMG" ? () => this.on.view(message) : null;
    return [fileRow(name, file.file_size, fileUrl(file.file_id), preview, open)];
  }

  #meta(chat, group, own) {
    const last = group.at(-1);
    const state = last.pending ? "clock" : chat.waiting.has(last.message_id) ? "tick" : "ticks";
    const words = { clock: gettext("being sent"), tick: gettext("sent, not yet fetched by the bot"), ticks: gettext("fetched by the bot") };
    return h(
      "span",
      { class: "meta" },
      group.some((m) => m.edit_date) && `${gettext("edited")} `,
      h("time", {}, clock(last.date)),
      own && !last.failed && h("span", { class: `state ${state}`, title: words[state], role: "img", "aria-label": words[state] }, icon(state)),
    );
  }

  #keyboard(message) {
    const rows = buttons(message);
    if (!rows.length) return null;
    return h("div", { class: "keyboard", role: "group", "aria-label": gettext("Buttons") }, rows.map((row) => h("div", { class: "keys" }, row.map((button) => this.#keyOf(message, button)))));
  }

  #keyOf(message, button) {
    if (button.url) return h("a", { class: "key", href: /^(https?|tg):/.test(button.url) ? button.url : "#", target: "_blank", rel: "noreferrer noopener" }, button.text, icon("link", "corner"));
    const pressed = this.store.isPressed(message, button);
    return h(
      "button",
      {
        class: `key${pressed ? " pressed" : ""}${button.style ? ` ${button.style}` : ""}`,
        "aria-busy": pressed ? "true" : null,
        onclick: () => {
          if (button.copy_text) this.store.copy(button.copy_text.text);
          else if (!pressed) this.store.press(message, button).catch(this.store.fail);
        },
      },
      button.text,
      pressed && h("span", { class: "spinner" }),
    );
  }

  #failure(message) {
    return h(
      "p",
      { class: "failure", role: "alert" },
      message.failed,
      h("button", { onclick: () => this.store.retry(message) }, gettext("Try again")),
      h("button", { onclick: () => this.store.discard(message) }, gettext("Remove")),
    );
  }
}

export const buttons = (message) => message.reply_markup?.inline_keyboard ?? [];

/** The pictures of a message that is being sent, or could not be. */
function sendingTiles(message) {
  return message.local.map((file) => {
    const unknown = ({ currentTarget }) => currentTarget.replaceWith(h("span", { class: "gone" }, icon("photo"), file.name)); // HEIC, in most browsers
    const picture = h("img", { src: file.url, alt: file.name, onerror: unknown });
    return h("span", { class: "picture" }, picture, !message.failed && h("span", { class: "spinner" }));
  });
}

/** A picture that the program keeps, or `instead` where it keeps it no longer. */
function image(fileId, instead, properties = {}) {
  return h("img", { src: fileUrl(fileId), alt: "", ...properties, onerror: ({ currentTarget }) => currentTarget.replaceWith(instead) });
}

function fileRow(name, size, url, preview, open) {
  const face = h("span", { class: "file-face" }, preview);
  const words = h("span", { class: "file-words" }, h("b", {}, name), h("small", {}, bytes(size ?? 0)));
  if (open) return h("button", { class: "file", onclick: open, "aria-label": gettext("Show {name}", { name }) }, face, words);
  return h(url ? "a" : "span", { class: "file", href: url, download: url ? name : undefined }, face, words);
}

/** At most 460 wide and 380 high, at least 120 wide, in CSS pixels. */
function shownWidth({ width, height }) {
  const room = Math.min(460, 0.86 * document.documentElement.clientWidth - 40);
  return Math.max(120, Math.min(room, Math.max(width, 240), (380 * width) / height));
}
