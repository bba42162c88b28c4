import { PatientMetadata, Sex } from "./generated/ecg/v1/recording.js";

const GREATEST_AGE_YEARS = 130;
// What stands for "over 89" in copies of PTB-XL, and what it is read as.
const OVER_89_CODE = 300;
const OVER_89_YEARS = 90;

// Matched in one pass, however many blanks a line has.
const COMMENT = /^#[#\s]*(?<name>[a-z]+)\s*:(?<value>[^#]*)(?:#[#\s]*)?$/;
const QUANTITY = /^(?<number>[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)\s*(?<unit>[a-z]*)$/;
const SEXES: ReadonlyMap<string, Sex> = new Map([
  ["m", Sex.MALE],
  ["male", Sex.MALE],
  ["f", Sex.FEMALE],
  ["female", Sex.FEMALE],
]);
const ANSWERS: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["no", false],
]);

/** Reads what the comments of a header say of the patient, such as `# Age: 61`; what cannot be is unknown. */
export function parseComments(header: string): PatientMetadata {
  const comments = header.split("\n").map((line) => COMMENT.exec(line.trim().toLowerCase())?.groups ?? {});
  const said = (name: string) => comments.find((comment) => comment["name"] === name)?.["value"]?.trim() ?? "";
  return PatientMetadata.fromPartial({
    ageYears: ageOf(numberIn(["", "y", "years"], said("age"))),
    sex: SEXES.get(said("sex")) ?? Sex.UNSPECIFIED,
    heightCm: positive(numberIn(["", "cm"], said("height"))),
    weightKg: positive(numberIn(["", "kg"], said("weight"))),
    hasPacemaker: ANSWERS.get(said("pacemaker")),
  });
}

/**
 * Reads a number, in the precision of the wire, in one of the units; NaN: there is none. One in another unit is left
 * out: who writes pounds would be taken to be twice as heavy.
 */
function numberIn(units: string[], value: string): number {
  const { number, unit = "" } = QUANTITY.exec(value)?.groups ?? {};
  return number !== undefined && units.includes(unit) ? Math.fround(Number(number)) : NaN;
}

function ageOf(years: number): number | undefined {
  if (years === OVER_89_CODE) {
    return OVER_89_YEARS;
  }
  return years <= GREATEST_AGE_YEARS ? years : undefined;
}

function positive(value: number): number | undefined {
  return value > 0 && value < Infinity ? value : undefined;
}
