// What the page knows. Everything that changes goes through here, and then through `changed`.

import { follow, get, post, Refusal } from "./api.js";
import { gettext } from "./words.js";

const ANSWER_MS = 15_000; // how long a pressed button turns its wheel
const TYPING_MS = 6000; // Telegram shows an action for about five seconds

export class Store extends EventTarget {
  me = 0;
  open = 0;
  online = true;
  bot = null;
  people = new Map();
  chats = new Map();
  typing = new Map(); // chat id → until, in ms
  pressed = new Map(); // query id → "chat message data"
  #read = new Map(); // "person chat" → the newest message id that was seen
  #sending = 0; // while one is under way, its echo waits for the answer to it
  #echoes = [];
  #line = Promise.resolve();
  #next = -1;
  #keys = new Map(); // message id → the id under which it was pending

  async load() {
    const state = await get("/state");
    this.boot = state.boot;
    this.#keys.clear();
    this.bot = state.bot;
    this.people = new Map(state.people.map((person) => [person.id, person]));
    this.chats = new Map(
      state.chats.map((c) => [
        c.chat.id,
        {
          ...c,
          messages: new Map(c.messages.map((message) => [message.message_id, message])),
          waiting: new Set(c.waiting), // what the bot has not fetched
          seen: new Set(), // what it fetched before the page knew of it
        },
      ]),
    );
    for (const chat of this.chats.values()) {
      for (const member of chat.members) {
        const key = `${member} ${chat.chat.id}`;
        this.#read.set(key, Math.max(this.#read.get(key) ?? 0, newest(chat)));
      }
    }
    if (!this.people.has(this.me)) this.me = state.people[0].id;
    if (!this.chats.get(this.open)?.members.includes(this.me)) this.open = this.me;
    this.#follow(state.last);
    this.changed();
  }

  #follow(since) {
    this.source?.close();
    this.source = follow(since, {
      hello: ({ boot, complete }) => {
        this.#setOnline(true);
        if (boot !== this.boot) {
          this.#read.clear();
          this.load().then(() => this.say(gettext("The program was restarted, and what was said before is gone.")), () => this.#again());
        } else if (!complete) {
          this.#again();
        }
      },
      event: (kind, content) => this.#happened(kind, content),
      lost: () => this.#setOnline(false),
      again: () => this.#again(),
    });
  }

  #again() {
    this.load().then(() => this.#setOnline(true), () => setTimeout(() => this.#again(), 2000));
  }

