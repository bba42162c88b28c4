// The page: what is dropped on it, and which of its parts is shown.

import { Batch, leftOutText } from "./batch.js";
import { byId } from "./dom.js";
import { dropped, grouped } from "./files.js";
import { decode } from "./recording.js";
import { describeModel, onPresence, readFiles, readSample, setToken, startWatching, whenThere } from "./service.js";
import { showCard } from "./card.js";
import { Viewer } from "./viewer.js";
import { modelName } from "./words.js";

const PARTS = ["welcome", "problem", "viewer", "batch"];
let model = null;
// Which opening is the latest: an answer to an earlier one is of no interest any more.
let latest = 0;

const viewer = new Viewer({ model: () => model, refused: wantToken });
const batch = new Batch(openRow);

function show(part) {
  for (const id of PARTS) byId(id).hidden = id !== part;
  byId("back").hidden = !(part === "viewer" && batch.rows.length) && !(part === "problem" && batch.rows.length);
  document.body.dataset.part = part;
}

function say(text) { byId("state").textContent = text; }

async function openFiles({ files, isFolder }) {
  const groups = await grouped(files);
  if (!groups.length) return tell({ message: "There is no file in what you dropped." });
  if (groups.length > 1) return startBatch(groups, { isFolder });
  batch.clear();
  return openGroup(groups[0]);
}

function startBatch(groups, options) {
  show("batch");
  byId("batch-title").focus();
  return batch.run(groups, options);
}

async function openGroup(group, stated, number = null) {
  const answer = await reading(() => readFiles(group.files, stated), () => openGroup(group, stated, number));
  if (!answer) return;
  const { recordings, problems, left_out_count: leftOut } = answer;
  const read = number === null ? recordings[0] : recordings.find((one) => one.number === number);
  if (number === null && read && recordings.length + leftOut > 1) {
    startBatch([], { readings: recordings.map((one) => ({ group, read: one })), leftOut });
  } else if (read) {
    showRecording(read);
  } else {
    const problem = problems[0] ?? { file: group.path, message: leftOutText(leftOut) };
    tell({ ...problem, again: (more) => openGroup(group, more, number) });
  }
}

async function openSample(name) {
  const answer = await reading(() => readSample(name), () => openSample(name));
  if (!answer) return;
  batch.clear();
  showRecording(answer.recordings[0]);
}

// What a call answers; null where it fails, which is said, or where something else was opened meanwhile.
async function reading(ask, again) {
  latest += 1;
  const mine = latest;
  say("Reading …");
  try {
    const answer = await ask();
    say("");
    return mine === latest ? answer : null;
  } catch (error) {
    say("");
    if (mine !== latest) return null;
    tell({ message: error.isAway ? "The service is away. The file is read when it is back." : `${error.message}.` });
    wantToken(error);
    if (error.isAway) whenThere().then(() => { if (mine === latest) again(); });
    return null;
  }
}

function showRecording(read) {
  show("viewer");
  byId("title").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  return viewer.show(decode(read));
}

function openRow(row) {
  history.pushState({ part: "row" }, "");
  openGroup(row.group, {}, row.number);
}

// Says why there is no picture; a file that only does not say its rate and unit can be read once somebody does.
function tell({ file, message, is_unstated, again }) {
  byId("problem-file").textContent = file ?? "";
  byId("problem-text").textContent = message;
  const form = byId("stated");
  form.hidden = !is_unstated;
  form.onsubmit = (event) => {
    event.preventDefault();
    again({ sample_rate_hz: form.elements.rate.value, unit: form.elements.unit.value });
  };
  show("problem");
  byId("problem-text").focus();
}

function wantToken(error) {
  if (error.status === 401) byId("token-dialog").showModal();
}

async function learnModel() {
  try {
    model = await describeModel();
    byId("origin").textContent = modelName(model.model);
  } catch (error) {
    wantToken(error);
    whenThere().then(() => { if (!model) setTimeout(learnModel, 500); });
  }
}

function wirePicking() {
  const [files, folder] = [byId("files"), byId("folder")];
  const taken = (input, isFolder) => () => {
    const picked = [...input.files];
    input.value = "";
    if (picked.length) openFiles({ files: picked, isFolder });
  };
  files.addEventListener("change", taken(files, false));
  folder.addEventListener("change", taken(folder, true));
  for (const button of document.querySelectorAll("[data-opens]")) {
    button.addEventListener("click", () => byId(button.dataset.opens).click());
  }
  for (const button of document.querySelectorAll("[data-sample]")) {
    button.addEventListener("click", () => openSample(button.dataset.sample));
  }
}

function wireDropping() {
  let depth = 0;
  const mark = () => document.body.classList.toggle("dropping", depth > 0);
  addEventListener("dragenter", (event) => { event.preventDefault(); depth += 1; mark(); });
  addEventListener("dragleave", () => { depth -= 1; mark(); });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", async (event) => {
    event.preventDefault();
    depth = 0;
    mark();
    try {
      openFiles(await dropped(event.dataTransfer));
    } catch (error) {
      tell({ message: `What you dropped cannot be read: ${error.message}` });
    }
  });
}

function wireRest() {
  byId("back").addEventListener("click", () => history.back());
  addEventListener("popstate", () => { if (batch.rows.length) { latest += 1; show("batch"); batch.draw(); } });
  byId("home").addEventListener("click", () => { latest += 1; batch.clear(); show("welcome"); });
  for (const button of document.querySelectorAll("[data-card]")) {
    button.addEventListener("click", () => { showCard(byId("card-text"), model); byId("card").showModal(); });
  }
  byId("token-form").addEventListener("submit", () => {
    setToken(byId("token").value);
    learnModel();
    if (viewer.recording) viewer.ask();
  });
  onPresence((isThere) => {
    byId("away").hidden = isThere;
    byId("presence").textContent = isThere ? "The service is there." : "";
    if (isThere && !model) learnModel();
  });
}

wirePicking();
wireDropping();
wireRest();
show("welcome");
learnModel();
startWatching();
