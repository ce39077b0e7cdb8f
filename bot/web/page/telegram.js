// Inside Telegram, the page is a Mini App: it has the person's theme, and speaks as the person.
// Telegram's own script is loaded there and nowhere else.

import { changeTheme } from "./colours.js";

const SCRIPT = "https://telegram.org/js/telegram-web-app.js";

// By Telegram's name of a colour, ours.
const COLOURS = {
  bg_color: "pane", secondary_bg_color: "ground", text_color: "text", hint_color: "soft",
  link_color: "accent", button_text_color: "on-accent", section_separator_color: "line",
};

export let initData = "";

export async function enter() {
  if (!location.hash.includes("tgWebAppData=")) return;
  const script = document.createElement("script");
  script.src = SCRIPT;
  const loaded = new Promise((done) => (script.onload = script.onerror = done));
  document.head.append(script);
  await loaded;
  const app = window.Telegram?.WebApp;
  if (!app) return;
  initData = app.initData;
  const wear = () => {
    document.documentElement.dataset.theme = app.colorScheme;
    for (const [theirs, ours] of Object.entries(COLOURS)) {
      const colour = app.themeParams[theirs];
      if (colour) document.documentElement.style.setProperty(`--${ours}`, colour);
    }
    changeTheme();
  };
  wear();
  app.onEvent("themeChanged", wear);
  app.ready();
  app.expand();
  app.disableVerticalSwipes?.(); // a stroke downwards must not close the app
}
