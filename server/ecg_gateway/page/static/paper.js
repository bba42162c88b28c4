// ECG paper, in millimetres: 25 to the second, 10 to the millivolt. The style sheet makes them true on the screen.

import { LEADS } from "./recording.js";
import { svg } from "./dom.js";

export const MM_PER_SECOND = 25;
export const MM_PER_MILLIVOLT = 10;
export const SECONDS_SHOWN = 10;
export const WIDTH_MM = 270;

const LEFT_MM = 15;
// Above the first line and below the last: at least as much, and by whole large squares as much more as the leads need.
const LEAST_HEAD_MM = 20;
const LEAST_FOOT_MM = 15;
const LARGE_SQUARE_MM = 5;
// No heart makes more than 10 mV; a spike of an amplifier is not to make a paper of metres.
const GREATEST_MARGIN_MM = 100;
const LAYOUTS = { "3x4": { columns: 4, rowMm: 35 }, "12x1": { columns: 1, rowMm: 20 } };
const LEAST_SHADE = 0.04;
const DEEPEST_SHADE = 0.7;
const PULSE = "h2v-10h5v10h2";

// Which piece of which lead goes where; each lead is given its whole width, so the columns of a short recording overlap.
function arrange(layout, recording, from) {
  const { columns, rowMm } = LAYOUTS[layout];
  const duration = recording.seconds;
  const rows = LEADS.length / columns;
  const shown = Math.min(SECONDS_SHOWN, duration - from);
  const width = SECONDS_SHOWN / columns;
  const strips = LEADS.map((lead, index) => {
    const column = Math.floor(index / rows);
    const start = from + Math.max(Math.min(column * width, shown - width), 0);
    const end = Math.min(start + width, from + shown);
    const left = LEFT_MM + column * width * MM_PER_SECOND;
    return { lead, start, end, left, baseline: (index % rows) * rowMm, rowMm, isRhythm: false };
  });
  if (columns > 1) {
    strips.push({ lead: "II", start: from, end: from + shown, left: LEFT_MM, baseline: rows * rowMm, rowMm, isRhythm: true });
  }
  const last = strips.at(-1).baseline;
  const { head, foot } = marginsOf(strips, last, recording);
  return { strips: strips.map((strip) => ({ ...strip, baseline: head + strip.baseline })), height: head + last + foot };
}

// How much paper there must be above the first line and below the last for no trace to leave it. They go by all of the
// recording, not by what is shown of it, so that a page is as high as the next.
function marginsOf(strips, last, recording) {
  const reaches = strips.filter(({ lead }) => recording.leads.has(lead)).map(({ lead, baseline }) => {
    const { least, greatest } = recording.leads.get(lead);
    return { above: greatest * MM_PER_MILLIVOLT - baseline, below: baseline - least * MM_PER_MILLIVOLT - last };
  });
  return {
    head: marginOf(LEAST_HEAD_MM, reaches.map(({ above }) => above)),
    foot: marginOf(LEAST_FOOT_MM, reaches.map(({ below }) => below)),
  };
}

// A tip on the very edge would lose half of its line, so there is always a part of a square to spare.
function marginOf(least, reaches) {
  const needed = (Math.floor(Math.max(...reaches, 0) / LARGE_SQUARE_MM) + 1) * LARGE_SQUARE_MM;
  return Math.min(Math.max(least, needed), GREATEST_MARGIN_MM);
}

// Draws a page anew. `view` has the layout and where the page begins; `notes` what is said of each lead, which of them
// are masked, and how strongly each half second of each lead is shaded.
export function drawPaper(paper, recording, view, notes) {
  const { strips, height } = arrange(view.layout, recording, view.from);
  paper.setAttribute("viewBox", `0 0 ${WIDTH_MM} ${height}`);
  paper.style.setProperty("--width", WIDTH_MM);
  paper.replaceChildren(
    svg("title", {}, `ECG ${recording.id}: ${recording.leads.size} leads, 25 mm/s, 10 mm/mV`),
    svg("rect", { class: "sheet", width: WIDTH_MM, height }),
    ...(notes.shade ? strips.map((strip) => shadeOf(strip, notes.shade)) : []),
    svg("path", { class: "grid small", d: gridPath(1, height) }),
    svg("path", { class: "grid large", d: gridPath(5, height) }),
    ...[...new Set(strips.map((strip) => strip.baseline))].map((y) =>
      svg("path", { class: "trace pulse", d: `M3 ${y}${PULSE}` })),
    svg("path", { class: "separator", d: strips.map(separatorPath).join("") }),
    ...strips.map((strip) => traceOf(strip, recording, notes)),
    ...strips.map((strip) => nameOf(strip, recording, notes)),
    svg("g", { id: "calipers" }),
  );
  return strips;
}

