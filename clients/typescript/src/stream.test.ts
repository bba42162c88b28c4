import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type handleBidiStreamingCall, type handleUnaryCall, Server, ServerCredentials } from "@grpc/grpc-js";
import { EcgClient, EcgServiceService, Recording, RecordingResult } from "./index.js";
import type { PredictStreamRequest, PredictStreamResponse } from "./index.js";

const server = new Server();
let client: EcgClient;

/** Classifies everything, of which it says nothing. */
const predictStream: handleBidiStreamingCall<PredictStreamRequest, PredictStreamResponse> = (call) => {
  call.on("data", ({ recordings }: PredictStreamRequest) =>
    call.write({ results: recordings.map(({ recordingId }) => RecordingResult.fromPartial({ recordingId })) }),
  );
  call.on("end", () => call.end());
};
const unused: handleUnaryCall<unknown, never> = () => assert.fail();

before(async () => {
  server.addService(EcgServiceService, { predict: unused, modelSummary: unused, predictStream });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    ),
  );
  client = new EcgClient(`127.0.0.1:${port}`);
});

after(() => {
  client.close();
  server.forceShutdown();
});

const recordingOf = (index: number) => Recording.fromPartial({ recordingId: String(index) });

test("each recording has its result, in order", async () => {
  const ids: string[] = [];
  for await (const { recordingId } of client.predictStream(Array.from({ length: 100 }, (_, index) => recordingOf(index)))) {
    ids.push(recordingId);
  }
  assert.deepEqual(ids, Array.from({ length: 100 }, (_, index) => String(index)));
});

test("no recordings have no results", async () => {
  for await (const _ of client.predictStream([])) {
    assert.fail();
  }
});

test("whoever leaves early lets go of the recordings", { timeout: 30_000 }, async () => {
  let letGo!: () => void;
  const isLetGo = new Promise<void>((resolve) => (letGo = resolve));
  async function* endless() {
    try {
      for (let index = 0; ; index++) {
        yield recordingOf(index);
      }
    } finally {
      letGo();
    }
  }
  for await (const { recordingId } of client.predictStream(endless())) {
    if (recordingId === "50") {
      break;
    }
  }
  await isLetGo;
});

test("what the recordings throw is thrown after the results of those that were sent", async () => {
  function* broken() {
    for (let index = 0; index < 40; index++) {
      yield recordingOf(index);
    }
    throw new RangeError("no more");
  }
  let count = 0;
  await assert.rejects(async () => {
    for await (const _ of client.predictStream(broken())) {
      count++;
    }
  }, RangeError);
  assert.equal(count, 32);
});

test("a stream that nobody has asked for results is not opened", { timeout: 30_000 }, async () => {
  const unreached = new EcgClient("127.0.0.1:1");
  const results = unreached.predictStream([recordingOf(0)]);
  // As long as a call takes to end.
  await assert.rejects(unreached.modelSummary({ timeoutMs: 1000 }));
  await assert.rejects(results.next(), /UNAVAILABLE/);
  unreached.close();
});
