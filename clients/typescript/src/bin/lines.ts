import { status } from "@grpc/grpc-js";
import { type Prediction, type RecordingError, type RecordingResult, WarningCode } from "../index.js";
import type { UnreadableFileError } from "../wfdb.js";

export const HEADER_SUFFIX = ".hea";

/** What is printed of a recording. */
export type Line = { recording: string } & (Classified | { error: Failure });

interface Classified {
  probabilities: Record<string, number>;
  findings: string[];
  warnings: string[];
  model: string;
}

interface Failure {
  code: string;
  reason: string;
  message: string;
  field_violations: { field: string; description: string }[];
}

export function resultLine(header: string, { outcome }: RecordingResult): Line {
  switch (outcome?.$case) {
    case "prediction":
      return predictionLine(header, outcome.value);
    case "error":
      return refusedLine(header, outcome.value);
    default:
      throw new Error("the service answered neither with a prediction nor with an error; is it newer than this client?");
  }
}

export function predictionLine(header: string, { classes, warnings, model }: Prediction): Line {
  return {
    recording: nameOf(header),
    probabilities: Object.fromEntries(classes.map(({ code, probability }) => [code, shortest(probability)])),
    findings: classes.filter(({ isPositive }) => isPositive).map(({ code }) => code),
    warnings: warnings.map(({ code }) => WarningCode[code] ?? String(code)),
    model: [model?.name, model?.version].filter(Boolean).join(" "),
  };
}

export function refusedLine(header: string, { code, reason, message, fieldViolations }: RecordingError): Line {
  const name = status[code] ?? String(code);
  return { recording: nameOf(header), error: { code: name, reason, message, field_violations: fieldViolations } };
}

export function unreadableLine(header: string, { message }: UnreadableFileError): Line {
  const error = { code: "INVALID_ARGUMENT", reason: "UNREADABLE_FILE", message, field_violations: [] };
  return { recording: nameOf(header), error };
}

function nameOf(header: string): string {
  return header.endsWith(HEADER_SUFFIX) ? header.slice(0, -HEADER_SUFFIX.length) : header;
}

/** A number that came as a float of 32 bits, in the nine digits that tell it from others. */
function shortest(probability: number): number {
  return Number(probability.toPrecision(9));
}
