// What the model says of a recording: a bar for each class, whether the service stands by it, and what it noticed.

import { html } from "./dom.js";
import { leadLabel } from "./recording.js";
import { codeOf, modelName, warningLines, warningWords } from "./words.js";

const list = (prediction, field) => prediction?.[field] ?? [];

export const isAbstained = (prediction) => list(prediction, "abstentions").length > 0;
export const findingsOf = (prediction) => list(prediction, "classes").filter((entry) => entry.is_positive);

// That an ECG is normal is a class like any other in the contract, but no finding to whoever looks for what is wrong;
// it is known by its code, which is PTB-XL's.
const NORMAL = "NORM";

// What stands of a prediction, in one word: "abstained", "other" findings than a normal ECG, "normal", or "nothing".
export function outcomeOf(prediction) {
  if (isAbstained(prediction)) return "abstained";
  const codes = findingsOf(prediction).map((one) => one.code);
  if (codes.some((code) => code !== NORMAL)) return "other";
  return codes.length ? "normal" : "nothing";
}

export function showFindings(place, prediction, model) {
  place.replaceChildren(
    ...(isAbstained(prediction) ? [banner(prediction)] : []),
    html("ul", { class: "bars" }, list(prediction, "classes").map((entry) => bar(entry, isAbstained(prediction)))),
    key(prediction, model),
  );
}

function banner(prediction) {
  const reasons = prediction.abstentions.map((abstention) => html("li", {}, abstention.message));
  return html("div", { class: "banner", role: "note" },
    html("strong", {}, "Abstained: the service does not stand by these findings."),
    " Count the recording as not classified.", html("ul", {}, reasons));
}

function bar({ code, display_name, probability = 0, threshold = 0, is_positive }, abstained) {
  const track = html("span", { class: "track", "aria-hidden": "true" }, html("span", { class: "fill" }), html("span", { class: "mark" }));
  track.style.setProperty("--probability", probability);
  track.style.setProperty("--threshold", threshold);
  const stands = is_positive && !abstained;
  return html("li", { class: stands ? "finding" : "", "data-code": code, "data-probability": probability },
    html("b", {}, code),
    html("span", { class: "figure" }, probability.toFixed(2)),
    html("span", { class: "threshold" }, html("span", { class: "unseen" }, "threshold "), threshold.toFixed(2)),
    track,
    html("span", { class: "name" }, display_name,
      html("span", { class: "tag" }, is_positive ? (abstained ? "(finding)" : "finding") : "")));
}

function key(prediction, model) {
  const point = list(model, "operating_points").find((one) => one.name === prediction.operating_point);
  const name = prediction.operating_point;
  const greatest = model?.greatest_uncertainty;
  const uncertainty = prediction.uncertainty;
  return html("p", { class: "key" },
    html("span", { class: "mark-sample", "aria-hidden": "true" }), " threshold",
    name && [" of the operating point ", html("abbr", { title: point?.description ?? "" }, name)], ". ",
    uncertainty !== undefined && `Uncertainty ${uncertainty.toFixed(2)}`,
    uncertainty !== undefined && greatest !== undefined && `, of at most ${greatest.toFixed(2)} at which the service stands by its findings`,
    uncertainty !== undefined && ".");
}

export function showNotes(place, prediction, remarks) {
  const whole = list(prediction, "warnings").filter((warning) => !leadLabel(warning.lead));
  const ofLeads = list(prediction, "warnings").filter((warning) => leadLabel(warning.lead));
  const lines = [...warningLines(whole), ...ofLeads.map((warning) => warning.message), ...remarks];
  place.replaceChildren(...lines.map((line) => html("li", {}, `${line[0].toUpperCase()}${line.slice(1)}`)));
  return lines.length;
}

export function showOrigin(place, prediction) {
  place.textContent = modelName(prediction?.model);
}

// What is written beside each lead, and which leads the network did not see.
export function leadNotes(prediction) {
  const leads = new Map();
  const masked = new Set();
  for (const warning of list(prediction, "warnings")) {
    const lead = leadLabel(warning.lead);
    if (!lead) continue;
    const said = leads.get(lead) ?? leads.set(lead, { words: [], messages: [] }).get(lead);
    if (!said.words.includes(warningWords(warning))) said.words.push(warningWords(warning));
    said.messages.push(warning.message);
    if (codeOf(warning) === "SIGNAL_LEAD_MASKED") masked.add(lead);
  }
  return { leads, masked };
}
