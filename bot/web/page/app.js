// The page: what is drawn or put on the paper is read at once, one request at a time.

import { Drawing } from "./drawing.js";
import { Result } from "./result.js";
import { enter, initData } from "./telegram.js";
import { $, say } from "./words.js";

const PAUSE = 600; // ms without a change, after which a screen reader says what was read
const RETRY = 2000; // ms before a program that is away is tried again

let changes = 0; // counts what is on the paper
let reading = false;
let timer = 0;

const drawing = new Drawing(() => {
  changes += 1;
  read();
});
const result = new Result((boxes, chosen) => drawing.mark(boxes, chosen), judge);

function post(path, body) {
  const headers = initData ? { Authorization: `tma ${initData}` } : {};
  return fetch(path, { method: "POST", body, headers });
}

async function problemOf(answer) {
  const problem = await answer.json().catch(() => ({}));
  return problem.detail ?? answer.statusText;
}

// Read what is on the paper now; what changes meanwhile is read next.
async function read() {
  if (reading) return;
  reading = true;
  let seen = -1;
  while (seen !== changes) {
    seen = changes;
    if (drawing.empty) result.show(null);
    else if (!(await readOnce())) seen = -1;
  }
  reading = false;
  clearTimeout(timer);
  timer = setTimeout(() => result.announce(), PAUSE);
}

// Read once; says whether the program was there.
async function readOnce() {
  const file = drawing.file();
  const began = performance.now();
  const answer = await post("/draw/read", file).catch(() => null);
  const there = answer !== null && answer.status !== 429 && answer.status < 500;
  $("away").hidden = there;
  if (!there) {
    await new Promise((done) => setTimeout(done, RETRY));
    return false;
  }
  const found = answer.ok ? await answer.json() : null;
  if (drawing.empty) result.show(null);
  else if (found) result.show({ ...found, drawn: !drawing.isPhoto, milliseconds: performance.now() - began });
  else result.failed(await problemOf(answer));
  return true;
}

async function judge(query) {
  const answer = await post(`/draw/verdict?${new URLSearchParams(query)}`, drawing.file());
  return answer.ok ? (await answer.json()).notice : problemOf(answer);
}

function take(files) {
  const picture = [...files].find((file) => file.type.startsWith("image/") || /\.(heic|heif)$/i.test(file.name));
  if (picture) drawing.show(picture);
  return Boolean(picture);
}

$("photo").addEventListener("change", (event) => {
  take(event.target.files);
  event.target.value = "";
});
document.addEventListener("paste", (event) => take(event.clipboardData.files));
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z") drawing.undo();
});
const dragging = (on) => {
  $("sheet").classList.toggle("dragging", on);
  $("drop").hidden = !on;
};
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  dragging(true);
});
document.addEventListener("dragleave", (event) => event.relatedTarget || dragging(false));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  dragging(false);
  take(event.dataTransfer.files);
});
$("forget").addEventListener("click", async () => {
  const answer = await post("/draw/forget");
  $("notice").textContent = answer.ok ? (await answer.json()).notice : await problemOf(answer);
});
await enter();
drawing.draw();
