// One picture in full, with its neighbours in the chat.

import { fileUrl } from "./api.js";
import { $, clock } from "./dom.js";
import { gettext } from "./words.js";

export class Viewer {
  #pictures = [];
  #at = 0;

  constructor(store) {
    this.store = store;
    this.dialog = $("viewer");
    $("viewer-close").addEventListener("click", () => this.dialog.close());
    $("viewer-back").addEventListener("click", () => this.#step(-1));
    $("viewer-next").addEventListener("click", () => this.#step(1));
    $("viewer-image").addEventListener("click", (event) => {
      event.stopPropagation();
      $("viewer-image").classList.toggle("actual");
    });
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("keydown", ({ key }) => this.#step({ ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0));
  }

  show(message) {
    const messages = [...this.store.chats.get(message.chat.id).messages.values()];
    this.#pictures = messages.filter((m) => m.photo || m.document?.mime_type?.startsWith("image/"));
    this.#at = this.#pictures.findIndex((m) => m.message_id === message.message_id);
    this.dialog.showModal();
    this.#render();
  }

  #step(by) {
    const next = this.#pictures[this.#at + by];
    if (!by || !next) return;
    this.#at += by;
    this.#render();
  }

  #render() {
    const message = this.#pictures[this.#at];
    const file = message.photo?.at(-1) ?? message.document;
    const image = $("viewer-image");
    image.classList.remove("actual");
    image.src = fileUrl(file.file_id);
    image.alt = message.caption ?? gettext("Picture");
    $("viewer-caption").textContent = `${message.from.first_name}, ${clock(message.date)}${message.caption ? ` · ${message.caption}` : ""}`;
    $("viewer-save").href = image.src;
    $("viewer-save").download = file.file_name ?? `photo-${message.message_id}.jpg`;
    $("viewer-back").disabled = this.#at === 0;
    $("viewer-next").disabled = this.#at === this.#pictures.length - 1;
  }
}
