import assert from "node:assert/strict";
import { test } from "node:test";
import { Metadata, status } from "@grpc/grpc-js";
import { detailsOf, EcgClient, InvalidCredentialsError } from "./index.js";
import { BadRequest, ErrorInfo } from "./generated/google/rpc/error_details.js";
import { Status } from "./generated/google/rpc/status.js";

test("details are those of the status", () => {
  const info = ErrorInfo.fromPartial({ reason: "SAMPLE_RATE_INVALID", domain: "ecg.v1" });
  const bad = BadRequest.fromPartial({ fieldViolations: [{ field: "recording.sample_rate_hz", description: "it is 0" }] });
  const ended = Status.fromPartial({
    details: [
      { typeUrl: "type.googleapis.com/google.rpc.ErrorInfo", value: Buffer.from(ErrorInfo.encode(info).finish()) },
      { typeUrl: "type.googleapis.com/google.rpc.BadRequest", value: Buffer.from(BadRequest.encode(bad).finish()) },
    ],
  });
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(Status.encode(ended).finish()));
  const error = Object.assign(new Error(), { code: status.INVALID_ARGUMENT, details: "send hertz", metadata });
  assert.deepEqual(detailsOf(error), {
    code: 3,
    reason: "SAMPLE_RATE_INVALID",
    message: "send hertz",
    fieldViolations: [{ field: "recording.sample_rate_hz", description: "it is 0" }],
  });
});

test("what is no status has no details", () => {
  assert.equal(detailsOf(new Error("no status")), undefined);
});

for (const address of ["127.0.0.1:50051", "[::1]:50051", "localhost:50051"]) {
  test(`a token stays on this machine: ${address}`, () => new EcgClient(address, { token: "secret" }).close());
}

for (const address of ["10.0.0.1:50051", "ecg.example.org:443", "localhost.example.org:443"]) {
  test(`a token leaves this machine over TLS only: ${address}`, () => {
    assert.throws(() => new EcgClient(address, { token: "secret" }), InvalidCredentialsError);
  });
}

for (const address of ["", "localhost", "http://localhost:1", ":1", "localhost:0", "localhost:65536"]) {
  test(`what is no address is refused: "${address}"`, () => {
    assert.throws(() => new EcgClient(address), RangeError);
  });
}
