// Many recordings: a table that fills as they are classified, to sort, to filter, and to take away as CSV.

import { byId, html } from "./dom.js";
import { findingsOf, isAbstained, outcomeOf } from "./findings.js";
import { decode } from "./recording.js";
import { insist, predict, readFiles } from "./service.js";
import { tableText } from "./csv.js";
import { seconds } from "./words.js";

const AT_ONCE = 3;
const FIRST = 200;
const MORE = 500;
const REDRAW_MS = 200;

const hasOutcome = (outcome) => (row) => row.prediction && outcomeOf(row.prediction) === outcome;

const FILTERS = {
  all: () => true,
  normal: hasOutcome("normal"),
  other: hasOutcome("other"),
  nothing: hasOutcome("nothing"),
  abstained: hasOutcome("abstained"),
  problems: (row) => row.problem !== undefined,
};

export class Batch {
  // `open` is called with a row whose picture is wanted.
  constructor(open) {
    Object.assign(this, { open, rows: [], codes: [], sort: null, shown: FIRST, passedOver: 0, groupCount: 0, groupsDone: 0 });
    byId("find").addEventListener("input", () => this.refiltered());
    byId("filter").addEventListener("change", () => this.refiltered());
    byId("more").addEventListener("click", () => { this.shown += MORE; this.draw(); });
    byId("csv").addEventListener("click", () => this.save());
    byId("stop").addEventListener("click", () => this.stop());
  }

