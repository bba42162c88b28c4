// Two points on the paper, and what lies between them in milliseconds and millivolts.

import { MM_PER_MILLIVOLT, MM_PER_SECOND, pointOf, WIDTH_MM } from "./paper.js";
import { svg } from "./dom.js";

const STEP_MM = 0.1;
const LARGE_STEP_MM = 1;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HANDLE_MM = 1.8;
const GRASP_MM = 4;

// What two points measure; a rate only where they are as far apart as beats may be.
export function measure([one, other]) {
  const ms = Math.round(Math.abs(other.x - one.x) / MM_PER_SECOND * 1000);
  const millivolts = Math.abs(other.y - one.y) / MM_PER_MILLIVOLT;
  const rate = ms >= 150 && ms <= 3000 ? ` (${Math.round(60000 / ms)}/min)` : "";
  return `${ms} ms${rate}, ${millivolts.toFixed(2)} mV`;
}

export class Calipers {
  // `tell` is called with what is measured, "" once the calipers are put away.
  constructor(paper, tell) {
    this.paper = paper;
    this.tell = tell;
    this.points = null;
    this.grasped = null;
    paper.addEventListener("pointerdown", (event) => this.grasp(event));
    paper.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => { this.grasped = null; });
  }

  get isOut() { return this.points !== null; }

  // Takes them out where they are seen: a second and a millivolt apart, about a point in millimetres.
  takeOut({ x, y }) {
    this.points = [{ x: x - 12.5, y: y + 5 }, { x: x + 12.5, y: y - 5 }];
    this.draw();
    this.paper.querySelector(".handle").focus({ preventScroll: true });
  }

  putAway() {
    this.points = null;
    this.draw();
  }

  // Draws them, after the paper was drawn anew as well.
  draw() {
    const layer = this.paper.querySelector("#calipers");
    this.paper.classList.toggle("measuring", this.isOut);
    if (!this.isOut) {
      layer?.replaceChildren();
      this.tell("");
      return;
    }
    const focused = [...this.paper.querySelectorAll(".handle")].indexOf(document.activeElement);
    const [one, other] = this.points;
    const height = this.paper.viewBox.baseVal.height;
    layer.replaceChildren(
      svg("rect", {
        class: "between", x: Math.min(one.x, other.x), y: Math.min(one.y, other.y),
        width: Math.abs(other.x - one.x), height: Math.abs(other.y - one.y),
      }),
      svg("path", { class: "rule", d: this.points.map(({ x }) => `M${x} 0V${height}`).join("") }),
      svg("text", { class: "measured", x: (one.x + other.x) / 2, y: Math.max(Math.min(one.y, other.y) - 3, 4) },
        measure(this.points)),
      ...this.points.map((point, index) => this.handle(point, index)),
    );
    if (focused >= 0) this.paper.querySelectorAll(".handle")[focused].focus({ preventScroll: true });
    this.tell(measure(this.points));
  }

  handle(point, index) {
    const time = Math.round(point.x / MM_PER_SECOND * 1000);
    return svg("circle", {
      class: "handle", cx: point.x, cy: point.y, r: HANDLE_MM, tabindex: 0, role: "slider",
      "aria-label": `caliper ${index ? "end" : "start"}; arrows move it, with Shift by a millimetre`,
      "aria-valuenow": time, "aria-valuetext": measure(this.points), "aria-valuemin": 0,
      "aria-valuemax": Math.round(WIDTH_MM / MM_PER_SECOND * 1000),
      keydown: (event) => this.step(event, index),
    });
  }

  step(event, index) {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    event.stopPropagation();
    const size = event.shiftKey ? LARGE_STEP_MM : STEP_MM;
    const { x, y } = this.points[index];
    this.move(index, { x: x + arrow[0] * size, y: y + arrow[1] * size });
  }

  // Takes the nearer handle, or, far from both, begins anew.
  grasp(event) {
    if (!this.isOut || event.button) return;
    event.preventDefault();
    const point = pointOf(this.paper, event);
    const distances = this.points.map(({ x, y }) => Math.hypot(x - point.x, y - point.y));
    this.grasped = distances[0] < distances[1] ? 0 : 1;
    if (distances[this.grasped] > GRASP_MM) {
      this.grasped = 1;
      this.points = [point, point];
      this.draw();
    }
    this.paper.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (this.grasped !== null) this.move(this.grasped, pointOf(this.paper, event));
  }

  move(index, { x, y }) {
    const height = this.paper.viewBox.baseVal.height;
    this.points[index] = { x: Math.min(Math.max(x, 0), WIDTH_MM), y: Math.min(Math.max(y, 0), height) };
    this.draw();
  }
}
