import type { ChannelOptions } from "@grpc/grpc-js";
import { connect, isLoopback, metadataOf, type Credentials } from "./credentials.js";
import { EcgServiceClient, type ModelSummaryResponse } from "./generated/ecg/v1/ecg_service.js";
import type { Prediction, RecordingResult } from "./generated/ecg/v1/prediction.js";
import type { Recording } from "./generated/ecg/v1/recording.js";
import { resultsOf } from "./stream.js";

/** Where a server listens unless it is told otherwise. */
export const DEFAULT_ADDRESS = "127.0.0.1:50051";
/** How long a call may take, in milliseconds. A stream may take as long as it takes. */
export const DEFAULT_TIMEOUT_MS = 30_000;
/** The largest message that is sent or received; gRPC alone would receive no more than 4 MiB. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Choices for a single call. */
export interface CallOptions {
  /** How long it may take, in milliseconds. */
  timeoutMs?: number;
}

// Streams are not retried: some of their results may have been used.
const SERVICE_CONFIG = {
  loadBalancingConfig: [],
  methodConfig: [
    {
      name: ["Predict", "ModelSummary"].map((method) => ({ service: "ecg.v1.EcgService", method })),
      retryPolicy: {
        maxAttempts: 4,
        initialBackoff: "0.1s",
        maxBackoff: "2s",
        backoffMultiplier: 3,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    },
  ],
};

const CHANNEL_OPTIONS: ChannelOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  "grpc.service_config": JSON.stringify(SERVICE_CONFIG),
  // A call whose message is larger is not retried, for which 1 MiB, as gRPC has it, is too little; but a stream runs
  // ahead of its service by as much.
  "grpc.per_rpc_retry_buffer_size": 16 * 1024 * 1024,
};

/**
 * Classifies recordings over one connection. It connects when something is asked.
 *
 * A call that fails rejects with the `ServiceError` of `@grpc/grpc-js`; `detailsOf` reads what is wrong from it.
 */
export class EcgClient {
  readonly #service: EcgServiceClient;
  readonly #credentials: Credentials;

  /**
   * @param address - Host and port of the service.
   * @param credentials - Whom to trust, and by what to be known.
   * @throws RangeError - The address names no host and port.
   * @throws InvalidCredentialsError - The token or the authorities cannot be used.
   */
  constructor(address: string = DEFAULT_ADDRESS, credentials: Credentials = {}) {
    const channel = connect(address, credentials);
    // What stays on this machine needs no proxy, and no proxy is to read it.
    const direct = isLoopback(address) ? { "grpc.enable_http_proxy": 0 } : {};
    this.#service = new EcgServiceClient(address, channel, { ...CHANNEL_OPTIONS, ...direct });
    this.#credentials = credentials;
  }

  /** Closes the connection once the calls in progress have ended. */
  close(): void {
    this.#service.close();
  }

  /** Classifies one recording. */
  predict(recording: Recording, { timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions = {}): Promise<Prediction> {
    const { promise, settle } = settled<{ prediction: Prediction | undefined }>();
    const request = { recording, options: undefined };
    this.#service.predict(request, metadataOf(this.#credentials), { deadline: Date.now() + timeoutMs }, settle);
    return promise.then(({ prediction }) => {
      if (prediction === undefined) {
        throw new Error("the service answered without a prediction; is it newer than this client?");
      }
      return prediction;
    });
  }

  /** Describes the model that is being served, and what the service accepts. */
  modelSummary({ timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions = {}): Promise<ModelSummaryResponse> {
    const { promise, settle } = settled<ModelSummaryResponse>();
    const request = { modelVersion: "" };
    this.#service.modelSummary(request, metadataOf(this.#credentials), { deadline: Date.now() + timeoutMs }, settle);
    return promise;
  }

  /**
   * Classifies many recordings over one stream, and gives one result for each, in their order.
   *
   * Recordings are taken no faster than the service classifies them. One that cannot be classified has an error in its
   * result, and the stream goes on. A stream that ends early throws after its last result, as does what the recordings
   * throw. Nothing is sent before the first result is asked for; leave the results early, and the stream is cancelled.
   *
   * A message leaves once it holds 16 recordings or 4 MiB: where a recording waits for the result of the one before, use
   * `predict`.
   */
  async *predictStream(
    recordings: Iterable<Recording> | AsyncIterable<Recording>,
  ): AsyncGenerator<RecordingResult, void> {
    yield* resultsOf(this.#service.predictStream(metadataOf(this.#credentials)), recordings);
  }
}

/** A promise, and the callback that settles it. */
function settled<Response>() {
  let settle!: (error: Error | null, response: Response) => void;
  const promise = new Promise<Response>((resolve, reject) => {
    settle = (error, response) => (error === null ? resolve(response) : reject(error));
  });
  return { promise, settle };
}