  // Classifies groups of files, or `readings` of one that is read already; ends once all of them are through.
  async run(groups, { isFolder = false, readings = [], leftOut = 0 } = {}) {
    this.stop();
    const stopping = new AbortController();
    Object.assign(this, {
      stopping, isFolder, codes: [], sort: null, shown: FIRST, passedOver: 0, groupCount: groups.length, groupsDone: 0,
    });
    byId("find").value = "";
    byId("filter").value = "all";
    this.rows = [];
    for (const { group, read } of readings) this.add(this.row(group, read));
    if (leftOut) this.addLeftOut(readings[0].group, leftOut);
    const queue = [...groups];
    this.draw();
    const work = async (take) => { while (!stopping.signal.aborted && await take(stopping.signal)); };
    const known = readings.map(({ read }, index) => ({ row: this.rows[index], read }));
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(async (signal) => {
      const next = known.shift();
      if (next) return this.classify(next.row, next.read, signal);
      const group = queue.shift();
      return group && this.take(group, signal);
    })));
    if (this.stopping === stopping) {
      this.stopping = null;
      this.draw();
    }
  }

  stop() {
    this.stopping?.abort();
    this.stopping = null;
    this.redraw();
  }

  clear() {
    this.stop();
    this.rows = [];
  }

  row(group, read) {
    const id = read?.recording.recording_id ?? group.files[0].name;
    // In an .npz recordings have no name but their number.
    const name = read && /^\d+$/.test(id) ? `${read.file} · ${id}` : id;
    return { group, path: group.path, number: read?.number ?? 0, id, name, remarks: read?.remarks, order: this.rows.length };
  }

  add(row) {
    this.rows.push(row);
    return row;
  }

  addLeftOut(group, count) {
    // It stands for none of those that are here.
    this.add(Object.assign(this.row(group), { number: "", problem: leftOutText(count) }));
  }

  async take(group, signal) {
    let answer;
    try {
      answer = await insist(() => readFiles(group.files), signal);
    } catch (error) {
      if (signal.aborted) return false;
      answer = { recordings: [], problems: [{ file: group.path, message: error.message, is_ecg: true }] };
    }
    for (const { file, message, is_ecg } of answer.problems) {
      // In a folder there may be anything; whoever gives a file means it.
      if (!is_ecg && this.isFolder) this.passedOver += 1;
      else this.add(Object.assign(this.row(group), { name: file, problem: message }));
    }
    const reads = answer.recordings.map((read) => ({ row: this.add(this.row(group, read)), read }));
    if (answer.left_out_count) this.addLeftOut(group, answer.left_out_count);
    for (const { row, read } of reads) if (!await this.classify(row, read, signal)) return false;
    this.groupsDone += 1;
    this.redraw();
    return true;
  }

  async classify(row, read, signal) {
    try {
      row.seconds = decode(read).seconds;
      const { prediction } = await insist(() => predict(read.recording), signal);
      row.prediction = prediction;
      if (!this.codes.length) this.codes = prediction.classes.map((entry) => entry.code);
    } catch (error) {
      if (signal.aborted) return false;
      row.problem = error.message;
    }
    this.redraw();
    return true;
  }

  redraw() {
    this.timer ??= setTimeout(() => { this.timer = null; this.draw(); }, REDRAW_MS);
  }

  refiltered() {
    this.shown = FIRST;
    this.draw();
  }

  draw() {
    this.drawProgress();
    this.drawHead();
    const rows = this.visible();
    byId("rows").replaceChildren(...rows.slice(0, this.shown).map((row) => this.drawRow(row)));
    byId("more").hidden = rows.length <= this.shown;
    byId("more").textContent = `Show ${Math.min(MORE, rows.length - this.shown)} more of ${rows.length - this.shown}`;
    byId("count").textContent = rows.length === this.rows.length ? "" : `${rows.length} of ${this.rows.length} shown`;
    byId("csv").disabled = !this.rows.length;
  }

  drawProgress() {
    const done = this.rows.filter((row) => row.prediction || row.problem !== undefined).length;
    const parts = [`${done} recordings done`];
    const count = (filter, word) => {
      const number = this.rows.filter(FILTERS[filter]).length;
      if (number) parts.push(`${number} ${word}`);
    };
    count("normal", "normal");
    count("other", "with other findings");
    count("nothing", "with no finding");
    count("abstained", "abstained");
    count("problems", "not classified");
    if (this.passedOver) parts.push(`${this.passedOver} ${this.passedOver === 1 ? "file" : "files"} passed over, no ECG`);
    byId("batch-state").textContent = parts.join(" · ");
    const [progress, isRunning] = [byId("progress"), this.stopping !== null && this.stopping !== undefined];
    progress.hidden = !isRunning;
    byId("stop").hidden = !isRunning;
    progress.max = Math.max(this.groupCount, 1);
    progress.value = this.groupsDone;
  }

  drawHead() {
    const columns = this.columns();
    const key = columns.map((column) => column.name).join();
    if (this.headKey !== key) {
      this.headKey = key;
      byId("head").replaceChildren(...columns.map((column) => html("th", { scope: "col", class: column.isPlain ? "number" : null },
        html("button", { type: "button", "data-column": column.name, click: () => this.sortBy(column) }, column.name))));
    }
    [...byId("head").children].forEach((head, index) => {
      if (this.sort?.name === columns[index].name) head.setAttribute("aria-sort", this.sort.isDown ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  columns() {
    return [
      { name: "Recording", of: (row) => row.name },
      { name: "Findings", of: (row) => (row.prediction ? findingsOf(row.prediction).map((one) => one.code).join(" ") : null) },
      ...this.codes.map((code, index) => ({ name: code, isFigure: true, of: (row) => row.prediction?.classes[index]?.probability })),
      { name: "Uncertainty", isFigure: true, isPlain: true, of: (row) => row.prediction?.uncertainty },
      { name: "Warnings", isFigure: true, isPlain: true, of: (row) => qualityCount(row.prediction) },
      { name: "Length", isFigure: true, isPlain: true, of: (row) => row.seconds },
    ];
  }

  // A figure is looked for from above, so the greatest come first; what has none is last, either way.
  sortBy({ name, of, isFigure }) {
    const isDown = this.sort?.name === name ? !this.sort.isDown : Boolean(isFigure);
    this.sort = { name, of, isDown };
    this.draw();
  }

  visible() {
    const wanted = byId("find").value.trim().toLowerCase();
    const kept = this.rows.filter((row) => FILTERS[byId("filter").value](row) && textOf(row).includes(wanted));
    if (!this.sort) return kept;
    const { of, isDown } = this.sort;
    return kept.sort((one, other) => compare(of(one), of(other), isDown ? -1 : 1) || one.order - other.order);
  }

  drawRow(row) {
    const opened = html("button", { type: "button", class: "open", title: row.path, click: () => this.open(row) }, row.name);
    const name = html("th", { scope: "row" }, row.prediction || row.problem !== undefined ? opened : row.name);
    if (row.problem !== undefined) {
      return html("tr", { class: "problem" }, name, html("td", { colspan: this.columns().length - 1 }, row.problem));
    }
    if (!row.prediction) return html("tr", {}, name, html("td", { colspan: this.columns().length - 1 }, "…"));
    const abstained = isAbstained(row.prediction);
    const findings = findingsOf(row.prediction).map((one) => html("span", { class: abstained ? "chip quiet" : "chip" }, one.code));
    const warnings = qualityCount(row.prediction);
    return html("tr", {}, name,
      html("td", {}, abstained && html("span", { class: "chip warn" }, "abstained"), findings),
      row.prediction.classes.map((entry) => probabilityCell(entry, abstained)),
      html("td", { class: "number" }, row.prediction.uncertainty?.toFixed(2) ?? ""),
      html("td", { class: "number" }, warnings || ""),
      html("td", { class: "number" }, seconds(row.seconds)));
  }

  save() {
    const content = new Blob([tableText(this.visible(), this.codes)], { type: "text/csv" });
    const link = html("a", { href: URL.createObjectURL(content), download: "ecg.csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}

export const leftOutText = (count) => (count === 1
  ? "A recording in this file is too long for a page; ecg stream takes it."
  : `${count} more recordings are in this file, too many for a page; ecg stream takes them all.`);

const qualityCount = (prediction) =>
  prediction && (prediction.warnings ?? []).filter((warning) => String(warning.code).includes("SIGNAL_")).length;

const textOf = (row) => `${row.path} ${row.name} ${row.problem ?? ""} ${
  row.prediction ? findingsOf(row.prediction).map((one) => one.code).join(" ") : ""}`.toLowerCase();

const isMissing = (value) => value === null || value === undefined || value === "";

function compare(one, other, sign) {
  if (isMissing(one) || isMissing(other)) return isMissing(one) - isMissing(other);
  if (typeof one === "number") return sign * (one - other);
  return sign * one.localeCompare(other, undefined, { numeric: true });
}

function probabilityCell({ probability = 0, is_positive }, abstained) {
  const cell = html("td", { class: is_positive && !abstained ? "p finding" : "p" }, probability.toFixed(2));
  cell.style.setProperty("--probability", probability);
  return cell;
}
