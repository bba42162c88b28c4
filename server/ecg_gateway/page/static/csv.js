// The table of a batch as a file, with the columns that `ecg stream --output` writes.

import { codeOf } from "./words.js";

const BEFORE = ["path", "number", "recording_id", "findings"];
const AFTER = [
  "uncertainty", "is_abstained", "abstentions", "warnings", "message", "remarks", "operating_point", "model_name",
  "model_version", "model_sha256",
];

export function tableText(rows, codes) {
  const ofClasses = ["probability", "is_positive", "threshold"].flatMap((name) => codes.map((code) => `${code}_${name}`));
  const columns = [...BEFORE, ...ofClasses, ...AFTER];
  const lines = rows.map((row) => valuesOf(row)).map((values) => columns.map((column) => cell(values[column])).join(","));
  return [columns.join(","), ...lines, ""].join("\r\n");
}

function valuesOf({ path, number, id, prediction, problem, remarks }) {
  const values = { path, number, recording_id: id, message: problem, remarks: (remarks ?? []).join("|") };
  if (!prediction) return values;
  for (const { code, probability = 0, threshold = 0, is_positive = false } of prediction.classes) {
    Object.assign(values, { [`${code}_probability`]: probability, [`${code}_is_positive`]: is_positive, [`${code}_threshold`]: threshold });
  }
  const abstentions = prediction.abstentions ?? [];
  return Object.assign(values, {
    findings: prediction.classes.filter((entry) => entry.is_positive).map((entry) => entry.code).join("|"),
    uncertainty: prediction.uncertainty, is_abstained: abstentions.length > 0,
    abstentions: joined(abstentions, (one) => one.reason.replace("ABSTENTION_REASON_", "")),
    warnings: joined(prediction.warnings ?? [], codeOf),
    operating_point: prediction.operating_point, model_name: prediction.model?.name,
    model_version: prediction.model?.version, model_sha256: prediction.model?.sha256,
  });
}

const joined = (remarks, nameOf) => [...new Set(remarks.map((one) => {
  const lead = (one.lead ?? "").replace("LEAD_NAME_", "");
  return lead && lead !== "UNSPECIFIED" ? `${nameOf(one)}:${lead}` : nameOf(one);
}))].join("|");

// A spreadsheet would compute what begins like a formula, wherever it comes from.
function cell(value) {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
