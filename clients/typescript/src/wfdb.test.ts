import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LeadName, type PackedSignal, SampleFormat } from "./generated/ecg/v1/recording.js";
import { readRecord, UnreadableFileError } from "./wfdb.js";

/** Writes a record of these signal lines and samples, sample after sample; returns its header. */
async function write(recordLine: string, signalLines: string, ...samples: number[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wfdb-"));
  await writeFile(join(folder, "r.hea"), `# a comment\n${recordLine}\r\n${signalLines}\n#Age: 61\n`, "latin1");
  await writeFile(join(folder, "r.dat"), Int16Array.from(samples));
  return join(folder, "r.hea");
}

const floats = ({ samples }: PackedSignal) =>
  Array.from({ length: samples.length / 4 }, (_, index) => samples.readFloatLE(4 * index));

test("integers of one gain are kept, lead after lead", async () => {
  const lines = "r.dat 16 200.0(0)/mV 16 0 1 0 0 II\nr.dat 16 200/mV 16 0 2 0 0 aVR";
  const recording = await readRecord(await write("r 2 500 3", lines, 1, -2, 3, 4, 5, 6));
  assert.equal(recording.recordingId, "r");
  assert.equal(recording.sampleRateHz, 500);
  assert.equal(recording.metadata?.ageYears, 61);
  assert.deepEqual(recording.packedSignal, {
    leadNames: [LeadName.II, LeadName.AVR],
    format: SampleFormat.INT16_LE,
    microvoltsPerUnit: 5,
    samples: Buffer.from(Int16Array.of(1, 3, 5, -2, 4, 6).buffer),
  });
});

const inMillivolts: [string, string, number[], number[]][] = [
  ["gains", "r.dat 16 100/mV 16 0 0 0 0 I\nr.dat 16 50/mV 16 0 0 0 0 II", [100, 100], [1, 2]],
  ["a baseline", "r.dat 16 100(50)/mV 16 0 0 0 0 I", [150], [1]],
  ["a converter's zero", "r.dat 16 100/mV 16 50 0 0 0 I", [150], [1]],
  ["units", "r.dat 16 1/µV 16 0 0 0 0 I\nr.dat 16 1/V 16 0 0 0 0 II", [500, 2], [0.5, 2000]],
  ["no sample", "r.dat 16 100/mV 16 0 0 0 0 I", [100, -32768], [1, NaN]],
];
for (const [name, lines, samples, expected] of inMillivolts) {
  test(`what one factor cannot tell becomes millivolts: ${name}`, async () => {
    const { packedSignal } = await readRecord(await write(`r ${lines.split("\n").length} 100`, lines, ...samples));
    assert.equal(packedSignal?.format, SampleFormat.FLOAT32_LE);
    assert.equal(packedSignal.microvoltsPerUnit, 1000);
    assert.deepEqual(floats(packedSignal), expected);
  });
}

test("what a header leaves out is as the format says", async () => {
  const recording = await readRecord(await write("r 1", "r.dat 16 0 16 0 0 0 0 I", 200));
  assert.equal(recording.sampleRateHz, 250);
  assert.equal(recording.packedSignal?.microvoltsPerUnit, 5);
});

const line = "r.dat 16 100/mV 16 0 0 0 0 I";
const broken: [string, string, string][] = [
  ["line 2: the number of signals is", "hello", ""],
  ["several segments", "r/3 1 100", line],
  ["2 signals are announced", "r 2 100 1", line],
  ['the sample rate is "fast"', "r 1 fast", line],
  ['the number of samples is "-1"', "r 1 100 -1", line],
  ["r.dat: it has 2 bytes", "r 1 100 2", line],
  ['line 3: the format is "212"', "r 1 100", "r.dat 212 100/mV 16 0 0 0 0 I"],
  ['the lead is "MLII"', "r 1 100", "r.dat 16 100/mV 16 0 0 0 0 MLII"],
  ['the lead is "1"', "r 1 100", "r.dat 16 100/mV 16 0 0 0 0 1"],
  ['the lead is ""', "r 1 100", "r.dat 16 100/mV"],
  ['the unit is "mmHg"', "r 1 100", "r.dat 16 100/mmHg 16 0 0 0 0 I"],
  ['the gain is "1,000/mV"', "r 1 100", "r.dat 16 1,000/mV 16 0 0 0 0 I"],
  ['the signal file is "../r.dat"', "r 1 100", "../r.dat 16 100/mV 16 0 0 0 0 I"],
  ["keep the signal file beside", "r 1 100", "s.dat 16 100/mV 16 0 0 0 0 I"],
];
for (const [words, recordLine, signalLines] of broken) {
  test(`an error tells where and what to do: ${words}`, async () => {
    const header = await write(recordLine, signalLines, 1);
    await assert.rejects(readRecord(header), (error) => {
      assert(error instanceof UnreadableFileError);
      assert(error.message.includes(words), error.message);
      return true;
    });
  });
}
