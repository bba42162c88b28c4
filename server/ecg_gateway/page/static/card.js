// What is to be known of the model that answers, as the service tells it.

import { html } from "./dom.js";
import { FIELDS, modelName } from "./words.js";

const rounded = (value) => Number(value).toFixed(3);

export function showCard(place, model) {
  if (!model) {
    place.replaceChildren(html("p", {}, "The service does not answer, so nothing is known of its model."));
    return;
  }
  place.replaceChildren(
    html("dl", {}, ...facts(model).flatMap(([term, text]) => [html("dt", {}, term), html("dd", {}, text)])),
    ...(model.operating_points?.length ? [html("h3", {}, "Operating points"), points(model)] : []),
    ...(model.quality_figures?.length ? [html("h3", {}, "How good it is"), ...figures(model)] : []),
  );
}

function facts({ model, parameter_count, input, limits, served_models }) {
  const leads = (names) => (names ?? []).map((name) => name.replace("LEAD_NAME_", "").replace("AV", "aV")).join(", ");
  return [
    ["Model", modelName(model)],
    ["SHA-256", html("code", {}, model?.sha256 ?? "")],
    ["Parameters", Number(parameter_count ?? 0).toLocaleString("en")],
    input && ["Sees", `${input.sample_count / input.sample_rate_hz} s at ${input.sample_rate_hz} Hz`],
    input?.required_lead_names && ["Needs the leads", leads(input.required_lead_names)],
    input?.metadata_fields && ["Uses of the patient", input.metadata_fields.map((name) => FIELDS[name] ?? name).join(", ") || "nothing"],
    limits && ["Takes", `${limits.min_duration_seconds} s to ${limits.max_duration_seconds / 60} min, ${limits.min_sample_rate_hz} to ${limits.max_sample_rate_hz} Hz`],
    served_models?.length > 1 && ["Also served", served_models.slice(1).map((one) => `${modelName(one.model)} (${(one.labels ?? []).join(", ")})`).join("; ")],
  ].filter(Boolean);
}

const points = ({ operating_points }) => html("ul", {}, operating_points.map(({ name, description, is_active }) =>
  html("li", {}, html("b", {}, name), is_active ? " (in use): " : ": ", description)));

function figures({ quality_figures, class_codes }) {
  const names = [...new Set(quality_figures.map((figure) => figure.name))];
  const value = (name, code) => quality_figures.find((one) => one.name === name && (one.class_code ?? "") === code)?.value;
  const codes = ["", ...(class_codes ?? [])].filter((code) => names.some((name) => value(name, code) !== undefined));
  const row = (name) => html("tr", {}, html("th", { scope: "row" }, name.replaceAll("_", " ")),
    codes.map((code) => html("td", {}, value(name, code) === undefined ? "" : rounded(value(name, code)))));
  const measured = [...new Set(quality_figures.map((figure) => figure.measured_on))];
  return [
    html("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "figures of the model's quality" }, html("table", {},
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Figure"), codes.map((code) => html("th", { scope: "col" }, code || "all")))),
      html("tbody", {}, names.map(row)))),
    ...measured.map((text) => html("p", { class: "faint" }, `Measured on ${text}.`)),
  ];
}
