// ECG paper, in millimetres: 25 to the second, 10 to the millivolt. The style sheet makes them true on the screen.

import { LEADS } from "./recording.js";
import { svg } from "./dom.js";

export const MM_PER_SECOND = 25;
export const MM_PER_MILLIVOLT = 10;
export const SECONDS_SHOWN = 10;
export const WIDTH_MM = 270;

const LEFT_MM = 15;
const HEAD_MM = 20;
const FOOT_MM = 15;
const LAYOUTS = { "3x4": { columns: 4, rowMm: 35 }, "12x1": { columns: 1, rowMm: 20 } };
const LEAST_SHADE = 0.04;
const DEEPEST_SHADE = 0.7;
const PULSE = "h2v-10h5v10h2";

// Which piece of which lead goes where; each lead is given its whole width, so the columns of a short recording overlap.
export function arrange(layout, duration, from) {
  const { columns, rowMm } = LAYOUTS[layout];
  const rows = LEADS.length / columns;
  const shown = Math.min(SECONDS_SHOWN, duration - from);
  const width = SECONDS_SHOWN / columns;
  const strips = LEADS.map((lead, index) => {
    const column = Math.floor(index / rows);
    const start = from + Math.max(Math.min(column * width, shown - width), 0);
    const end = Math.min(start + width, from + shown);
    const left = LEFT_MM + column * width * MM_PER_SECOND;
    return { lead, start, end, left, baseline: HEAD_MM + (index % rows) * rowMm, rowMm, isRhythm: false };
  });
  if (columns > 1) {
    const baseline = HEAD_MM + rows * rowMm;
    strips.push({ lead: "II", start: from, end: from + shown, left: LEFT_MM, baseline, rowMm, isRhythm: true });
  }
  const rowCount = rows + (columns > 1 ? 1 : 0);
  return { strips, height: HEAD_MM + (rowCount - 1) * rowMm + FOOT_MM };
}

// Draws a page anew. `view` has the layout and where the page begins; `notes` what is said of each lead, which of them
// are masked, and how strongly each half second of each lead is shaded.
export function drawPaper(paper, recording, view, notes) {
  const { strips, height } = arrange(view.layout, recording.seconds, view.from);
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
