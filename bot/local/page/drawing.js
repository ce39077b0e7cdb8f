// A small canvas for a digit: with a finger, a mouse, a stylus, or the arrow keys and Space.

import { $ } from "./dom.js";

const STEP = 16; // canvas pixels that an arrow key moves the pen
const PAPER = { paper: "#fdfcf8", ink: "#1c2340" };
const BOARD = { paper: "#26352f", ink: "#f1f3ee" };

export class Drawing {
  #strokes = []; // each {width, points: [[x, y], …]}
  #current = null;
  #colours = PAPER;
  #pen = [320, 160]; // where the keyboard's pen stands
  #down = false;

  constructor(sending) {
    this.sending = sending;
    this.dialog = $("drawing");
    this.canvas = $("canvas");
    this.context = this.canvas.getContext("2d");
    this.canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel"]) this.canvas.addEventListener(kind, () => this.#end());
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
    this.canvas.addEventListener("focus", () => this.#draw());
    this.canvas.addEventListener("blur", () => this.#draw());
    $("undo").addEventListener("click", () => this.#take(() => this.#strokes.pop()));
    $("clear").addEventListener("click", () => this.#take(() => (this.#strokes = [])));
    $("board").addEventListener("click", () => this.#take(() => this.#turn()));
    $("drawn").addEventListener("click", () => this.#send());
  }

  open() {
    this.#strokes = [];
    this.#current = null;
    this.#down = false;
    this.#pen = [320, 160];
    this.dialog.showModal();
    this.canvas.focus();
    this.#draw();
  }

  #take(change) {
    change();
    this.#draw();
  }

  #turn() {
    this.#colours = this.#colours === PAPER ? BOARD : PAPER;
    $("board").setAttribute("aria-pressed", String(this.#colours === BOARD));
  }

  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  #begin(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.#stroke(this.#at(event));
  }

  #stroke(point) {
    this.#current = { width: Number($("pen").value), points: [point] };
    this.#strokes.push(this.#current);
    this.#draw();
  }

  #move(event) {
    if (!this.#current || this.#down) return;
    const events = event.getCoalescedEvents?.() ?? [event];
    for (const each of events.length ? events : [event]) this.#current.points.push(this.#at(each));
    this.#draw();
  }

  #end() {
    if (!this.#down) this.#current = null;
  }

  #key(event) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (dx || dy) {
      event.preventDefault();
      this.#pen = this.#pen.map((value, axis) => Math.min(620, Math.max(20, value + STEP * [dx, dy][axis])));
      if (this.#down) this.#current.points.push([...this.#pen]);
      this.#draw();
    } else if (event.key === " ") {
      event.preventDefault();
      this.#down = !this.#down;
      if (this.#down) this.#stroke([...this.#pen]);
      else this.#current = null;
      this.#draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#send();
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#take(() => this.#strokes.pop());
    } else if (event.key === "Backspace") {
      this.#take(() => (this.#strokes = []));
    }
  }

  #draw(withPen = true) {
    const { context, canvas } = this;
    context.fillStyle = this.#colours.paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = context.fillStyle = this.#colours.ink;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.#strokes) this.#line(stroke);
    $("drawn").disabled = !this.#strokes.length;
    if (withPen && this.canvas.matches(":focus-visible")) {
      const [x, y] = this.#pen;
      context.strokeStyle = "#4666e5";
      context.lineWidth = this.#down ? 10 : 4;
      context.beginPath();
      context.arc(x, y, 18, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  /** Through the middles between points, so that corners of the pointer's path do not show. */
  #line({ width, points }) {
    const { context } = this;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(...points[0]);
    for (let i = 1; i < points.length - 1; i += 1) {
      const [x, y] = points[i];
      const [nextX, nextY] = points[i + 1];
      context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    context.lineTo(...points.at(-1));
    context.stroke();
  }

  #send() {
    if (!this.#strokes.length) return;
    this.#draw(false);
    this.canvas.toBlob((blob) => this.sending.now(blob, "drawing.png"), "image/png");
    this.dialog.close();
  }
}
