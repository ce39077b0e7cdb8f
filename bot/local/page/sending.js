// Files on their way: picked, dropped, pasted or drawn; as photos or as files, with a caption.

import { $, bytes, h, icon } from "./dom.js";
import { N_, gettext, ngettext } from "./words.js";

const ALBUM = 10; // Telegram's limit
const HINTS = {
  photo: N_("As in Telegram: made a JPEG of at most 1280 pixels."),
  document: N_("Sent as it is, bit for bit."),
};

export class Sending {
  #files = [];

  constructor(store, composer) {
    this.store = store;
    this.composer = composer;
    this.dialog = $("sending");
    this.form = this.dialog.querySelector("form");
    for (const kind of ["photo", "camera", "file"]) {
      $(`pick-${kind}`).addEventListener("change", ({ target }) => {
        this.offer([...target.files], kind === "file" ? "document" : null);
        target.value = "";
      });
    }
    this.form.addEventListener("change", () => this.#show());
    this.form.addEventListener("submit", (event) => {
      if (event.submitter?.value !== "cancel") this.#send();
    });
    $("caption").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault(); // the first button of the form would be "Cancel"
      this.#send();
      this.dialog.close("send");
    });
    this.dialog.addEventListener("close", () => this.#discard());
    document.addEventListener("paste", (event) => this.#pasted(event));
    this.#acceptDrops();
  }

  /** Ask how to send these; `kind` null chooses photo where all of them are pictures. */
  offer(files, kind = null) {
    if (!files.length) return;
    const added = files.map((file) => ({ blob: file, name: file.name || "picture.png", url: URL.createObjectURL(file) }));
    const open = this.dialog.open;
    this.#files.push(...added);
    if (this.#files.length > ALBUM) {
      for (const file of this.#files.splice(ALBUM)) URL.revokeObjectURL(file.url);
      this.store.say(gettext("An album holds at most {limit} files: the first ones are here.", { limit: ALBUM }), true);
    }
    if (!open) {
      this.form.kind.value = kind ?? (this.#files.every(isPicture) ? "photo" : "document");
      const text = $("text");
      $("caption").value = text.value.startsWith("/") ? "" : text.value.slice(0, 1024);
      this.dialog.showModal();
      $("caption").focus();
    }
    this.#show();
  }

  /** Send at once, as a photo, without asking. */
  now(blob, name) {
    const file = { blob, name, url: URL.createObjectURL(blob) };
    this.store.send(this.store.open, { files: [file], kind: "photo", text: "", replyTo: this.composer.take() });
  }

  #show() {
    const photos = this.form.kind.value === "photo";
    const count = this.#files.length;
    $("sending-title").textContent = photos ? ngettext("Send a photo", "Send {count} photos", count) : ngettext("Send a file", "Send {count} files", count);
    $("kind-hint").textContent = gettext(HINTS[this.form.kind.value]);
    $("previews").className = `previews n${Math.min(count, 3)}`;
    $("previews").replaceChildren(...this.#files.map((file, at) => this.#preview(file, at, photos)));
  }

  #preview(file, at, photos) {
    const picture = photos && isPicture(file);
    const image = h("img", { src: file.url, alt: file.name });
    image.addEventListener("error", () => image.replaceWith(icon("photo"))); // HEIC, in most browsers
    return h(
      "figure",
      { class: picture ? "preview" : "preview row" },
      picture ? image : h("span", { class: "file-face" }, icon("file")),
      picture ? "" : h("figcaption", {}, h("b", {}, file.name), h("small", {}, bytes(file.blob.size))),
      h(
        "button",
        {
          type: "button",
          class: "round remove",
          "aria-label": gettext("Remove {name}", { name: file.name }),
          onclick: () => {
            URL.revokeObjectURL(file.url);
            this.#files.splice(at, 1);
            if (this.#files.length) this.#show();
            else this.dialog.close();
          },
        },
        icon("close"),
      ),
    );
  }

  #send() {
    const files = this.#files;
    this.#files = [];
    if (!files.length) return;
    $("text").value = "";
    $("text").dispatchEvent(new Event("input"));
    this.store.send(this.store.open, {
      files,
      kind: this.form.kind.value,
      text: $("caption").value.trim(),
      replyTo: this.composer.take(),
    });
  }

  #discard() {
    for (const file of this.#files.splice(0)) URL.revokeObjectURL(file.url);
    $("text").focus();
  }

  #pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || (document.querySelector("dialog[open]") && !this.dialog.open)) return;
    event.preventDefault();
    this.offer(files);
  }

  #acceptDrops() {
    const zone = $("drop");
    let depth = 0; // enter and leave also fire for what lies inside
    const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
    const show = (on) => {
      depth = on ? depth : 0;
      zone.hidden = !on;
    };
    document.addEventListener("dragenter", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth += 1;
      show(true);
    });
    document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
    document.addEventListener("dragleave", (event) => {
      if (carriesFiles(event) && --depth <= 0) show(false);
    });
    document.addEventListener("drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      show(false);
      this.offer([...event.dataTransfer.files]);
    });
  }
}

function isPicture(file) {
  return file.blob.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name);
}
