// The paper: strokes of a finger, a pen, a mouse or the arrow keys; or a picture that was put there.

import { colour, theme } from "./colours.js";
import { $ } from "./words.js";

const WIDTH = 1000; // of the paper, in units of its own; its height follows from its shape
const PEN = 30; // of a stroke, in these units: about what a felt pen is beside a digit
const STEP = 25; // that an arrow key moves the pen
const SENT_WIDTH = 480; // pixels of the picture that is sent

export class Drawing {
  #strokes = []; // each {points: [[x, y, width], …]}
  #current = null;
  #picture = null; // {file, image} of a photo
  #pen = [WIDTH / 2, 375]; // where the keyboard's pen stands
  #boxes = [];
  #chosen = 0;

  constructor(onChange) {
    this.onChange = onChange;
    this.canvas = $("paper");
    this.context = this.canvas.getContext("2d");
    const on = (kind, act) => this.canvas.addEventListener(kind, act);
    on("pointerdown", (event) => this.#begin(event));
    on("pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel"]) on(kind, () => this.#end());
    on("keydown", (event) => this.#key(event));
    for (const kind of ["focus", "blur"]) on(kind, () => this.draw());
    $("undo").addEventListener("click", () => this.undo());
    $("clear").addEventListener("click", () => this.clear());
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    theme.addEventListener("change", () => this.draw());
  }

  get empty() {
    return !this.#picture && !this.#strokes.length;
  }

  get height() {
    return (WIDTH * this.canvas.clientHeight) / this.canvas.clientWidth || 750;
  }

  undo() {
    if (this.#picture) this.#picture = null;
    else this.#strokes.pop();
    this.#changed();
  }

  clear() {
    this.#picture = null;
    this.#strokes = [];
    this.#changed();
  }

  async show(file) {
    // A browser that cannot show the file, such as HEIC, sends it all the same.
    const image = await createImageBitmap(file).catch(() => null);
    this.#strokes = [];
    this.#picture = { file, image };
    this.#changed();
  }

  get isPhoto() {
    return this.#picture !== null;
  }

  // What is read: the photo as it came, or the strokes, black on white.
  file() {
    if (this.#picture) return this.#picture.file;
    const sent = document.createElement("canvas");
    sent.width = SENT_WIDTH;
    sent.height = Math.round((SENT_WIDTH * this.height) / WIDTH);
    const context = sent.getContext("2d", { alpha: false, willReadFrequently: true });
    context.fillStyle = "#fff";
    context.fillRect(0, 0, sent.width, sent.height);
    context.scale(SENT_WIDTH / WIDTH, SENT_WIDTH / WIDTH);
    this.#ink(context, "#000");
    // At once, in some milliseconds: toBlob waits until the browser has nothing else to do.
    const url = sent.toDataURL("image/png");
    const bytes = Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
    return new Blob([bytes], { type: "image/png" });
  }

  // Frames around the digits, in pixels of the file that was read.
  mark(boxes, chosen) {
    this.#boxes = boxes;
    this.#chosen = chosen;
    this.draw();
  }

  draw() {
    const { canvas, context } = this;
    const ratio = window.devicePixelRatio || 1;
    const [wide, high] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio].map(Math.round);
    if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, wide, high);
    const scale = wide / WIDTH;
    let place = [0, 0, WIDTH / SENT_WIDTH];
    context.scale(scale, scale);
    if (this.#picture?.image) place = this.#showPicture(this.#picture.image);
    this.#ink(context, colour("ink"));
    if (!this.#picture || this.#picture.image) this.#frame(colour("accent"), place);
    if (document.activeElement === canvas && canvas.matches(":focus-visible")) this.#cursor();
    $("hint").hidden = !this.empty;
    $("undo").disabled = $("clear").disabled = this.empty;
  }

  #showPicture(image) {
    const scale = Math.min(WIDTH / image.width, this.height / image.height);
    const [x, y] = [(WIDTH - image.width * scale) / 2, (this.height - image.height * scale) / 2];
    this.context.drawImage(image, x, y, image.width * scale, image.height * scale);
    return [x, y, scale];
  }

  #ink(context, shade) {
    context.strokeStyle = context.fillStyle = shade;
    context.lineCap = context.lineJoin = "round";
    for (const { points } of this.#strokes) {
      const [x, y, width] = points[0];
      if (points.length === 1) {
        context.beginPath();
        context.arc(x, y, width / 2, 0, 2 * Math.PI);
        context.fill();
      }
      for (let i = 1; i < points.length; i++) {
        const before = points[Math.max(0, i - 2)], from = points[i - 1], to = points[i];
        // One path for as long as the width stays: each takes its time, however short it is.
        if (i === 1 || to[2] !== from[2]) {
          if (i > 1) context.stroke();
          context.beginPath();
          context.lineWidth = to[2];
          context.moveTo((before[0] + from[0]) / 2, (before[1] + from[1]) / 2);
        }
        context.quadraticCurveTo(from[0], from[1], (from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
      }
      if (points.length > 1) {
        context.lineTo(...points.at(-1).slice(0, 2));
        context.stroke();
      }
    }
  }

  #frame(shade, [left, top, scale]) {
    const { context } = this;
    if (this.#boxes.length < 2 && !this.#picture) return;
    context.strokeStyle = shade;
    this.#boxes.forEach(([x, y, width, height], i) => {
      context.lineWidth = i === this.#chosen ? 5 : 2.5;
      context.globalAlpha = i === this.#chosen ? 0.9 : 0.4;
      context.beginPath();
      context.roundRect(left + x * scale - 12, top + y * scale - 12, width * scale + 24, height * scale + 24, 14);
      context.stroke();
    });
    context.globalAlpha = 1;
  }

  #cursor() {
    const { context } = this;
    context.beginPath();
    context.arc(...this.#pen, PEN / 2 + 6, 0, 2 * Math.PI);
    context.lineWidth = 4;
    context.strokeStyle = colour("accent");
    context.stroke();
  }

  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = WIDTH / box.width;
    const width = event.pointerType === "pen" && event.pressure ? PEN * (0.6 + 0.8 * event.pressure) : PEN;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale, width];
  }

  #begin(event) {
    if (event.button !== 0 || this.#current) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true, focusVisible: false });
    this.canvas.setPointerCapture(event.pointerId);
    this.#stroke(this.#at(event));
  }

  #move(event) {
    if (!this.#current || this.#current.byKey) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.#current.points.push(this.#at(each));
    this.#changed();
  }

  #end() {
    if (this.#current && !this.#current.byKey) this.#current = null;
  }

  #stroke(point, byKey = false) {
    this.#picture = null;
    this.#current = { points: [point], byKey };
    this.#strokes.push(this.#current);
    this.#changed();
  }

  #key(event) {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    if (event.key === " ") {
      if (this.#current) this.#current = null;
      else this.#stroke([...this.#pen, PEN], true);
    } else if (event.key in moves) {
      const [x, y] = moves[event.key];
      this.#pen = [Math.min(WIDTH, Math.max(0, this.#pen[0] + x)), Math.min(this.height, Math.max(0, this.#pen[1] + y))];
      if (this.#current?.byKey) this.#current.points.push([...this.#pen, PEN]);
      this.#changed(Boolean(this.#current));
    } else if (event.key === "Backspace") this.undo();
    else if (event.key === "Delete") this.clear();
    else return;
    event.preventDefault();
  }

  #changed(read = true) {
    if (this.empty) this.#current = null;
    if (read) this.#boxes = [];
    this.draw();
    if (read) this.onChange();
  }
}
