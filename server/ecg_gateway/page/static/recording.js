// A recording as it is drawn: leads in millivolts, those that follow from others among them.

export const LEADS = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"];

// As multiples of I and II.
const DERIVED = { III: [-1, 1], aVR: [-0.5, -0.5], aVL: [1, -0.5], aVF: [-0.5, 1] };
// A lead that lies further from 0 mV than this is moved back to it, and says so: it would be drawn over others.
const GREATEST_OFFSET_MV = 1.5;
const MOST_SORTED = 2000;

// "LEAD_NAME_AVR" is aVR; an unspecified lead, the whole recording, is null.
export function leadLabel(name) {
  const label = (name ?? "").replace("LEAD_NAME_", "").replace("AV", "aV");
  return LEADS.includes(label) ? label : null;
}

// What `POST /v1/files:read` says of one recording.
export function decode({ file, number, format, remarks, recording }) {
  const rate = recording.sample_rate_hz;
  const leads = withDerived(recorded(recording.packed_signal));
  const count = leads.size ? leads.values().next().value.millivolts.length : 0;
  return {
    file, number, format, remarks, rate, leads, wire: recording,
    id: recording.recording_id ?? "", metadata: recording.metadata ?? {}, seconds: count / rate,
  };
}

function recorded(packed) {
  const bytes = Uint8Array.from(atob(packed.samples ?? ""), (character) => character.charCodeAt(0));
  // A machine whose first byte is the greatest would need a DataView; no browser runs on one.
  const samples = packed.format === "SAMPLE_FORMAT_INT16_LE" ? new Int16Array(bytes.buffer) : new Float32Array(bytes.buffer);
  const perUnit = packed.microvolts_per_unit / 1000;
  const count = samples.length / packed.lead_names.length;
  const leads = new Map();
  packed.lead_names.forEach((name, index) => {
    const millivolts = Float32Array.from(samples.subarray(index * count, (index + 1) * count), (one) => one * perUnit);
    leads.set(leadLabel(name), { millivolts, isDerived: false });
  });
  return leads;
}

function withDerived(leads) {
  const [first, second] = [leads.get("I")?.millivolts, leads.get("II")?.millivolts];
  const all = new Map();
  for (const label of LEADS) {
    let lead = leads.get(label);
    if (!lead && DERIVED[label] && first && second) {
      const [ofFirst, ofSecond] = DERIVED[label];
      lead = { millivolts: first.map((one, index) => ofFirst * one + ofSecond * second[index]), isDerived: true };
    }
    if (lead) {
      const offset = offsetOf(lead.millivolts);
      all.set(label, { ...lead, offset, ...extremesOf(lead.millivolts, offset) });
    }
  }
  return all;
}

// How far a lead goes below and above the line it is drawn about, in millivolts, over all of the recording.
function extremesOf(millivolts, offset) {
  let [least, greatest] = [0, 0];
  for (const value of millivolts) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value - offset);
    greatest = Math.max(greatest, value - offset);
  }
  return { least, greatest };
}

function offsetOf(millivolts) {
  const step = Math.max(1, Math.floor(millivolts.length / MOST_SORTED));
  const some = millivolts.filter((one, index) => index % step === 0 && Number.isFinite(one)).sort();
  const median = some.length ? some[some.length >> 1] : 0;
  return Math.abs(median) > GREATEST_OFFSET_MV ? median : 0;
}
