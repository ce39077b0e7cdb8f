// What was read: the number, the bars, what the model saw; and what people say of it.

import { Network } from "./network.js";
import { $, percent, say } from "./words.js";

const NOT_A_DIGIT = -1;
const SURE = 0.995; // from which a second choice is not worth a word
const SHOWN = 0.005; // from which a bar has a figure

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function button(words, act, name = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.className = name;
  made.addEventListener("click", act);
  return made;
}

export class Result {
  #read = null;
  #chosen = 0;
  #wanted = 0; // the position that somebody chose

  // `mark(boxes, chosen)` frames digits on the paper; `judge(query)` sends what people say.
  constructor(mark, judge) {
    this.mark = mark;
    this.judge = judge;
    this.network = new Network();
    this.#makeBars();
    $("right").addEventListener("click", () => this.#say({ verdict: "right" }));
    $("wrong").addEventListener("click", () => this.#ask());
    this.show(null);
  }

  show(read) {
    if (read) for (const digit of read.digits) digit.layers &&= digit.layers.map(bytes);
    this.#read = read;
    if (!read) this.#wanted = 0;
    this.#close();
    $("notice").textContent = "";
    this.#headline();
    // While one writes, a reading may have fewer digits for a moment.
    this.#choose(Math.min(this.#wanted, Math.max(0, (read?.digits.length ?? 0) - 1)));
    $("version").textContent = read
      ? say("version", { version: read.model_version, milliseconds: Math.round(read.milliseconds) }) : "";
  }

  // For screen readers, once somebody pauses.
  announce() {
    $("live").textContent = this.#read ? `${$("number").textContent}. ${$("sureness").textContent}` : "";
  }

  failed(problem) {
    this.show(null);
    $("number").textContent = say("no_digit");
    $("sureness").textContent = problem;
    this.announce();
  }

  #headline() {
    const digits = this.#read?.digits ?? [];
    $("number").classList.toggle("empty", !digits.length);
    $("verdict").hidden = !digits.length;
    if (!this.#read) {
      $("number").textContent = say("waiting");
      $("sureness").textContent = say("waiting_detail");
    } else if (!digits.length) {
      $("number").textContent = say("no_digit");
      // What is said of a photo is no help to somebody who drew.
      $("sureness").textContent = this.#read.drawn ? say("nothing_drawn") : (this.#read.refusal ?? "");
    } else {
      $("number").textContent = this.#read.written || this.#read.text;
      // However clear each digit is, one may be missing or too many.
      $("sureness").textContent = [this.#sureness(digits), ...this.#read.doubts].join(" · ");
    }
  }

  #sureness(digits) {
    const least = digits.reduce((worst, digit) => (digit.confidence < worst.confidence ? digit : worst));
    const sure = percent(least.confidence);
    if (digits.length > 1) return say("several", { digit: least.digit, percent: sure });
    if (least.confidence > SURE) return say("sure", { percent: sure });
    const second = least.probabilities.map((share, digit) => [share, digit]).sort((a, b) => b[0] - a[0])[1][1];
    return say("or", { percent: sure, digit: second });
  }

  #choose(position) {
    const digits = this.#read?.digits ?? [];
    this.#chosen = position;
    const digit = digits[position] ?? null;
    this.#offer(digits);
    [...$("choices").children].forEach((choice, i) => choice.setAttribute("aria-pressed", String(i === position)));
    this.#fillBars(digit);
    this.#paint(digit);
    this.network.show(digit);
    this.mark(digits.map((each) => each.box), position);
    if (!$("labels").hidden) this.#ask();
  }

  // Buttons stay while the number does: a finger may be on one when the next reading comes.
  #offer(digits) {
    const offered = digits.length < 2 ? [] : digits;
    const before = [...$("choices").children].map((choice) => choice.textContent);
    if (before.join() === offered.map((each) => each.digit).join()) return;
    const choices = offered.map((each, i) => {
      const made = button(each.digit, () => this.#choose(this.#wanted = i));
      made.setAttribute("aria-label", say("digit_choice", { position: i + 1, digit: each.digit }));
      return made;
    });
    const had = [...$("choices").children].indexOf(document.activeElement);
    $("choices").replaceChildren(...choices);
    if (had >= 0) choices[Math.min(had, choices.length - 1)]?.focus();
  }

  #makeBars() {
    const rows = Array.from({ length: 10 }, (_, digit) => {
      const row = document.createElement("li");
      row.innerHTML = '<span class="digit"></span><span class="track"><span class="fill"></span></span><span class="percent"></span>';
      row.firstChild.textContent = digit;
      return row;
    });
    $("bars").replaceChildren(...rows);
  }

  #fillBars(digit) {
    [...$("bars").children].forEach((row, label) => {
      const share = digit?.probabilities[label] ?? 0;
      row.classList.toggle("best", digit?.digit === label);
      row.querySelector(".fill").style.transform = `scaleX(${share})`;
      row.lastChild.textContent = share >= SHOWN ? percent(share) : "";
    });
  }

  #paint(digit) {
    const context = $("seen").getContext("2d");
    context.clearRect(0, 0, 28, 28);
    if (!digit) return;
    const picture = context.createImageData(28, 28);
    bytes(digit.glyph).forEach((ink, i) => picture.data.set([16 + ink * 0.93, 19 + ink * 0.92, 31 + ink * 0.87, 255], 4 * i));
    context.putImageData(picture, 0, 0);
  }

  #ask() {
    const { digits } = this.#read;
    const named = { position: this.#chosen + 1, digit: digits[this.#chosen].digit };
    $("question").textContent = digits.length > 1 ? say("what_is_digit", named) : say("what_is_it");
    const tell = (label) => () => this.#say({ position: this.#chosen, label });
    $("label-buttons").replaceChildren(
      ...Array.from({ length: 10 }, (_, digit) => button(digit, tell(digit))),
      button(say("none"), tell(NOT_A_DIGIT), "wide"),
      button(say("back"), () => { this.#close(); $("wrong").focus(); }, "rest"),
    );
    const opened = $("labels").hidden;
    $("labels").hidden = false;
    if (opened) $("label-buttons").firstChild.focus();
  }

  #close() {
    $("labels").hidden = true;
  }

  async #say(query) {
    this.#close();
    $("notice").textContent = await this.judge(query);
  }
}
