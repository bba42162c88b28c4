// What is to be known of the model that answers, as the service tells it.

import { html } from "./dom.js";
import { modelName } from "./words.js";

const rounded = (value) => Number(value).toFixed(3);
const FIELDS = { age_years: "age", sex: "sex", height_cm: "height", weight_kg: "weight", has_pacemaker: "pacemaker" };

export function showCard(place, model) {
  if (!model) {
    place.replaceChildren(html("p", {}, "The service does not answer, so nothing is known of its model."));
    return;
  }
  place.replaceChildren(
    html("dl", {}, ...facts(model).flatMap(([term, text]) => [html("dt", {}, term), html("dd", {}, text)])),
    ...(model.operatingPoints?.length ? [html("h3", {}, "Operating points"), points(model)] : []),
    ...(model.qualityFigures?.length ? [html("h3", {}, "How good it is"), ...figures(model)] : []),
  );
}

function facts({ model, parameterCount, input, limits, servedModels }) {
  const leads = (names) => (names ?? []).map((name) => name.replace("LEAD_NAME_", "").replace("AV", "aV")).join(", ");
  return [
    ["Model", modelName(model)],
    ["SHA-256", html("code", {}, model?.sha256 ?? "")],
    ["Parameters", Number(parameterCount ?? 0).toLocaleString("en")],
    input && ["Sees", `${input.sampleCount / input.sampleRateHz} s at ${input.sampleRateHz} Hz`],
    input?.requiredLeadNames && ["Needs the leads", leads(input.requiredLeadNames)],
    input?.metadataFields && ["Uses of the patient", input.metadataFields.map((name) => FIELDS[name] ?? name).join(", ") || "nothing"],
    limits && ["Takes", `${limits.minDurationSeconds} s to ${limits.maxDurationSeconds / 60} min, ${limits.minSampleRateHz} to ${limits.maxSampleRateHz} Hz`],
    servedModels?.length > 1 && ["Also served", servedModels.slice(1).map((one) => `${modelName(one.model)} (${(one.labels ?? []).join(", ")})`).join("; ")],
  ].filter(Boolean);
}

const points = ({ operatingPoints }) => html("ul", {}, operatingPoints.map(({ name, description, isActive }) =>
  html("li", {}, html("b", {}, name), isActive ? " (in use): " : ": ", description)));

function figures({ qualityFigures, classCodes }) {
  const names = [...new Set(qualityFigures.map((figure) => figure.name))];
  const value = (name, code) => qualityFigures.find((one) => one.name === name && (one.classCode ?? "") === code)?.value;
  const codes = ["", ...(classCodes ?? [])].filter((code) => names.some((name) => value(name, code) !== undefined));
  const row = (name) => html("tr", {}, html("th", { scope: "row" }, name.replaceAll("_", " ")),
    codes.map((code) => html("td", {}, value(name, code) === undefined ? "" : rounded(value(name, code)))));
  const measured = [...new Set(qualityFigures.map((figure) => figure.measuredOn))];
  return [
    html("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "figures of the model's quality" }, html("table", {},
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Figure"), codes.map((code) => html("th", { scope: "col" }, code || "all")))),
      html("tbody", {}, names.map(row)))),
    ...measured.map((text) => html("p", { class: "faint" }, `Measured on ${text}.`)),
  ];
}
