// The network at work: its layers from left to right, each neuron a small square, and the strongest
// connections that lead to the digit.

import { colour, theme } from "./colours.js";
import { $, say } from "./words.js";

const NARROW = 560; // CSS pixels below which layers are drawn tall
const LABEL_HEIGHT = 22;
const OUTPUT_COLUMNS = 9;
const GAP_COLUMNS = { wide: 12, tall: 7 };
const SHADES = ["track", "accent", "text", "soft"];
const HIDDEN_ROWS = { wide: 28, tall: 40 };

export class Network {
  #digit = null;
  #frame = null; // where everything is, and what does not change from one digit to the next
  #sizes = [784, 832, 560, 560];

  constructor() {
    this.canvas = $("network");
    this.context = this.canvas.getContext("2d");
    new ResizeObserver(() => this.#prepare()).observe(this.canvas.parentElement);
    theme.addEventListener("change", () => this.#prepare());
  }

  // `digit` has layers (bytes), links and probabilities; null if there is none.
  show(digit) {
    this.#digit = digit?.layers ? digit : null;
    this.canvas.setAttribute("aria-label", this.#inWords());
    const sizes = this.#digit?.layers.map((layer) => layer.length) ?? this.#sizes;
    if (String(sizes) === String(this.#sizes)) this.#draw();
    else {
      this.#sizes = sizes;
      this.#prepare();
    }
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
    const places = this.#sizes.map((size, i) => {
      const isPicture = i === 0 && size === 784;
      const rows = isPicture ? 28 : HIDDEN_ROWS[shape];
      const columns = isPicture ? 28 : Math.ceil(size / rows);
      const place = { left, rows, columns, size };
      left += columns + GAP_COLUMNS[shape];
      return place;
    });
    return { places, output: left, columns: left + OUTPUT_COLUMNS };
  }

  // Find the place of everything, and draw the network at rest, once for many digits.
  #prepare() {
    const { canvas } = this;
    const wide = canvas.clientWidth;
    if (!wide) return;
    const shape = wide < NARROW ? "tall" : "wide";
    const { places, output, columns } = this.#places(shape);
    const cell = wide / columns;
    const high = Math.max(...places.map((place) => place.rows)) * cell;
    for (const place of places) place.top = (high / cell - place.rows) / 2;
    const ratio = window.devicePixelRatio || 1;
    const size = { width: Math.round(wide * ratio), height: Math.round((high + LABEL_HEIGHT) * ratio) };
    canvas.style.height = `${high + LABEL_HEIGHT}px`;
    const rest = Object.assign(document.createElement("canvas"), size);
    Object.assign(canvas, size);
    const shades = Object.fromEntries(SHADES.map((name) => [name, colour(name)]));
    this.#frame = { places, cell, high, output, ratio, shades, font: getComputedStyle(canvas).fontFamily, rest };
    const context = rest.getContext("2d");
    context.scale(ratio, ratio);
    context.fillStyle = shades.track;
    for (const place of places) this.#cells(context, place, () => 1);
    this.#labels(context);
    this.#draw();
  }

  #draw() {
    if (!this.#frame) return;
    const { context } = this;
    const { places, ratio, shades, rest } = this.#frame;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, rest.width, rest.height);
    context.drawImage(rest, 0, 0);
    context.scale(ratio, ratio);
    context.fillStyle = shades.accent;
    places.forEach((place, i) => {
      const values = this.#digit?.layers[i];
      if (values) this.#cells(context, place, (neuron) => (values[neuron] / 255) ** 0.7);
    });
    this.#links();
    this.#outputs();
  }

  // A square for each neuron of a layer, as opaque as `opacity` says.
  #cells(context, { left, top, columns, size }, opacity) {
    const { cell } = this.#frame;
    for (let i = 0; i < size; i++) {
      const alpha = opacity(i);
      if (!alpha) continue;
      context.globalAlpha = alpha;
      context.fillRect((left + (i % columns)) * cell, (top + Math.floor(i / columns)) * cell, 0.82 * cell, 0.82 * cell);
    }
    context.globalAlpha = 1;
  }

  #links() {
    if (!this.#digit) return;
    const { context } = this;
    const { places, cell, shades } = this.#frame;
    const middle = ({ left, top, columns }, i) =>
      [(left + (i % columns) + 0.41) * cell, (top + Math.floor(i / columns) + 0.41) * cell];
    context.strokeStyle = shades.accent;
    this.#digit.links.forEach((links, i) => {
      context.lineWidth = i === places.length - 1 ? 1.6 : 0.9;
      context.globalAlpha = i === places.length - 1 ? 0.6 : 0.28;
      for (const [source, target] of links) {
        const [x, y] = middle(places[i], source);
        const [toX, toY] = i + 1 < places.length ? middle(places[i + 1], target) : this.#outputAt(target);
        const bend = (toX - x) / 2;
        context.beginPath();
        context.moveTo(x, y);
        context.bezierCurveTo(x + bend, y, toX - bend, toY, toX, toY);
        context.stroke();
      }
    });
    context.globalAlpha = 1;
  }

  #outputAt(digit) {
    const { cell, high, output } = this.#frame;
    return [output * cell + high / 26, ((digit + 0.5) * high) / 10];
  }

  #outputs() {
    const { context } = this;
    const { high, shades, font } = this.#frame;
    const radius = Math.min(high / 26, 9);
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (let digit = 0; digit < 10; digit++) {
      const [x, y] = this.#outputAt(digit);
      const share = this.#digit?.probabilities[digit] ?? 0;
      const best = this.#digit?.digit === digit;
      const circle = (shade, alpha) => {
        context.globalAlpha = alpha;
        context.fillStyle = shade;
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fill();
      };
      circle(shades.track, 1);
      circle(shades.accent, share ** 0.5);
      context.globalAlpha = 1;
      context.fillStyle = shades[best ? "text" : "soft"];
      context.font = `${best ? 650 : 400} ${Math.min(14, high / 12)}px ${font}`;
      context.fillText(String(digit), x + radius + 6, y + 1);
    }
  }

  #labels(context) {
    const { places, cell, high, output, shades, font } = this.#frame;
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
