// The messages of the open chat. What did not change keeps its elements, so nothing flickers.

import { Bubbles, buttons } from "./bubble.js";
import { $, avatar, day, h } from "./dom.js";
import { placeOf } from "./store.js";
import { gettext } from "./words.js";

export class Messages {
  #items = new Map(); // key → {signature, element}
  #chat = "";

  /** `on`: menu(message, element), view(message), reply(message), command(text). */
  constructor(store, on) {
    this.store = store;
    this.on = on;
    this.bubbles = new Bubbles(store, { ...on, jump: (id) => this.jump(id) });
    this.log = $("log");
    this.log.addEventListener("scroll", () => this.#scrolled());
    this.log.addEventListener("keydown", (event) => this.#key(event));
    this.log.addEventListener("focusin", ({ target }) => {
      for (const other of this.log.querySelectorAll(".item[tabindex='0']")) other.tabIndex = -1;
      const item = target.closest(".item");
      if (item) item.tabIndex = 0;
    });
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
    const restoreFocus = this.#focusKept();
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
        group.map((m) => chat.waiting.has(m.message_id)),
        buttons(first).map((row) => row.map((b) => store.isPressed(first, b))),
      ]);
      elements.push(this.#keep(used, `m ${store.keyOf(first)}`, signature, () => this.bubbles.item(chat, group, follows)));
      last = group.at(-1);
    }
    if (!elements.length) elements.push(this.#keep(used, "empty", JSON.stringify(store.bot), () => this.#empty(chat)));
    if (store.isTyping(store.open)) elements.push(this.#keep(used, "typing", "", typingDots));
    for (const key of this.#items.keys()) if (!used.has(key)) this.#items.delete(key);
    this.#place(elements);
    restoreFocus();
    const items = [...this.log.querySelectorAll(".item")];
    if (!items.some((item) => item.tabIndex === 0)) items.at(-1)?.setAttribute("tabindex", "0");
    if (this.atEnd) {
      this.toEnd();
      if (!document.hidden) store.read(store.open);
    }
    this.#showDown();
  }

  /** A message that is made anew keeps the focus, and in its keyboard the place. */
  #focusKept() {
    const active = document.activeElement;
    const key = active?.closest?.(".item")?.dataset.key;
    if (!key) return () => {};
    const place = [...active.closest(".item").querySelectorAll(".key")].indexOf(active);
    return () => {
      const item = this.log.querySelector(`[data-key="${key}"]`);
      if (!item || item.contains(document.activeElement)) return;
      const keys = place < 0 ? [] : item.querySelectorAll(".key");
      (keys[Math.min(place, keys.length - 1)] ?? item).focus({ preventScroll: true });
    };
  }

  #keep(used, key, signature, make) {
    used.add(key);
    const known = this.#items.get(key);
    if (known?.signature === signature) return known.element;
    const element = make();
    element.dataset.key = key;
    if (known) {
      known.element.replaceWith(element);
      element.classList.add("changed");
      element.tabIndex = known.element.tabIndex;
    }
    this.#items.set(key, { signature, element });
    return element;
  }

  /** Nothing that stays is moved: the browser would scroll after what it moves. */
  #place(elements) {
    const wanted = new Set(elements);
    for (const child of [...this.log.children]) if (!wanted.has(child)) child.remove();
    for (const [at, element] of elements.entries()) {
      const there = this.log.children[at];
      if (there !== element) this.log.insertBefore(element, there ?? null);
    }
  }

  #empty(chat) {
    const { bot } = this.store;
    const private_ = chat.chat.type === "private";
    return h(
      "div",
      { class: "empty" },
      avatar(private_ ? bot : chat.chat),
      h("h2", {}, private_ ? bot.first_name : chat.chat.title),
      h("p", {}, private_ ? this.store.people.get(this.store.me).bot_description || gettext("Say hello, or send a photo of a handwritten digit.") : gettext("Everybody is here, and so is the bot.")),
    );
  }

  jump(messageId) {
    const item = this.log.querySelector(`[data-id="${messageId}"]`);
    if (!item) return;
    item.scrollIntoView({ block: "center" });
    item.classList.remove("flash");
    void item.offsetWidth; // restarts the animation
    item.classList.add("flash");
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
      if (next) next.focus();
      else if (step === 1) $("text").focus();
      return;
    }
    const message = this.store.chats.get(this.store.open).messages.get(Number(item.dataset.id));
    if (event.target !== item || !message || message.pending) return;
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
  return h("div", { class: "item theirs dots", "aria-label": gettext("typing…") }, h("div", { class: "bubble" }, h("i"), h("i"), h("i")));
}

/** Messages in order, albums together. */
function grouped(chat) {
  const groups = [];
  for (const message of [...chat.messages.values()].sort((a, b) => placeOf(a) - placeOf(b))) {
    const last = groups.at(-1);
    if (last && message.media_group_id && last[0].media_group_id === message.media_group_id) last.push(message);
    else groups.push([message]);
  }
  return groups;
}
