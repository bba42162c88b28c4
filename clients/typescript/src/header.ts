import { basename } from "node:path";
import { LeadName } from "./generated/ecg/v1/recording.js";

// What holds where a header does not say.
const DEFAULT_RATE_HZ = 250;
const DEFAULT_GAIN = 200;
const DEFAULT_UNIT = "mV";

// A micro sign may be either letter; one in Latin-1 is no UTF-8.
const MILLIVOLTS_OF_UNIT: Record<string, number> = { nv: 1e-6, uv: 1e-3, "µv": 1e-3, "μv": 1e-3, "\ufffdv": 1e-3, mv: 1, v: 1e3 };

/** What a .hea file says. */
export interface Header {
  rateHz: number;
  /** Of each lead; undefined: it does not say. */
  sampleCount: number | undefined;
  /** Name of the signal file. */
  file: string;
  channels: Channel[];
}

/** One signal line. */
export interface Channel extends Scale {
  lead: LeadName;
}

interface Scale {
  /** Units of a sample to the unit of the header. */
  gain: number;
  /** The sample that is 0. */
  baseline: number;
  /** Of one unit of the header. */
  millivolts: number;
}

/** What is wrong with a header, and what to do. */
export class HeaderError extends Error {
  override readonly name = "HeaderError";
}

/** Reads the text of a .hea file. */
export function parseHeader(text: string): Header {
  const lines = text
    .split("\n")
    .map((line, index) => ({ number: index + 1, fields: line.trim().split(/\s+/) }))
    .filter(({ fields: [first = ""] }) => first !== "" && !first.startsWith("#"));
  const [recordLine, ...signalLines] = lines;
  if (recordLine === undefined) {
    throw new HeaderError("the header is empty; copy it anew");
  }
  const { signalCount, ...record } = at(recordLine.number, () => parseRecordLine(recordLine.fields, signalLines.length));
  const signals = signalLines
    .slice(0, signalCount)
    .map(({ number, fields }) => at(number, () => parseSignalLine(fields, signalLines[0]?.fields[0])));
  return { ...record, file: signalLines[0]?.fields[0] ?? "", channels: signals };
}

/** Reads "NAME SIGNALS [RATE[/COUNTER] [SAMPLES …]]". */
function parseRecordLine([name = "", signals = "", rate, samples]: string[], lineCount: number) {
  const signalCount = wholeNumber(signals);
  const rateHz = rate === undefined ? DEFAULT_RATE_HZ : number(rate.split("/")[0]);
  const sampleCount = samples === undefined ? undefined : wholeNumber(samples);
  if (name.includes("/")) {
    throw new HeaderError("the record has several segments; give each as a record of its own");
  }
  if (!(signalCount >= 1)) {
    throw new HeaderError(`the number of signals is "${signals}"; is it a WFDB header?`);
  }
  if (signalCount > lineCount) {
    throw new HeaderError(`${signalCount} signals are announced, but ${lineCount} described; copy it anew`);
  }
  if (Number.isNaN(rateHz)) {
    throw new HeaderError(`the sample rate is "${rate}"; write the samples per second`);
  }
  if (Number.isNaN(sampleCount)) {
    throw new HeaderError(`the number of samples is "${samples}"; write a whole number`);
  }
  return { signalCount, rateHz, sampleCount };
}

/** Reads "FILE FORMAT GAIN(BASELINE)/UNIT RESOLUTION ZERO FIRST CHECKSUM BLOCK LEAD". */
function parseSignalLine(fields: string[], firstFile: string | undefined): Channel {
  const [file = "", format = "", scale = "0", , zero = "0"] = fields;
  const name = fields.slice(8).join(" ");
  const lead = LeadName[name.toUpperCase() as keyof typeof LeadName];
  if (file !== firstFile || file !== basename(file)) {
    throw new HeaderError(`the signal file is "${file}"; keep all leads in one file beside the header`);
  }
  if (format !== "16") {
    throw new HeaderError(`the format is "${format}"; convert the samples to format 16`);
  }
  // The names of an enum's object are its numbers, too.
  if (typeof lead !== "number" || lead === LeadName.UNSPECIFIED) {
    throw new HeaderError(`the lead is "${name}"; name one of I, II, III, aVR, aVL, aVF, V1 to V6`);
  }
  return { lead, ...parseScale(scale, zero) };
}

/** Reads "GAIN[(BASELINE)][/UNIT]"; where there is no baseline the converter's zero is it. */
function parseScale(field: string, zero: string): Scale {
  const groups = /^(?<gain>[^(/]+)(?:\((?<baseline>[^)]*)\))?(?:\/(?<unit>.*))?$/.exec(field)?.groups ?? {};
  const gain = number(groups["gain"]);
  const baseline = number(groups["baseline"] ?? zero);
  const unit = groups["unit"] ?? DEFAULT_UNIT;
  const millivolts = MILLIVOLTS_OF_UNIT[unit.toLowerCase()];
  if (!(gain >= 0) || Number.isNaN(baseline)) {
    throw new HeaderError(`the gain is "${field}"; write it as 1000(0)/mV`);
  }
  if (millivolts === undefined) {
    throw new HeaderError(`the unit is "${unit}"; it must be nV, uV, mV or V`);
  }
  return { gain: gain === 0 ? DEFAULT_GAIN : gain, baseline, millivolts };
}

function number(text: string | undefined): number {
  return text === undefined || text === "" ? NaN : Number(text);
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : NaN;
}

function at<Value>(lineNumber: number, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw error instanceof HeaderError ? new HeaderError(`line ${lineNumber}: ${error.message}`) : error;
  }
}