function gridPath(spacing, height) {
  let path = "";
  for (let x = 0; x <= WIDTH_MM; x += spacing) path += `M${x} 0V${height}`;
  for (let y = 0; y <= height; y += spacing) path += `M0 ${y}H${WIDTH_MM}`;
  return path;
}

// Where one lead ends and the next begins.
const separatorPath = ({ left, baseline }) =>
  (left > LEFT_MM ? `M${left} ${baseline - 8}v3M${left} ${baseline + 5}v3` : "");

function traceOf(strip, recording, notes) {
  const lead = recording.leads.get(strip.lead);
  if (!lead) return svg("g");
  const kind = notes.masked.has(strip.lead) ? "trace masked" : "trace";
  return svg("path", { class: kind, "data-lead": strip.lead, d: tracePath(strip, lead, recording.rate) });
}

function tracePath(strip, { millivolts, offset }, rate) {
  // A sample that lies on a strip's edge belongs to it, whatever the rounding of its time.
  const first = Math.max(0, Math.ceil(strip.start * rate - 1e-6));
  const last = Math.min(millivolts.length - 1, Math.floor(strip.end * rate + 1e-6));
  const parts = [];
  let pen = "M";
  for (let index = first; index <= last; index += 1) {
    const value = millivolts[index];
    if (!Number.isFinite(value)) {
      pen = "M";
      continue;
    }
    const x = strip.left + (index / rate - strip.start) * MM_PER_SECOND;
    const y = strip.baseline - (value - offset) * MM_PER_MILLIVOLT;
    parts.push(`${pen}${x.toFixed(2)} ${y.toFixed(2)}`);
    pen = "L";
  }
  return parts.join("");
}

function nameOf(strip, recording, notes) {
  const lead = recording.leads.get(strip.lead);
  const said = notes.leads.get(strip.lead) ?? { words: [], messages: [] };
  const words = lead ? [...derivedWords(lead, said), ...said.words, ...offsetWords(lead)] : ["not recorded"];
  const y = strip.baseline - Math.min(0.36 * strip.rowMm, 12) - 1;
  const isQuiet = words.every((word) => word === "derived");
  const remark = words.length > 0 && !strip.isRhythm && svg("tspan", { class: isQuiet ? "remark" : "remark warn", dx: 1.5 },
    `${isQuiet ? "" : "⚠ "}${words.join(" · ")}`);
  return svg("text", { class: "lead", x: strip.left + 1, y },
    said.messages.length > 0 && svg("title", {}, said.messages.join("\n")), strip.lead, remark);
}

const derivedWords = (lead, said) => (lead.isDerived && !said.words.includes("derived") ? ["derived"] : []);
const offsetWords = (lead) =>
  (lead.offset ? [`drawn without its offset of ${lead.offset.toFixed(1).replace("-", "−")} mV`] : []);

// How much each half second of a lead changes the probability, -1 to 1 as a share of the greatest change of all.
function shadeOf(strip, shade) {
  const pieces = (shade.leads.get(strip.lead) ?? []).map((value, index) => {
    const start = Math.max(shade.times[index].start, strip.start);
    const end = Math.min(shade.times[index].end, strip.end);
    if (end <= start || Math.abs(value) < LEAST_SHADE) return null;
    return svg("rect", {
      class: value > 0 ? "shade for" : "shade against",
      x: strip.left + (start - strip.start) * MM_PER_SECOND, width: (end - start) * MM_PER_SECOND,
      y: strip.baseline - strip.rowMm / 2, height: strip.rowMm, "fill-opacity": (DEEPEST_SHADE * Math.abs(value)).toFixed(3),
    });
  });
  return svg("g", { "data-shade": strip.lead }, pieces);
}

// Where on the paper a pointer is, in millimetres.
export function pointOf(paper, event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(paper.getScreenCTM().inverse());
  return { x: point.x, y: point.y };
}
