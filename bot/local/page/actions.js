// What one may do with a message: the menu, and where it is forwarded to.

import { post } from "./api.js";
import { $, avatar, h, icon, roving } from "./dom.js";
import { gettext } from "./words.js";

export class Actions {
  constructor(store, composer) {
    this.store = store;
    this.composer = composer;
    this.menu = $("context");
    roving(this.menu, "button");
    roving($("targets"), "button");
  }

  open(message, anchor, pointer = null) {
    if (message.pending) return;
    const { store } = this;
    const text = message.text ?? message.caption;
    const own = message.from.id === store.me;
    const inPrivate = message.chat.type === "private";
    const entries = [
      ["reply", gettext("Reply"), () => this.composer.quote(message)],
      ["forward", gettext("Forward"), () => this.#forward(message)],
      text && ["copy", gettext("Copy text"), () => store.copy(text)],
      own && text && !message.forward_origin && ["draw", gettext("Edit"), () => this.composer.quote(message, true)],
      (own || inPrivate) && ["bin", gettext("Delete"), () => this.#delete(message)],
    ].filter(Boolean);
    this.menu.replaceChildren(
      ...entries.map(([name, label, act]) =>
        h("button", { role: "menuitem", onclick: () => (this.menu.hidePopover(), act()) }, icon(name), label),
      ),
    );
    this.menu.showPopover();
    this.#place(anchor, pointer);
    this.menu.querySelector("button").focus();
    const back = document.activeElement?.closest?.(".item") ?? anchor.closest(".item");
    this.menu.addEventListener("toggle", () => document.activeElement === document.body && back?.focus(), { once: true });
  }

  #place(anchor, pointer) {
    const box = anchor.getBoundingClientRect();
    const [x, y] = pointer?.clientX ? [pointer.clientX, pointer.clientY] : [box.left, box.bottom];
    const { offsetWidth: width, offsetHeight: height } = this.menu;
    this.menu.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
    this.menu.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
  }

  #delete(message) {
    const body = { person: this.store.me, message_id: message.message_id };
    return post(`/${message.chat.id}/delete`, body).catch(this.store.fail);
  }

  #forward(message) {
    const { store } = this;
    const album = [...store.chats.get(message.chat.id).messages.values()].filter(
      (m) => m === message || (message.media_group_id && m.media_group_id === message.media_group_id),
    );
    $("targets").replaceChildren(
      ...store.chatsOf(store.me).map((chat) => {
        const peer = store.peer(chat);
        return h(
          "button",
          {
            class: "chat-row",
            type: "button",
            onclick: () => {
              $("forward").close();
              const body = { person: store.me, from_chat: message.chat.id, message_ids: album.map((m) => m.message_id) };
              post(`/${chat.chat.id}/forward`, body).then(() => store.choose(store.me, chat.chat.id), store.fail);
            },
          },
          avatar(peer),
          h("span", { class: "lines" }, h("b", {}, peer.title ?? peer.first_name)),
        );
      }),
    );
    $("forward").showModal();
  }
}
