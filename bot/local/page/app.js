// The chat page: wiring only.

import { Actions } from "./actions.js";
import { Composer } from "./composer.js";
import { $, avatar, h, roving } from "./dom.js";
import { Drawing } from "./drawing.js";
import { Messages } from "./messages.js";
import { Sending } from "./sending.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { Viewer } from "./viewer.js";
import { followLanguage, gettext, ngettext, offerLanguages, speak } from "./words.js";

const store = new Store();
const composer = new Composer(store);
const actions = new Actions(store, composer);
const viewer = new Viewer(store);
const sending = new Sending(store, composer);
const drawing = new Drawing(sending);
const sidebar = new Sidebar(store);
const messages = new Messages(store, {
  menu: (message, element, pointer) => actions.open(message, element, pointer),
  view: (message) => viewer.show(message),
  reply: (message) => composer.quote(message),
  command: (text) => composer.say(text),
});

// Who one is and which chat is open stand in the address, so that each tab may be somebody else.
[store.me, store.open] = location.hash.slice(1).split("/").map(Number);

store.addEventListener("change", render);
store.addEventListener("say", ({ detail }) => toast(detail.text, detail.serious));
store.addEventListener("answer", ({ detail }) => answered(detail));

async function begin() {
  try {
    await store.load();
    await speak(store.people.get(store.me).language_code ?? "en");
    await composer.loadCommands();
  } catch (error) {
    store.fail(error);
    setTimeout(begin, 2000);
    return;
  }
  $("app").hidden = false;
  render();
  if (matchMedia("(pointer: fine)").matches) $("text").focus();
}

function render() {
  if ($("app").hidden) return;
  const chat = store.chats.get(store.open);
  const peer = store.peer(chat);
  const me = store.people.get(store.me);
  sidebar.render();
  composer.render();
  messages.render();
  $("chat-avatar").replaceChildren(avatar(peer));
  $("chat-name").textContent = peer.title ?? peer.first_name;
  const typing = store.isTyping(store.open);
  $("chat-status").textContent = typing ? gettext("typing…") : peer.is_bot ? gettext("bot") : ngettext("{count} person and {bot}", "{count} people and {bot}", chat.members.length, { bot: store.bot.first_name });
  $("chat-status").className = typing ? "typing" : "";
  $("as").replaceChildren(avatar(me), h("span", { class: "hidden" }, gettext("You are {name}, switch", { name: me.first_name })));
  $("offline").hidden = store.online;
  history.replaceState(null, "", `#${store.me}/${store.open}`);
  followLanguage(me);
  const unread = store.chatsOf(store.me).reduce((sum, c) => sum + store.unread(store.me, c), 0);
  document.title = `${unread ? `(${unread}) ` : ""}${store.bot.first_name}`;
}

function answered({ text, show_alert: serious, url }) {
  if (serious && text) {
    $("alert-name").textContent = store.bot.first_name;
    $("alert-text").textContent = text;
    $("alert").showModal();
  } else if (text) {
    toast(text);
  }
  if (url) toast(gettext("The bot wants to open {url}", { url }));
}

function toast(text, serious = false) {
  const element = h("p", { class: serious ? "toast serious" : "toast" }, text);
  const toasts = $("toasts");
  toasts.append(element);
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  toasts.showPopover(); // again, so that it lies above whatever dialog is open
  setTimeout(() => {
    element.remove();
    if (!toasts.children.length) toasts.hidePopover();
  }, Math.max(3000, text.length * 70));
}

$("back").addEventListener("click", () => {
  document.body.classList.add("listing");
  $("chats").querySelector("[aria-current]")?.focus();
});
$("as").addEventListener("click", () => {
  document.body.classList.add("listing");
  $("people").showPopover();
});
$("draw").addEventListener("click", () => drawing.open());
$("attach-menu").addEventListener("click", ({ target }) => {
  const pick = target.closest("[data-pick]")?.dataset.pick;
  if (!pick) return;
  $("attach-menu").hidePopover();
  if (pick === "draw") drawing.open();
  else $(`pick-${pick}`).click();
});
roving($("attach-menu"), "button");
$("attach-menu").addEventListener("toggle", ({ newState }) => {
  if (newState === "open") $("attach-menu").querySelector("button").focus();
});

const THEMES = { "": "light", light: "dark", dark: "" }; // "" is what the system says
const root = document.documentElement;
root.dataset.theme = localStorage.getItem("theme") ?? "";
$("theme").addEventListener("click", () => {
  root.dataset.theme = THEMES[root.dataset.theme];
  localStorage.setItem("theme", root.dataset.theme);
  toast({ "": gettext("Light or dark as the system says"), light: gettext("Light"), dark: gettext("Dark") }[root.dataset.theme]);
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && store.chats.size && messages.atEnd) store.read(store.open);
});
document.addEventListener("keydown", (event) => {
  const plain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  const elsewhere = document.activeElement?.closest("textarea, input, dialog, [popover], button, a, canvas");
  if (plain && !elsewhere && !["r", "R"].includes(event.key)) $("text").focus(); // typing anywhere writes
});

offerLanguages(store);
begin();
