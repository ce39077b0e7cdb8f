// The messages of the open chat. What did not change keeps its elements, so nothing flickers.

import { fileUrl } from "./api.js";
import { $, avatar, bytes, clock, day, h, icon } from "./dom.js";
import { rich } from "./text.js";

const SHOWN = /^image\/(jpeg|png|gif|webp|bmp)$/;

export class Messages {
  #items = new Map(); // key → {signature, element}
  #chat = "";

  /** `on`: menu(message, element), view(message), reply(message), command(text). */
  constructor(store, on) {
    this.store = store;
    this.on = on;
    this.log = $("log");
    this.log.addEventListener("scroll", () => this.#scrolled());
    this.log.addEventListener("keydown", (event) => this.#key(event));
    $("down").addEventListener("click", () => this.toEnd(true));
    // Pictures take their space when they arrive, and the end must stay in view.
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.log);
    store.addEventListener("new", ({ detail }) => {
      if (detail.from.id === store.me && detail.chat.id === store.open) this.atEnd = true;
    });
  }

  atEnd = true;

  toEnd(smooth = false) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
    this.atEnd = true;
  }

  #scrolled() {
    this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
    this.#showDown();
    if (this.atEnd && !document.hidden) this.store.read(this.store.open);
  }

  #showDown() {
    const unread = this.store.unread(this.store.me, this.store.chats.get(this.store.open));
    $("down").hidden = this.atEnd;
    $("down-count").textContent = unread || "";
  }

  render() {
    const { store } = this;
    const chat = store.chats.get(store.open);
    const name = `${store.me} ${store.open}`;
    if (name !== this.#chat) {
      this.#items.clear();
      this.log.replaceChildren();
      this.#chat = name;
      this.atEnd = true;
    }
    const focused = document.activeElement?.closest?.(".item")?.dataset.key;
    const elements = [];
    const used = new Set();
    let lastDay = "";
    let last = null;
    for (const group of grouped(chat)) {
      const first = group[0];
      const today = day(first.date);
      if (today !== lastDay) {
        elements.push(this.#keep(used, `day ${today}`, "", () => h("p", { class: "day" }, h("span", {}, today))));
        last = null;
      }
      lastDay = today;
      const follows = last?.from.id === first.from.id && first.date - last.date < 300;
      const signature = JSON.stringify([
        group,
        follows,
        group.map((m) => [chat.reactions.get(m.message_id), chat.waiting.has(m.message_id)]),
        this.#buttons(first).map((row) => row.map((b) => store.isPressed(first, b))),
      ]);
      elements.push(this.#keep(used, `m ${first.message_id}`, signature, () => this.#item(chat, group, follows)));
      last = group.at(-1);
    }
    if (!elements.length) elements.push(this.#keep(used, "empty", JSON.stringify(store.bot), () => this.#empty(chat)));
    if (store.isTyping(store.open)) elements.push(this.#keep(used, "typing", "", typingDots));
    for (const key of this.#items.keys()) if (!used.has(key)) this.#items.delete(key);
    this.#place(elements);
    if (focused) this.log.querySelector(`[data-key="${focused}"]:not(:focus-within)`)?.focus({ preventScroll: true });
    const items = [...this.log.querySelectorAll(".item")];
    if (!items.some((item) => item.tabIndex === 0)) items.at(-1)?.setAttribute("tabindex", "0");
    if (this.atEnd) {
      this.toEnd();
      if (!document.hidden) store.read(store.open);
    }
    this.#showDown();
  }

  #keep(used, key, signature, make) {
    used.add(key);
    const known = this.#items.get(key);
    if (known?.signature === signature) return known.element;
    const element = make();
    element.dataset.key = key;
    if (known) {
      element.classList.add("changed");
      element.tabIndex = known.element.tabIndex;
    }
    this.#items.set(key, { signature, element });
    return element;
  }

  #place(elements) {
    for (const [at, element] of elements.entries()) {
      const there = this.log.children[at];
      if (there !== element) this.log.insertBefore(element, there ?? null);
    }
    while (this.log.children.length > elements.length) this.log.lastChild.remove();
  }

  #item(chat, group, follows) {
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
      first.forward_origin && h("p", { class: "forwarded" }, "Forwarded from ", h("b", {}, first.forward_origin.sender_user.first_name)),
      first.reply_to_message && this.#quote(first.reply_to_message),
      pictures.length ? this.#pictures(pictures) : null,
      group.flatMap((m) => this.#files(m)),
      h(
        "div",
        { class: "words" },
        text && h("div", { class: "text", dir: "auto" }, rich(text, captioned.entities ?? captioned.caption_entities, this.on.command)),
        this.#meta(chat, group, own),
      ),
      this.#reactions(chat, first),
    );
    return h(
      "article",
      {
        class: `item ${own ? "own" : "theirs"}${follows ? " follows" : ""}${first.failed ? " failed" : ""}`,
        tabindex: "-1",
        "aria-label": `${own ? "You" : first.from.first_name}, ${clock(first.date)}: ${summary(first)}`,
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
        "aria-label": "What to do with this message",
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
      { class: "quote", tabindex: "-1", onclick: () => this.jump(message.message_id) },
      picture && h("img", { src: fileUrl(picture.file_id), alt: "" }),
      h("span", {}, h("b", {}, message.from.first_name), h("span", {}, summary(message))),
    );
  }

  #pictures(messages) {
    return h(
      "div",
      { class: `pictures n${Math.min(messages.length, 4)}` },
      messages.map((message) => {
        const size = message.photo?.at(-1);
        const waiting = (message.local ?? []).map((file) => h("img", { src: file.url, alt: "" }));
        if (!size) return h("span", { class: "picture" }, waiting, h("span", { class: "spinner" }));
        const image = h("img", { src: fileUrl(size.file_id), width: size.width, height: size.height, alt: message.caption ?? "Photo" });
        const button = h("button", { class: "picture", "aria-label": "Show the picture in full", onclick: () => this.on.view(message) }, image);
        // Known before it is loaded, so that nothing moves when it is.
        if (messages.length === 1) button.style.width = `${shownWidth(size)}px`;
        return button;
      }),
    );
  }

  #files(message) {
    if (message.local && message.kind !== "photo") return message.local.map((file) => fileRow(file.name, file.blob.size, null, icon("clock")));
    const file = message.document ?? message.voice ?? message.video ?? message.sticker;
    if (!file) return [];
    const name = file.file_name ?? (message.voice ? "Voice message" : message.video ? "Video" : "Sticker");
    const preview = SHOWN.test(file.mime_type ?? "") ? h("img", { src: fileUrl(file.file_id), alt: "", loading: "lazy" }) : icon("file");
    const open = preview.tagName === "IMG" ? () => this.on.view(message) : null;
    return [fileRow(name, file.file_size, fileUrl(file.file_id), preview, open)];
  }

  #meta(chat, group, own) {
    const last = group.at(-1);
    const state = last.pending ? "clock" : chat.waiting.has(last.message_id) ? "tick" : "ticks";
    const words = { clock: "being sent", tick: "sent, not yet fetched by the bot", ticks: "fetched by the bot" };
    return h(
      "span",
      { class: "meta" },
      group.some((m) => m.edit_date) && "edited ",
      h("time", {}, clock(last.date)),
      own && !last.failed && h("span", { class: `state ${state}`, title: words[state], role: "img", "aria-label": words[state] }, icon(state)),
    );
  }

  #reactions(chat, message) {
    const all = Object.values(chat.reactions.get(message.message_id) ?? {}).flat();
    if (!all.length) return null;
    const counts = Map.groupBy ? Map.groupBy(all, (e) => e) : new Map([[all[0], all]]);
    return h("p", { class: "reactions" }, [...counts].map(([emoji, those]) => h("span", {}, emoji, those.length > 1 ? ` ${those.length}` : "")));
  }

  #buttons(message) {
    return message.reply_markup?.inline_keyboard ?? [];
  }

  #keyboard(message) {
    const rows = this.#buttons(message);
    if (!rows.length) return null;
    return h("div", { class: "keyboard", role: "group", "aria-label": "Buttons" }, rows.map((row) => h("div", { class: "keys" }, row.map((button) => this.#keyOf(message, button)))));
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
          if (button.copy_text) navigator.clipboard.writeText(button.copy_text.text).then(() => this.store.say("Copied."));
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
      h("button", { onclick: () => this.store.retry(message) }, "Try again"),
      h("button", { onclick: () => this.store.discard(message) }, "Remove"),
    );
  }

  #empty(chat) {
    const { bot } = this.store;
    const private_ = chat.chat.type === "private";
    return h(
      "div",
      { class: "empty" },
      avatar(private_ ? bot : chat.chat),
      h("h2", {}, private_ ? bot.first_name : chat.chat.title),
      h("p", {}, private_ ? bot.description || "Say hello, or send a photo of a handwritten digit." : "Everybody is here, and so is the bot."),
    );
  }

  jump(messageId) {
    const item = this.log.querySelector(`[data-id="${messageId}"]`);
    if (!item) return;
    item.scrollIntoView({ block: "center" });
    item.classList.remove("flash");
    void item.offsetWidth; // restarts the animation
    item.classList.add("flash");
    this.#focus(item);
  }

  #focus(item) {
    for (const other of this.log.querySelectorAll(".item[tabindex='0']")) other.tabIndex = -1;
    item.tabIndex = 0;
    item.focus();
  }

  #key(event) {
    const item = event.target.closest(".item");
    if (!item) return;
    const items = [...this.log.querySelectorAll(".item")];
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) {
      event.preventDefault();
      const next = items[items.indexOf(item) + step];
      if (next) this.#focus(next);
      else if (step === 1) $("text").focus();
      return;
    }
    if (event.target !== item) return;
    const message = this.store.chats.get(this.store.open).messages.get(Number(item.dataset.id));
    if (event.key === "Enter" || event.key === "ContextMenu") {
      event.preventDefault();
      this.on.menu(message, item.querySelector(".bubble"));
    } else if (event.key.toLowerCase() === "r" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.on.reply(message);
    }
  }
}