  #setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.changed();
  }

  #happened(kind, content) {
    const chat = this.chats.get(content.chat_id);
    switch (kind) {
      case "message":
        if (this.#sending && content.message.from.id === this.me && !chat.messages.has(content.message.message_id)) {
          this.#echoes.push(content);
          return;
        }
        this.#put(content.message);
        break;
      case "deleted":
        chat.messages.delete(content.message_id);
        break;
      case "action":
        this.typing.set(content.chat_id, Date.now() + TYPING_MS);
        setTimeout(() => this.changed(), TYPING_MS + 50);
        break;
      case "seen":
        chat.seen.add(content.message_id);
        chat.waiting.delete(content.message_id);
        break;
      case "answer":
        this.pressed.delete(content.query_id);
        if (content.person === this.me) this.dispatchEvent(new CustomEvent("answer", { detail: content }));
        break;
      case "commands":
      case "profile":
        get("/state").then((state) => {
          this.bot = state.bot;
          this.dispatchEvent(new Event("commands"));
          this.changed();
        }, this.fail);
        break;
    }
    this.changed();
  }

  #put(message) {
    const chat = this.chats.get(message.chat.id);
    const known = chat.messages.get(message.message_id);
    chat.messages.set(message.message_id, message);
    if (known) return;
    if (message.from.is_bot) this.typing.delete(message.chat.id);
    else if (!chat.seen.has(message.message_id)) chat.waiting.add(message.message_id);
    if (message.from.id === this.me) this.read(message.chat.id);
    this.dispatchEvent(new CustomEvent("new", { detail: message }));
  }

  /** Send; until the answer comes, the messages stand there as pending. */
  async send(chatId, draft) {
    const chat = this.chats.get(chatId);
    const person = this.me;
    const id = this.#next--;
    chat.messages.set(id, { ...this.#pending(id, chat, draft), draft });
    this.#sending += 1;
    this.changed();
    const before = this.#line;
    let done;
    this.#line = new Promise((resolve) => (done = resolve)); // what was sent first arrives first
    await before;
    try {
      const form = new FormData();
      form.set("person", person);
      form.set("text", draft.text ?? "");
      form.set("kind", draft.kind ?? "photo");
      if (draft.replyTo) form.set("reply_to", draft.replyTo.message_id);
      for (const file of draft.files ?? []) form.append("files", file.blob, file.name);
      const sent = await post(`/${chatId}/send`, form);
      chat.messages.delete(id);
      this.#keys.set(sent.messages[0].message_id, id);
      for (const message of sent.messages) {
        if (!chat.messages.has(message.message_id)) this.#put(message);
      }
      for (const file of draft.files ?? []) URL.revokeObjectURL(file.url);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      chat.messages.set(id, { ...chat.messages.get(id), failed: error.message, after: newest(chat) });
    } finally {
      done();
      this.#sending -= 1;
      if (!this.#sending) for (const echo of this.#echoes.splice(0)) this.#put(echo.message);
      this.changed();
    }
  }

  #pending(id, chat, draft) {
    return {
      message_id: id,
      pending: true,
      from: this.people.get(this.me),
      chat: chat.chat,
      date: Date.now() / 1000,
      reply_to_message: draft.replyTo,
      ...(draft.files ? { local: draft.files, kind: draft.kind, caption: draft.text } : { text: draft.text }),
    };
  }

  retry(message) {
    this.chats.get(message.chat.id).messages.delete(message.message_id);
    return this.send(message.chat.id, message.draft);
  }

  discard(message) {
    this.chats.get(message.chat.id).messages.delete(message.message_id);
    this.changed();
  }

  async press(message, button) {
    const pressed = await post(`/${message.chat.id}/press`, {
      person: this.me,
      message_id: message.message_id,
      data: button.callback_data,
    });
    this.pressed.set(pressed.query_id, `${message.chat.id} ${message.message_id} ${button.callback_data}`);
    setTimeout(() => {
      if (!this.pressed.delete(pressed.query_id)) return;
      this.say(gettext("The bot has not answered that button."));
      this.changed();
    }, ANSWER_MS);
    this.changed();
  }

  isPressed(message, button) {
    const key = `${message.chat.id} ${message.message_id} ${button.callback_data}`;
    return [...this.pressed.values()].includes(key);
  }

  choose(person, chat) {
    this.me = person;
    this.open = chat;
    this.changed();
    this.dispatchEvent(new Event("commands"));
  }

  chatsOf(person) {
    return [...this.chats.values()].filter((chat) => chat.members.includes(person));
  }

  /** Who is on the other side: the bot in a private chat, the group itself otherwise. */
  peer(chat) {
    return chat.chat.type === "private" ? this.bot : chat.chat;
  }

  /** One name for a message from the moment it is on its way, so that its place and focus stay. */
  keyOf(message) {
    return this.#keys.get(message.message_id) ?? message.message_id;
  }

  /** What was said last. */
  latest(chat) {
    return [...chat.messages.values()].reduce((last, m) => (last && placeOf(last) > placeOf(m) ? last : m), undefined);
  }

  unread(person, chat) {
    const seen = this.#read.get(`${person} ${chat.chat.id}`) ?? 0;
    return [...chat.messages.values()].filter((m) => m.message_id > seen && m.from.id !== person).length;
  }

  read(chatId) {
    const chat = this.chats.get(chatId);
    const key = `${this.me} ${chatId}`;
    if (newest(chat) > (this.#read.get(key) ?? 0)) {
      this.#read.set(key, newest(chat));
      this.changed();
    }
  }

  isTyping(chatId) {
    return (this.typing.get(chatId) ?? 0) > Date.now();
  }

  copy(text) {
    navigator.clipboard.writeText(text).then(
      () => this.say(gettext("Copied.")),
      () => this.say(gettext("The browser does not allow copying here."), true),
    );
  }

  say(text, serious = false) {
    this.dispatchEvent(new CustomEvent("say", { detail: { text, serious } }));
  }

  /** What a refused request says to the person. Anything else is a fault of the page: it shows in the console. */
  fail = (error) => {
    if (!(error instanceof Refusal)) throw error;
    this.say(error.message, true);
  };

  #scheduled = false;
  changed() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.dispatchEvent(new Event("change"));
    });
  }
}

/** Where a message stands: what is being sent comes last, what failed after what was there then. */
export function placeOf(message) {
  if (message.failed) return message.after + 0.5;
  return message.pending ? 1e15 - message.message_id : message.message_id;
}

function newest(chat) {
  return Math.max(0, ...chat.messages.keys());
}
