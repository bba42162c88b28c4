/**
 * Reads ECG recordings as PTB-XL has them: a WFDB header (.hea) and beside it one signal file (.dat) in format 16, with
 * the twelve standard leads or some of them.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseComments } from "./comments.js";
import { type PackedSignal, type Recording, SampleFormat } from "./generated/ecg/v1/recording.js";
import { type Channel, HeaderError, parseHeader } from "./header.js";

/** A file is missing or broken; the message names it, what is wrong, and a remedy. */
export class UnreadableFileError extends Error {
  override readonly name = "UnreadableFileError";

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
  }
}

// Stands for a sample that was not taken.
const NO_SAMPLE = -32_768;

/**
 * Reads the record of a header. Its recording id is the name of the file, without .hea.
 *
 * Where all leads share one gain and have no baseline the integers are kept as they were digitised; otherwise the signal
 * becomes millivolts. Any rate and length are taken, as is what the service will refuse. Age, sex, height, weight and a
 * pacemaker are read from comments of the header, such as `# Age: 61`.
 *
 * @throws UnreadableFileError
 */
export async function readRecord(headerPath: string): Promise<Recording> {
  const header = (await read(headerPath, "give the path of a header (.hea)")).toString("utf8");
  const { channels, file, rateHz, sampleCount } = parse(headerPath, header);
  const dataPath = join(dirname(headerPath), file);
  const bytes = await read(dataPath, "keep the signal file beside its header");
  const frame = 2 * channels.length;
  const count = sampleCount ?? Math.floor(bytes.length / frame);
  if (bytes.length < frame * count) {
    const announced = `${channels.length} leads of ${count} samples are ${frame * count}`;
    throw new UnreadableFileError(dataPath, `it has ${bytes.length} bytes, but ${announced}; copy it anew`);
  }
  return {
    recordingId: basename(headerPath, ".hea"),
    metadata: parseComments(header),
    sampleRateHz: rateHz,
    leads: [],
    packedSignal: packSignal(channels, bytes.subarray(0, frame * count)),
  };
}

/** Brings samples from sample after sample, as in the file, to lead after lead, as on the wire. */
function packSignal(channels: Channel[], bytes: Buffer): PackedSignal {
  const leadNames = channels.map(({ lead }) => lead);
  const sampleAt = (index: number, lead: number) => bytes.readInt16LE(2 * (index * channels.length + lead));
  const count = bytes.length / 2 / channels.length;
  const factor = commonFactor(channels, bytes);
  const size = factor === undefined ? 4 : 2;
  const samples = Buffer.alloc(size * count * channels.length);
  channels.forEach((channel, lead) => {
    for (let index = 0; index < count; index++) {
      const sample = sampleAt(index, lead);
      const at = size * (lead * count + index);
      if (factor === undefined) {
        samples.writeFloatLE(millivolts(channel, sample), at);
      } else {
        samples.writeInt16LE(sample, at);
      }
    }
  });
  return factor === undefined
    ? { leadNames, format: SampleFormat.FLOAT32_LE, microvoltsPerUnit: 1000, samples }
    : { leadNames, format: SampleFormat.INT16_LE, microvoltsPerUnit: 1000 * factor, samples };
}

/** The one factor that makes millivolts of every sample, if there is one. */
function commonFactor(channels: Channel[], bytes: Buffer): number | undefined {
  const [factor, ...others] = new Set(channels.map(({ millivolts, gain }) => millivolts / gain));
  if (others.length > 0 || channels.some(({ baseline }) => baseline !== 0)) {
    return undefined;
  }
  for (let at = 0; at < bytes.length; at += 2) {
    if (bytes.readInt16LE(at) === NO_SAMPLE) {
      return undefined;
    }
  }
  return factor;
}

function millivolts({ gain, baseline, millivolts }: Channel, sample: number): number {
  return sample === NO_SAMPLE ? NaN : ((sample - baseline) / gain) * millivolts;
}

function parse(path: string, text: string) {
  try {
    return parseHeader(text);
  } catch (error) {
    throw error instanceof HeaderError ? new UnreadableFileError(path, error.message, { cause: error }) : error;
  }
}

async function read(path: string, remedy: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    throw new UnreadableFileError(path, `it cannot be read (${why}); ${remedy}`, { cause: error });
  }
}
