// One recording: its paper, and what the model says of it.

import { Calipers } from "./calipers.js";
import { byId, html } from "./dom.js";
import { leadNotes, showFindings, showNotes, showOrigin } from "./findings.js";
import { drawPaper, SECONDS_SHOWN, WIDTH_MM } from "./paper.js";
import { fillForm, readForm, showViolations } from "./patient.js";
import { currentZoom, scaleText, setZoom, stepZoom, wireCalibration, zoomToFit } from "./scale.js";
import { predict, whenThere } from "./service.js";
import { Timeline } from "./timeline.js";
import { Why } from "./why.js";
import { seconds } from "./words.js";

const MM = 96 / 25.4;

export class Viewer {
  // `model` gives what is known of the model that answers; `refused` is told of errors that are not the recording's.
  constructor({ model, refused }) {
    Object.assign(this, { model, refused, recording: null, prediction: null, from: 0, layout: "3x4", asked: 0 });
    this.paper = byId("paper");
    this.scroller = byId("scroller");
    this.form = byId("patient");
    this.calipers = new Calipers(this.paper, (text) => this.measured(text));
    this.timeline = new Timeline(
      { place: byId("timeline-picture"), slider: byId("position"), label: byId("position-text") }, (from) => this.goTo(from));
    this.why = new Why((shade) => { this.shade = shade; if (this.prediction) this.draw(); });
    this.wire();
  }

