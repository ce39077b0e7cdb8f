// What one writes: text, commands offered while typing "/", replies, edits.

import { get, post } from "./api.js";
import { $, h, icon } from "./dom.js";
import { summary } from "./text.js";
import { gettext } from "./words.js";

export class Composer {
  replyTo = null;
  editing = null;
  #commands = [];
  #offered = [];
  #at = 0;
  #drafts = new Map(); // what was left unsent, by "person chat"
  #where = "";

  constructor(store) {
    this.store = store;
    this.text = $("text");
    this.list = $("commands");
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("blur", () => this.#offer([]));
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    $("menu").addEventListener("mousedown", keepFocus);
    $("menu").addEventListener("click", () => {
      this.text.focus();
      this.#offer(this.#offered.length ? [] : this.#commands);
    });
    $("start").addEventListener("click", () => this.say("/start"));
    store.addEventListener("commands", () => this.loadCommands().catch(store.fail));
  }

  async loadCommands() {
    const { me, open } = this.store;
    const found = await get(`/${open}/commands?person=${me}`);
    if (me !== this.store.me || open !== this.store.open) return;
    this.#commands = found;
    $("menu").hidden = !found.length;
    if (this.text.value.startsWith("/")) this.#typed();
  }

  render() {
    const where = `${this.store.me} ${this.store.open}`;
    if (where !== this.#where) {
      this.#drafts.set(this.#where, this.text.value);
      this.#where = where;
      this.text.value = this.#drafts.get(where) ?? "";
      this.quote(null);
      this.#grow();
    }
    const chat = this.store.chats.get(this.store.open);
    const fresh = chat.chat.type === "private" && !chat.messages.size;
    $("start").hidden = !fresh;
    $("send").disabled = !this.text.value.trim();
  }

  submit() {
    const text = this.text.value.trim();
    if (!text) return;
    const { editing } = this;
    this.text.value = "";
    if (editing) {
      const change = { person: this.store.me, message_id: editing.message_id, text };
      if (text !== (editing.text ?? editing.caption)) post(`/${editing.chat.id}/edit`, change).catch(this.store.fail);
      this.quote(null);
    } else {
      this.say(text);
    }
    this.#typed();
  }

  say(text) {
    this.store.send(this.store.open, { text, replyTo: this.take() });
  }

  /** The message that is being answered; the next one answers nothing. */
  take() {
    const message = this.replyTo;
    this.quote(null);
    return message;
  }

  /** Show what is being answered or changed, or nothing. */
  quote(message, editing = false) {
    this.replyTo = editing ? null : message;
    this.editing = editing ? message : null;
    $("quote").hidden = !message;
    if (!message) return;
    $("quote").replaceChildren(
      icon(editing ? "draw" : "reply"),
      h("span", {}, h("b", {}, editing ? gettext("Edit message") : gettext("Reply to {name}", { name: message.from.first_name })), h("span", {}, summary(message))),
      h("button", { class: "round", type: "button", "aria-label": gettext("Cancel"), onclick: () => this.#cancel() }, icon("close")),
    );
    if (editing) {
      this.text.value = message.text ?? message.caption ?? "";
      this.#typed();
    }
    this.text.focus();
  }

  #cancel() {
    if (this.editing) this.text.value = "";
    this.quote(null);
    this.#typed();
    this.text.focus();
  }

  #typed() {
    this.#grow();
    const begun = /^\/(\w*)$/.exec(this.text.value);
    this.#offer(begun ? this.#commands.filter((c) => c.command.startsWith(begun[1].toLowerCase())) : []);
    $("send").disabled = !this.text.value.trim();
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 180)}px`;
  }

  #offer(commands) {
    this.#offered = commands;
    this.#at = 0;
    this.list.hidden = !commands.length;
    this.text.setAttribute("aria-expanded", String(commands.length > 0));
    this.list.replaceChildren(
      ...commands.map((c, at) =>
        h(
          "li",
          {
            role: "option",
            id: `command-${at}`,
            onmousedown: keepFocus,
            onclick: () => this.#pick(c),
          },
          h("b", {}, `/${c.command}`),
          h("span", {}, c.description),
        ),
      ),
    );
    this.#mark();
  }

  #mark() {
    for (const [at, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(at === this.#at));
      if (at === this.#at) option.scrollIntoView({ block: "nearest" });
    }
    if (this.#offered.length) this.text.setAttribute("aria-activedescendant", `command-${this.#at}`);
    else this.text.removeAttribute("aria-activedescendant");
  }

  #pick(command) {
    this.text.value = "";
    this.#typed();
    const inGroup = this.store.chats.get(this.store.open).chat.type !== "private";
    this.say(`/${command.command}${inGroup ? `@${this.store.bot.username}` : ""}`);
  }

  #key(event) {
    if (event.isComposing) return;
    const offered = this.#offered.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (offered && step) {
      event.preventDefault();
      this.#at = (this.#at + step + offered) % offered;
      this.#mark();
    } else if (offered && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      this.text.value = `/${this.#offered[this.#at].command} `; // to go on with what belongs to it
      this.#typed();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (offered) this.#pick(this.#offered[this.#at]);
      else this.submit();
    } else if (event.key === "Escape") {
      if (offered) this.#offer([]);
      else if (this.replyTo || this.editing) this.#cancel();
    } else if (event.key === "ArrowUp" && !this.text.value) {
      event.preventDefault();
      [...$("log").querySelectorAll(".item[tabindex]")].at(-1)?.focus();
    }
  }
}

/** Leave the focus in the field, whose loss closes the list of commands. */
function keepFocus(event) {
  event.preventDefault();
}
