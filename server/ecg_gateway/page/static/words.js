// What the service says, in few words.

// Beside a lead there is room for little; of any other kind, its code in words.
const WARNINGS = {
  LEAD_DERIVED: "derived",
  SIGNAL_AMPLITUDE: "implausible amplitude",
  SIGNAL_BASELINE_WANDER: "wandering",
  SIGNAL_NOISE: "noisy",
  SIGNAL_STEP: "jumping",
  SIGNAL_LEADS_CONTRADICT: "contradicts I, II",
  SIGNAL_ARM_LEADS_SWAPPED: "arms swapped?",
  SIGNAL_LEAD_MASKED: "masked",
};
export const FIELDS = { age_years: "age", sex: "sex", height_cm: "height", weight_kg: "weight", has_pacemaker: "pacemaker" };
const IMPUTED = /^(\w+) (?:is|was) unknown\b/;

export const codeOf = (warning) => (warning.code ?? "").toString().replace("WARNING_CODE_", "");

export const warningWords = (warning) =>
  WARNINGS[codeOf(warning)] ?? codeOf(warning).replace("SIGNAL_", "").replaceAll("_", " ").toLowerCase();

// One line for all values that were unknown; each other warning in the service's own words.
export function warningLines(warnings) {
  const imputed = [];
  const lines = [];
  for (const warning of warnings) {
    const field = codeOf(warning) === "METADATA_IMPUTED" && IMPUTED.exec(warning.message)?.[1];
    if (field && warning.measured !== undefined) imputed.push(`${FIELDS[field] ?? field.replaceAll("_", " ")} ${given(field, warning)}`);
    else lines.push(warning.message);
  }
  if (imputed.length) lines.push(`Unknown, so the network was given: ${imputed.join(", ")}.`);
  return lines;
}

// What 0 and 1 stand for. In place of an unknown value the network may be given a mean, which is neither.
const ENDS = { has_pacemaker: ["no", "yes"], sex: ["male", "female"] };

// Means have decimals that nobody would give of a patient's years, centimetres and kilograms.
function given(field, { measured, unit }) {
  if (ENDS[field]) return ENDS[field][measured] ?? `between ${ENDS[field].join(" and ")} (${measured.toFixed(2)})`;
  return unit ? `${Math.round(measured)} ${unit === "year" ? "years" : unit}` : `${Number(measured.toPrecision(4))}`;
}

export const percent = (part) => `${(100 * part).toFixed(part > 0 && part < 0.1 ? 1 : 0)} %`;

export const seconds = (count) => {
  const whole = Math.floor(count);
  return whole < 100 ? `${Number(count.toFixed(1))} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
};

export const modelName = (model) => [model?.name, model?.version].filter(Boolean).join(" ") || "unknown";
