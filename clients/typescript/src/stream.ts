import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { type ClientDuplexStream, Metadata, status, type StatusObject } from "@grpc/grpc-js";
import type { PredictStreamRequest, PredictStreamResponse } from "./generated/ecg/v1/ecg_service.js";
import type { RecordingResult } from "./generated/ecg/v1/prediction.js";
import type { Recording } from "./generated/ecg/v1/recording.js";

type Call = ClientDuplexStream<PredictStreamRequest, PredictStreamResponse>;
type Recordings = Iterable<Recording> | AsyncIterable<Recording>;

// Any number gives the same answers; this many cost little more than one.
const RECORDINGS_PER_MESSAGE = 16;

/** Sends the recordings over a call, and yields its results meanwhile. */
export async function* resultsOf(call: Call, recordings: Recordings): AsyncGenerator<RecordingResult, void> {
  const over = new AbortController();
  const sending = send(call, recordings, over.signal);
  // What the recordings throw ends the sending only, and is thrown after the results of those before.
  sending.catch(() => call.end());
  // Without this, the event of a call that ends badly would end the process; it is thrown below.
  call.on("error", () => {});
  let answered = 0;
  try {
    for await (const response of call as AsyncIterable<PredictStreamResponse>) {
      for (const result of response.results) {
        answered++;
        yield result;
      }
    }
  } finally {
    over.abort();
    call.cancel();
  }
  const sent = await sending;
  if (answered !== sent) {
    throw endedEarly(`the stream ended early, with ${answered} of ${sent} recordings answered`);
  }
}

/** Sends all recordings, waiting while the service is busy, and ends its side; tells how many it sent. */
async function send(call: Call, recordings: Recordings, over: AbortSignal): Promise<number> {
  let count = 0;
  let group: Recording[] = [];
  for await (const recording of recordings) {
    count++;
    group.push(recording);
    if (group.length === RECORDINGS_PER_MESSAGE) {
      await write(call, group, over);
      group = [];
    }
    if (over.aborted) {
      return count;
    }
  }
  if (group.length > 0) {
    await write(call, group, over);
  }
  call.end();
  return count;
}

async function write(call: Call, recordings: Recording[], over: AbortSignal): Promise<void> {
  if (over.aborted) {
    return;
  }
  if (call.write({ recordings, options: undefined })) {
    // Lets results in, which recordings that are all there at once would keep out.
    await setImmediate();
  } else {
    // Or the call is over, which the receiving side tells of.
    await once(call, "drain", { signal: over }).catch(() => {});
  }
}

/** An error like those of calls. */
function endedEarly(details: string): Error & StatusObject {
  const code = status.UNAVAILABLE;
  return Object.assign(new Error(`${code} UNAVAILABLE: ${details}`), { code, details, metadata: new Metadata() });
}
