/** Client of the ECG classification service: recordings in, class probabilities out. Not a medical device. */
export { DEFAULT_ADDRESS, DEFAULT_TIMEOUT_MS, EcgClient, MAX_MESSAGE_BYTES, type CallOptions } from "./client.js";
export { InvalidCredentialsError, type Credentials } from "./credentials.js";
export { detailsOf } from "./details.js";
export * from "./generated/ecg/v1/ecg_service.js";
export * from "./generated/ecg/v1/model.js";
export * from "./generated/ecg/v1/prediction.js";
export * from "./generated/ecg/v1/recording.js";