  wire() {
    const click = (id, act) => byId(id).addEventListener("click", act);
    click("zoom-in", () => stepZoom(1, () => this.zoomed()));
    click("zoom-out", () => stepZoom(-1, () => this.zoomed()));
    click("zoom-true", () => setZoom(1, () => this.zoomed()));
    click("zoom-fit", () => this.fit());
    click("measure", () => this.toggleCalipers());
    click("print", () => print());
    click("earlier", () => this.goTo(this.from - SECONDS_SHOWN));
    click("later", () => this.goTo(this.from + SECONDS_SHOWN));
    for (const choice of document.querySelectorAll("[name=layout]")) {
      choice.addEventListener("change", () => { this.layout = choice.value; this.draw(); });
    }
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
      byId("findings-part").scrollIntoView({ block: "nearest" });
    });
    this.form.addEventListener("input", (event) => event.target.setCustomValidity?.(""));
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.scroller.addEventListener("pointerdown", (event) => this.pan(event));
    wireCalibration(() => this.zoomed());
  }

  // Draws at once; what the model says comes as soon as it is there.
  show(recording) {
    Object.assign(this, { recording, prediction: null, from: 0, shade: null });
    this.calipers.points = null;
    byId("title").textContent = recording.id || recording.file;
    byId("subtitle").textContent = [
      recording.format, `${Number(recording.rate.toFixed(1))} Hz`, seconds(recording.seconds), `${recording.leads.size} leads`,
    ].join(" · ");
    fillForm(this.form, recording.metadata);
    byId("findings").replaceChildren(html("p", { class: "waiting" }, "Asking the model …"));
    this.showNotes();
    this.why.show(null, null, 0);
    byId("timeline").hidden = recording.seconds <= SECONDS_SHOWN + 0.5;
    this.timeline.show(recording, null);
    this.draw();
    this.zoomed();
    this.scroller.scrollTo(0, 0);
    return this.ask();
  }

  async ask() {
    const { recording } = this;
    this.asked += 1;
    // An answer to an earlier question may come later: it was another recording, or of another patient.
    const mine = this.asked;
    const wire = { ...recording.wire, metadata: readForm(this.form, recording.metadata) };
    byId("findings").classList.add("pending");
    try {
      const { prediction } = await predict(wire);
      if (mine === this.asked) this.answered(prediction, wire);
    } catch (error) {
      if (mine === this.asked) this.failed(error);
    }
    if (mine === this.asked) byId("findings").classList.remove("pending");
  }

  answered(prediction, wire) {
    this.prediction = prediction;
    showFindings(byId("findings"), prediction, this.model());
    showOrigin(byId("origin"), prediction);
    this.showNotes();
    this.timeline.show(this.recording, prediction);
    this.why.show(wire, prediction, this.from);
    this.draw();
  }

  failed(error) {
    this.prediction = null;
    this.why.show(null, null, 0);
    const mine = this.asked;
    if (error.isAway) {
      byId("findings").replaceChildren(html("p", { class: "waiting" }, "The service is away. What the model says comes when it is back."));
      whenThere().then(() => { if (mine === this.asked) this.ask(); });
      return;
    }
    byId("findings").replaceChildren(html("div", { class: "banner" }, html("strong", {}, "Not classified. "), sentence(error.message)));
    showViolations(this.form, error.violations);
    this.refused(error);
  }

  showNotes() {
    byId("notes-part").hidden = showNotes(byId("notes"), this.prediction, this.recording.remarks) === 0;
  }

  draw() {
    const notes = { ...leadNotes(this.prediction), shade: this.shade };
    drawPaper(this.paper, this.recording, { layout: this.layout, from: this.from }, notes);
    this.calipers.draw();
    this.timeline.moved(this.from);
    byId("earlier").disabled = this.from <= 0;
    byId("later").disabled = this.from + SECONDS_SHOWN >= this.recording.seconds;
  }

  goTo(from) {
    const last = Math.max(0, this.recording.seconds - SECONDS_SHOWN);
    this.from = Math.min(Math.max(from, 0), last);
    this.why.moved(this.from);
    this.draw();
  }

  fit() {
    setZoom(zoomToFit(this.scroller.clientWidth - 2, WIDTH_MM), () => this.zoomed());
  }

  zoomed() {
    byId("scale").textContent = scaleText();
    byId("zoom-true").textContent = `${Math.round(100 * currentZoom())} %`;
  }

  toggleCalipers() {
    if (this.calipers.isOut) this.calipers.putAway();
    else this.calipers.takeOut(this.middle());
    byId("measure").setAttribute("aria-pressed", this.calipers.isOut);
  }

  // The middle of what is seen of the paper, in millimetres.
  middle() {
    const perMm = this.paper.getBoundingClientRect().width / WIDTH_MM || MM;
    const half = (start, seen, all) => start + Math.min(seen, all) / 2;
    const { scrollLeft, clientWidth, scrollTop, clientHeight } = this.scroller;
    const box = this.paper.getBoundingClientRect();
    return { x: half(scrollLeft, clientWidth, box.width) / perMm, y: half(scrollTop, clientHeight, box.height) / perMm };
  }

  measured(text) {
    byId("measured").textContent = text && `Between the calipers: ${text}`;
    byId("measure").setAttribute("aria-pressed", this.calipers.isOut);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      "+": () => stepZoom(1, () => this.zoomed()), "=": () => stepZoom(1, () => this.zoomed()),
      "-": () => stepZoom(-1, () => this.zoomed()), 0: () => setZoom(1, () => this.zoomed()), f: () => this.fit(),
      c: () => this.toggleCalipers(), Escape: () => this.calipers.isOut && this.toggleCalipers(),
      PageUp: () => this.goTo(this.from - SECONDS_SHOWN), PageDown: () => this.goTo(this.from + SECONDS_SHOWN),
    }[event.key];
    if (!act || (event.key === "Escape" && !this.calipers.isOut)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
    if (event.key === "Escape") this.scroller.focus();
  }

  // A mouse drags the paper; fingers scroll it as they scroll everything.
  pan(event) {
    if (this.calipers.isOut || event.pointerType !== "mouse" || event.button) return;
    const { scrollLeft, scrollTop } = this.scroller;
    const move = ({ clientX, clientY }) =>
      this.scroller.scrollTo(scrollLeft - clientX + event.clientX, scrollTop - clientY + event.clientY);
    this.scroller.setPointerCapture(event.pointerId);
    this.scroller.addEventListener("pointermove", move);
    this.scroller.addEventListener("pointerup", () => this.scroller.removeEventListener("pointermove", move), { once: true });
  }
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
