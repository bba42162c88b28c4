import { Metadata, type ServiceError } from "@grpc/grpc-js";
import type { RecordingError } from "./generated/ecg/v1/prediction.js";
import { BadRequest, ErrorInfo } from "./generated/google/rpc/error_details.js";
import { Status } from "./generated/google/rpc/status.js";

const STATUS_KEY = "grpc-status-details-bin";

/**
 * Tells of a call that failed what a stream tells of a recording: status code, reason, message, and the fields that are
 * wrong. Branch on the code and the reason, never on the message.
 *
 * @returns undefined for an error that is no status of a call.
 */
export function detailsOf(error: unknown): RecordingError | undefined {
  if (!isServiceError(error)) {
    return undefined;
  }
  const found: RecordingError = { code: error.code, reason: "", message: error.details, fieldViolations: [] };
  for (const { typeUrl, value } of statusOf(error)?.details ?? []) {
    switch (typeUrl) {
      case "type.googleapis.com/google.rpc.ErrorInfo":
        found.reason = ErrorInfo.decode(value).reason;
        break;
      case "type.googleapis.com/google.rpc.BadRequest":
        found.fieldViolations = BadRequest.decode(value).fieldViolations.map(({ field, description }) => ({
          field,
          description,
        }));
        break;
    }
  }
  return found;
}

function statusOf({ metadata }: ServiceError): Status | undefined {
  const [bytes] = metadata.get(STATUS_KEY);
  return bytes instanceof Buffer ? Status.decode(bytes) : undefined;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "metadata" in error && error.metadata instanceof Metadata;
}
