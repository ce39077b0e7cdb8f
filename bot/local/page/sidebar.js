// The list of chats, and the menu of people that one may be.

import { $, avatar, clock, h, roving } from "./dom.js";
import { summary } from "./text.js";
import { gettext, ngettext } from "./words.js";

export class Sidebar {
  constructor(store) {
    this.store = store;
    roving($("people"), "button");
    roving($("chats"), "button");
    $("people").addEventListener("toggle", ({ newState }) => {
      if (newState === "open") $("people").querySelector("[aria-checked=true]").focus();
    });
  }

  render() {
    const { store } = this;
    const me = store.people.get(store.me);
    const elsewhere = [...store.people.keys()].some((id) => id !== store.me && this.#unreadOf(id));
    $("me").replaceChildren(
      avatar(me),
      h("span", { class: "lines" }, h("b", {}, me.first_name, badge(me)), h("small", {}, gettext("You are this person · switch"))),
      elsewhere ? h("span", { class: "dot", role: "img", "aria-label": gettext("Somebody else has new messages") }) : "",
    );
    $("people").replaceChildren(
      h("p", { class: "menu-title" }, gettext("Act as")),
      ...[...store.people.values()].map((person) => this.#person(person)),
    );
    const focused = document.activeElement?.dataset?.chat;
    $("chats").replaceChildren(...store.chatsOf(store.me).map((chat) => this.#chat(chat)));
    if (focused) $("chats").querySelector(`[data-chat="${focused}"]`)?.focus();
  }

  #unreadOf(person) {
    return this.store.chatsOf(person).reduce((sum, chat) => sum + this.store.unread(person, chat), 0);
  }

  #person(person) {
    const unread = this.#unreadOf(person.id);
    return h(
      "button",
      {
        role: "menuitemradio",
        "aria-checked": String(person.id === this.store.me),
        "data-person": person.id,
        onclick: () => {
          $("people").hidePopover();
          this.store.choose(person.id, person.id);
        },
      },
      avatar(person),
      h("span", { class: "lines" }, h("b", {}, person.first_name, badge(person)), h("small", {}, `id ${person.id}`)),
      unread ? h("span", { class: "badge" }, unread) : "",
    );
  }

  #chat(chat) {
    const { store } = this;
    const peer = store.peer(chat);
    const me = store.people.get(store.me);
    const last = store.latest(chat);
    const unread = store.unread(store.me, chat);
    const typing = store.isTyping(chat.chat.id);
    const who = last && chat.chat.type !== "private" ? `${last.from.id === store.me ? gettext("You") : last.from.first_name}: ` : "";
    return h(
      "button",
      {
        class: "chat-row",
        "aria-current": chat.chat.id === store.open ? "true" : null,
        "data-chat": chat.chat.id,
        onclick: () => {
          store.choose(store.me, chat.chat.id);
          document.body.classList.remove("listing");
          if (matchMedia("(pointer: fine)").matches) $("text").focus();
        },
      },
      avatar(peer),
      h(
        "span",
        { class: "lines" },
        h("b", {}, peer.title ?? peer.first_name, last ? h("time", {}, clock(last.date)) : ""),
        h("small", { class: typing ? "typing" : "" }, typing ? gettext("typing…") : last ? who + summary(last) : (peer.is_bot && me.bot_short_description) || gettext("No messages yet")),
      ),
      unread ? h("span", { class: "badge", "aria-label": ngettext("{count} unread message", "{count} unread messages", unread) }, unread) : "",
    );
  }
}

function badge(person) {
  return person.admin ? h("span", { class: "admin" }, gettext("admin")) : "";
}
