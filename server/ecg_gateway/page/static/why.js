// The reason why: which half seconds of which leads speak for a class, as a shade behind the traces, and in words.

import { byId, html } from "./dom.js";
import { leadLabel } from "./recording.js";
import { explain } from "./service.js";
import { FIELDS } from "./words.js";

// What is less than this is 0.00 in figures, and no reason: it is neither named nor shaded.
const LEAST_TOLD = 0.005;
// Where no half second changes a probability by more than this, none is shaded as deeply as a reason.
const LEAST_DEEPEST = 0.02;
const PAUSE_MS = 400;
const MOST_NAMED = 4;
// A gateway or a service that is older than explanations, or has been told to give none.
const UNABLE = [404, 405, 501];

export class Why {
  // `shaded` is called with what is to be shaded, or null.
  constructor(shaded) {
    Object.assign(this, { shaded, wire: null, windows: [], window: 0, known: new Map(), isAble: true });
    this.select = byId("why");
    this.select.addEventListener("change", () => this.choose());
  }

  // Begins anew with a recording as it was sent, and what was said of it; null where nothing was.
  show(wire, prediction, from) {
    Object.assign(this, { wire, windows: prediction?.windows ?? [], known: new Map() });
    this.window = this.windowAt(from);
    byId("why-part").hidden = !prediction || !this.isAble;
    const codes = (prediction?.classes ?? []).map(({ code, display_name }) => html("option", { value: code }, `${code}, ${display_name}`));
    const chosen = this.select.value;
    this.select.replaceChildren(html("option", { value: "" }, "do not explain"), ...codes);
    this.select.value = (prediction?.classes ?? []).some(({ code }) => code === chosen) ? chosen : "";
    this.choose();
  }

  // The paper begins at another second: of a long recording, another window is explained.
  moved(from) {
    const window = this.windowAt(from);
    if (window === this.window) return;
    this.window = window;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.choose(), PAUSE_MS);
  }

  windowAt(from) {
    const distances = this.windows.map((one) => Math.abs((one.offset_seconds ?? 0) - from));
    return Math.max(0, distances.indexOf(Math.min(...distances)));
  }

  async choose() {
    const { wire, window, select } = this;
    if (!select.value || !wire) return this.tell("", null);
    if (!this.known.has(window)) {
      this.tell("Taking parts of the recording away, and asking the model again …", null);
      this.known.set(window, this.ask(wire, window));
    }
    const known = this.known.get(window);
    const classes = await known;
    // Meanwhile something else may have been chosen, or shown.
    if (this.known.get(window) !== known || window !== this.window) return undefined;
    const explained = classes?.find(({ code }) => code === select.value);
    return explained ? this.tell(wordsOf(explained), shadeOf(explained)) : undefined;
  }

  async ask(wire, window) {
    const options = { include_lead_times: true, ...(this.windows.length > 1 ? { window } : {}) };
    try {
      return (await explain({ recording: wire, options })).classes;
    } catch (error) {
      this.isAble = !UNABLE.includes(error.status);
      this.known.delete(window);
      this.tell(this.isAble ? `No explanation: ${error.message}.` : "This service gives no explanations.", null);
      return null;
    }
  }

  tell(text, shade) {
    byId("why-text").textContent = text;
    byId("why-key").hidden = !shade;
    if (shade) byId("why-deepest").textContent = signed(shade.deepest).slice(1);
    this.shaded(shade);
  }
}

// The most that half a second of one lead changes the probability.
const greatestOf = ({ leads }) => Math.max(0, ...leads.flatMap((lead) => lead.time_probability_changes ?? []).map(Math.abs));

// What is to be shaded; null where there is nothing to tell.
function shadeOf(explained) {
  const { leads, times } = explained;
  const greatest = greatestOf(explained);
  if (greatest < LEAST_TOLD) return null;
  const deepest = Math.max(LEAST_DEEPEST, greatest);
  return {
    deepest,
    times: times.map(({ offset_seconds: start = 0, duration_seconds: duration }) => ({ start, end: start + duration })),
    leads: new Map(leads.map((lead) => [leadLabel(lead.lead), (lead.time_probability_changes ?? []).map((one) => one / deepest)])),
  };
}

function wordsOf(explained) {
  const { code, leads, metadata = [] } = explained;
  const parts = [
    ...leads.map((lead) => [leadLabel(lead.lead), lead.probability_change ?? 0]),
    ...metadata.map(({ field, probability_change = 0 }) => [FIELDS[field] ?? field, probability_change]),
  ].filter(([, change]) => Math.abs(change) >= LEAST_TOLD);
  parts.sort(([, one], [, other]) => Math.abs(other) - Math.abs(one));
  if (!parts.length && greatestOf(explained) < LEAST_TOLD) return `Nothing by itself makes a difference of 0.01 to ${code}.`;
  if (!parts.length) return `No lead as a whole makes a difference of 0.01 to ${code}; half seconds of one do.`;
  const named = parts.slice(0, MOST_NAMED).map(([name, change]) => `${name} ${signed(change)}`);
  return `What each does to the probability of ${code}: ${named.join(", ")}.`;
}

const signed = (change) => `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(2)}`;
