// A recording longer than the paper: all of it in small, what the network said of each window, and where the paper is.

import { html, svg } from "./dom.js";
import { SECONDS_SHOWN } from "./paper.js";
import { seconds } from "./words.js";

const WIDTH = 1000;
const WAVE_HEIGHT = 60;
const ROW_HEIGHT = 16;
const GREATEST_MV = 2;

export class Timeline {
  // `go` is called with the second at which the paper is to begin.
  constructor({ place, slider, label }, go) {
    Object.assign(this, { place, slider, label, go });
    slider.addEventListener("input", () => go(Number(slider.value)));
  }

  show(recording, prediction) {
    this.recording = recording;
    this.windows = prediction?.windows ?? [];
    this.codes = (prediction?.classes ?? []).map((entry) => entry.code);
    this.slider.max = Math.max(0, recording.seconds - SECONDS_SHOWN).toFixed(1);
    const height = WAVE_HEIGHT + (this.windows.length > 1 ? this.codes.length * ROW_HEIGHT : 0);
    const scale = WIDTH / recording.seconds;
    this.frame = svg("rect", { class: "frame", y: 0, width: Math.min(SECONDS_SHOWN, recording.seconds) * scale, height });
    const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("path", { class: "trace", d: wavePath(recording) }), this.rows(scale), this.frame);
    picture.style.height = `${height}px`;
    picture.addEventListener("pointerdown", (event) => this.jump(event, picture));
    const names = this.windows.length > 1 ? ["II", ...this.codes] : ["II"];
    this.place.replaceChildren(
      html("div", { class: "names", "aria-hidden": "true" }, names.map((name) => html("span", {}, name))), picture);
  }

  rows(scale) {
    if (this.windows.length < 2) return [];
    return this.windows.flatMap((window, index) => {
      const start = window.offset_seconds ?? 0;
      const end = this.windows[index + 1]?.offset_seconds ?? this.recording.seconds;
      const isLeftOut = !window.probabilities?.length;
      return this.codes.map((code, row) => svg("rect", {
        class: isLeftOut ? "window left-out" : "window", x: start * scale, width: (end - start) * scale - 1,
        y: WAVE_HEIGHT + row * ROW_HEIGHT + 1, height: ROW_HEIGHT - 2,
        "fill-opacity": isLeftOut ? 1 : (0.06 + 0.94 * window.probabilities[row]).toFixed(3),
      }));
    });
  }

  jump(event, picture) {
    const box = picture.getBoundingClientRect();
    const middle = (event.clientX - box.left) / box.width * this.recording.seconds;
    this.go(middle - SECONDS_SHOWN / 2);
  }

  // The paper begins at another second.
  moved(from) {
    this.slider.value = from;
    this.frame.setAttribute("x", from / this.recording.seconds * WIDTH);
    const text = this.text(from);
    this.label.textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
  }

  text(from) {
    const shown = `${seconds(from)} to ${seconds(Math.min(from + SECONDS_SHOWN, this.recording.seconds))} of ${seconds(this.recording.seconds)}`;
    if (this.windows.length < 2) return shown;
    const distance = (window) => Math.abs((window.offset_seconds ?? 0) - from);
    const nearest = this.windows.reduce((best, one) => (distance(one) < distance(best) ? one : best));
    const said = nearest.probabilities?.length
      ? this.codes.map((code, index) => `${code} ${nearest.probabilities[index].toFixed(2)}`).join(", ")
      : "left out, too many of its leads cannot be used";
    return `${shown}. Window from ${seconds(nearest.offset_seconds ?? 0)}: ${said}`;
  }
}

// Lead II, of each piece the least and the greatest value.
function wavePath(recording) {
  const lead = recording.leads.get("II") ?? recording.leads.values().next().value;
  if (!lead) return "";
  const { millivolts, offset } = lead;
  const per = millivolts.length / WIDTH;
  const parts = [];
  for (let x = 0; x < WIDTH; x += 1) {
    let [least, greatest] = [Infinity, -Infinity];
    for (let index = Math.floor(x * per); index < Math.max((x + 1) * per, Math.floor(x * per) + 1); index += 1) {
      if (millivolts[index] < least) least = millivolts[index];
      if (millivolts[index] > greatest) greatest = millivolts[index];
    }
    if (least <= greatest) parts.push(`M${x} ${heightOf(least - offset)}V${heightOf(greatest - offset) - 0.8}`);
  }
  return parts.join("");
}

const heightOf = (millivolt) =>
  (WAVE_HEIGHT * (0.65 - 0.6 * Math.max(-1, Math.min(1, millivolt / GREATEST_MV)))).toFixed(1);
