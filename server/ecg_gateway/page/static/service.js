// What the gateway answers, and whether it and the service behind it are there.

const AWAY = [502, 503, 504];
const POLL_MS = 2000;
const CALM_POLL_MS = 15000;
const GREATEST_WAIT_S = 30;

// An answer other than the one asked for. `violations` are the fields that are wrong.
export class ServiceError extends Error {
  constructor(status, { message, status: code, details = [] } = {}, retryAfter = null) {
    super(message || `the gateway answered with status ${status}`);
    this.status = status;
    this.retryAfter = retryAfter;
    this.violations = details.flatMap((detail) => detail.field_violations ?? []);
    // A gateway that has no room for a body is there all the same.
    this.isBusy = status === 429 || details.some((detail) => detail.reason === "BODIES_TOO_MANY");
    // One that had too little time is there, too: asked again, it would need as long again.
    const isLate = code === "DEADLINE_EXCEEDED";
    this.isAway = !this.isBusy && !isLate && (status === 0 || AWAY.includes(status));
  }
}

let token = "";
let isThere = true;
let waiting = [];
const listeners = [];

export const setToken = (text) => { token = text.trim(); };
export const onPresence = (listener) => { listeners.push(listener); };
// Resolves when the service is there again.
export const whenThere = () => (isThere ? Promise.resolve() : new Promise((resolve) => { waiting.push(resolve); }));

export async function readFiles(files, stated = {}) {
  const form = new FormData();
  for (const file of files) {
    await refuseUnreadable(file);
    form.append("file", file, file.name);
  }
  for (const [field, value] of Object.entries(stated)) if (value) form.append(field, value);
  return call("/v1/files:read", { method: "POST", body: form });
}

// A request with such a file fails as if nobody were there to take it.
async function refuseUnreadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error(`${file.name} cannot be read: it was changed, moved or locked after it was opened here; open it again`);
  }
}

export const readSample = (name) => call(`/page/samples/${name}`);

export const predict = (recording) => post("/v1/recordings:predict", { recording, options: { include_windows: true } });

export const explain = (request) => post("/v1/recordings:explain", request);

export const describeModel = () => call("/v1/model");

const post = (path, body) =>
  call(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });

async function call(path, options = {}) {
  const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch {
    setThere(false);
    throw new ServiceError(0, { message: "the gateway does not answer" });
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const error = new ServiceError(response.status, body.error, Number(response.headers.get("Retry-After")) || null);
  if (error.isAway) setThere(false);
  throw error;
}

// Calls until the answer is not that the service is away or too busy; for work that can wait.
export async function insist(ask, signal) {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (error.isAway) await Promise.race([whenThere(), pause(GREATEST_WAIT_S)]);
      else if (error.isBusy) await pause(Math.min(error.retryAfter ?? 1, GREATEST_WAIT_S));
      else throw error;
    }
  }
}

const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, 1000 * seconds); });

function setThere(now) {
  if (now === isThere) return;
  isThere = now;
  for (const listener of listeners) listener(isThere);
  if (isThere) {
    for (const resolve of waiting) resolve();
    waiting = [];
  } else {
    setTimeout(poll, POLL_MS);
  }
}

async function poll() {
  const isReady = await fetch("/readyz", { cache: "no-store" }).then((response) => response.ok, () => false);
  setThere(isReady);
  if (!isReady) setTimeout(poll, POLL_MS);
}

async function watch() {
  if (isThere && !document.hidden) {
    const isReady = await fetch("/readyz", { cache: "no-store" }).then((response) => response.ok, () => false);
    setThere(isReady);
  }
  setTimeout(watch, CALM_POLL_MS);
}

export const startWatching = watch;
