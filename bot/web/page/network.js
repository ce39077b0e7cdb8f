// The network at work: its layers from left to right, each neuron a small square, and the strongest
// connections that lead to the digit.

import { $, colour, say } from "./words.js";

const NARROW = 560; // CSS pixels below which layers are drawn tall
const LABEL_HEIGHT = 22;
const OUTPUT_COLUMNS = 9;
const GAP_COLUMNS = { wide: 12, tall: 7 };
const SHADES = ["track", "accent", "text", "soft"];
const HIDDEN_ROWS = { wide: 28, tall: 40 };

export class Network {
  #digit = null;

  constructor() {
    this.canvas = $("network");
    this.context = this.canvas.getContext("2d");
    new ResizeObserver(() => this.#draw()).observe(this.canvas.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.sizes = [784, 832, 560, 560];
  }

  // `digit` has layers (bytes), links and probabilities; null if there is none.
  show(digit) {
    this.#digit = digit?.layers ? digit : null;
    if (this.#digit) this.sizes = this.#digit.layers.map((layer) => layer.length);
    this.canvas.setAttribute("aria-label", this.#inWords());
    this.#draw();
  }

  #inWords() {
    if (!this.#digit) return say("network_waiting");
    const active = this.#digit.layers.slice(1).map((layer, i) =>
      say("network_layer", { layer: i + 1, active: layer.filter((value) => value > 0).length, all: layer.length }));
    return say("network_label", { active: active.join(" "), digit: this.#digit.digit });
  }

  // Where each layer is: its columns, rows and left column.
  #places(shape) {
    let left = 0;
    const places = this.sizes.map((size, i) => {
      const isPicture = i === 0 && size === 784;
      const rows = isPicture ? 28 : HIDDEN_ROWS[shape];
      const columns = isPicture ? 28 : Math.ceil(size / rows);
      const place = { left, rows, columns, size };
      left += columns + GAP_COLUMNS[shape];
      return place;
    });
    return { places, output: left, columns: left + OUTPUT_COLUMNS };
  }

  #draw() {
    const { canvas, context } = this;
    const wide = canvas.clientWidth;
    if (!wide) return;
    const shape = wide < NARROW ? "tall" : "wide";
    const { places, output, columns } = this.#places(shape);
    const cell = wide / columns;
    const high = Math.max(...places.map((place) => place.rows)) * cell;
    const ratio = window.devicePixelRatio || 1;
    canvas.style.height = `${high + LABEL_HEIGHT}px`;
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round((high + LABEL_HEIGHT) * ratio);
    context.scale(ratio, ratio);
    const font = getComputedStyle(canvas).fontFamily;
    const shades = Object.fromEntries(SHADES.map((name) => [name, colour(name)]));
    const frame = { cell, high, output, shades, font };
    for (const place of places) place.top = (high / cell - place.rows) / 2;
    places.forEach((place, i) => this.#layer(place, this.#digit?.layers[i], frame));
    this.#links(places, frame);
    this.#outputs(frame);
    this.#labels(places, frame);
  }

  #layer({ left, top, columns, size }, values, { cell, shades }) {
    const { context } = this;
    const side = cell * 0.82;
    const { track: off, accent: on } = shades;
    for (let i = 0; i < size; i++) {
      const x = (left + (i % columns)) * cell, y = (top + Math.floor(i / columns)) * cell;
      context.globalAlpha = 1;
      context.fillStyle = off;
      context.fillRect(x, y, side, side);
      if (!values?.[i]) continue;
      context.globalAlpha = (values[i] / 255) ** 0.7;
      context.fillStyle = on;
      context.fillRect(x, y, side, side);
    }
    context.globalAlpha = 1;
  }

  #links(places, frame) {
    if (!this.#digit) return;
    const { context } = this;
    const middle = ({ left, top, columns }, i) =>
      [(left + (i % columns) + 0.41) * frame.cell, (top + Math.floor(i / columns) + 0.41) * frame.cell];
    context.strokeStyle = frame.shades.accent;
    this.#digit.links.forEach((links, i) => {
      context.lineWidth = i === places.length - 1 ? 1.6 : 0.9;
      context.globalAlpha = i === places.length - 1 ? 0.6 : 0.28;
      for (const [source, target] of links) {
        const [x, y] = middle(places[i], source);
        const [toX, toY] = i + 1 < places.length ? middle(places[i + 1], target) : this.#outputAt(target, frame);
        const bend = (toX - x) / 2;
        context.beginPath();
        context.moveTo(x, y);
        context.bezierCurveTo(x + bend, y, toX - bend, toY, toX, toY);
        context.stroke();
      }
    });
    context.globalAlpha = 1;
  }

  #outputAt(digit, { cell, high, output }) {
    return [output * cell + high / 26, ((digit + 0.5) * high) / 10];
  }

  #outputs(frame) {
    const { context } = this;
    const radius = Math.min(frame.high / 26, 9);
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (let digit = 0; digit < 10; digit++) {
      const [x, y] = this.#outputAt(digit, frame);
      const share = this.#digit?.probabilities[digit] ?? 0;
      const best = this.#digit?.digit === digit;
      const circle = (shade, alpha) => {
        context.globalAlpha = alpha;
        context.fillStyle = shade;
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fill();
      };
      circle(frame.shades.track, 1);
      circle(frame.shades.accent, share ** 0.5);
      context.globalAlpha = 1;
      context.fillStyle = frame.shades[best ? "text" : "soft"];
      context.font = `${best ? 650 : 400} ${Math.min(14, frame.high / 12)}px ${frame.font}`;
      context.fillText(String(digit), x + radius + 6, y + 1);
    }
  }

  #labels(places, { cell, high, output, shades, font }) {
    const { context } = this;
    context.fillStyle = shades.soft;
    context.font = `${cell < 4 ? 11 : 12.5}px ${font}`;
    context.textBaseline = "bottom";
    places.forEach(({ left, columns, size }, i) => {
      context.textAlign = "center";
      const words = i === 0 && size === 784 ? say("layer_input") : say("layer_hidden", { all: size });
      context.fillText(cell < 4 && i ? size : words, (left + columns / 2) * cell, high + LABEL_HEIGHT);
    });
    context.textAlign = "left";
    context.fillText(say("layer_output"), output * cell, high + LABEL_HEIGHT);
  }
}