function typingDots() {
  return h("div", { class: "item theirs dots", "aria-label": "typing" }, h("div", { class: "bubble" }, h("i"), h("i"), h("i")));
}

function fileRow(name, size, url, preview, open) {
  const face = h("span", { class: "file-face" }, preview);
  const words = h("span", { class: "file-words" }, h("b", {}, name), h("small", {}, bytes(size ?? 0)));
  if (open) return h("button", { class: "file", onclick: open, "aria-label": `Show ${name}` }, face, words);
  return h(url ? "a" : "span", { class: "file", href: url, download: url ? name : undefined }, face, words);
}

/** A message in a few words, for lists and quotations. */
export function summary(message) {
  const text = message.text ?? message.caption;
  if (text) return text.replace(/\s+/g, " ").slice(0, 120);
  if (message.photo || message.kind === "photo") return "Photo";
  return message.document?.file_name ?? (message.voice ? "Voice message" : message.video ? "Video" : message.sticker ? "Sticker" : "File");
}

/** At most 460 wide and 380 high, at least 120 wide, in CSS pixels. */
function shownWidth({ width, height }) {
  const room = Math.min(460, 0.86 * document.documentElement.clientWidth - 40);
  return Math.max(120, Math.min(room, Math.max(width, 240), (380 * width) / height));
}

/** Messages in order, albums together. What is still being sent comes last. */
function grouped(chat) {
  const order = (m) => (m.message_id < 0 ? 1e15 - m.message_id : m.message_id);
  const groups = [];
  for (const message of [...chat.messages.values()].sort((a, b) => order(a) - order(b))) {
    const last = groups.at(-1);
    if (last && message.media_group_id && last[0].media_group_id === message.media_group_id) last.push(message);
    else groups.push([message]);
  }
  return groups;
}
