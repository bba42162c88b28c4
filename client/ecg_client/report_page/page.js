"use strict";
// Sorts a table by the column whose head is clicked, and shows the rows that hold what is looked for.

// A browser lays out a table as a whole. So only as many rows are in it as somebody may want to read; all of them are
// when it is printed, and where no script runs.
const FIRST = 200;
const MORE = 1000;

// Numbers by size, texts as people order them: "ecg 9" before "ecg 10", "Élan" beside "elan". What has no number is last,
// either way. (Intl.Collator says the same in twenty times the time.)
const keyOf = (text) => text.normalize("NFKD").toLowerCase().replace(/\d+/g, (digits) => digits.padStart(16, "0"));
function compare(one, other, sign) {
  if (!Number.isNaN(one.figure) && !Number.isNaN(other.figure)) return sign * (one.figure - other.figure);
  if (Number.isNaN(one.figure) !== Number.isNaN(other.figure)) return Number.isNaN(one.figure) ? 1 : -1;
  return one.key === other.key ? 0 : one.key < other.key ? -sign : sign;
}

function sorted(rows, column, descending) {
  const keyed = rows.map((row) => {
    const text = row.cells[column].textContent.trim();
    return { row, key: keyOf(text), figure: text === "" ? NaN : Number(text) };
  });
  keyed.sort((one, other) => compare(one, other, descending ? -1 : 1));
  return keyed.map(({ row }) => row);
}

function fill(body, rows) {
  const fragment = document.createDocumentFragment();
  for (const row of rows) fragment.append(row);
  body.replaceChildren(fragment);
}

// All rows of a table, of which some are shown.
function makeList(table, more) {
  const body = table.tBodies[0];
  let rows = Array.from(body.rows);
  const texts = new Map();
  let wanted = "";
  let shown = FIRST;
  const textOf = (row) => texts.get(row) ?? texts.set(row, row.textContent.toLowerCase()).get(row);
  function show() {
    const found = wanted === "" ? rows : rows.filter((row) => textOf(row).includes(wanted));
    const left = found.length - shown;
    fill(body, found.slice(0, shown));
    more.hidden = left <= 0;
    more.textContent = `show ${Math.min(left, MORE).toLocaleString("en")} more of ${left.toLocaleString("en")}`;
  }
  more.addEventListener("click", () => { shown += MORE; show(); });
  addEventListener("beforeprint", () => fill(body, rows));
  addEventListener("afterprint", show);
  show();
  return {
    first: rows[0],
    find(text) { wanted = text.toLowerCase(); shown = FIRST; show(); },
    sort(column, descending) { rows = sorted(rows, column, descending); shown = FIRST; show(); },
  };
}

function makeSortable(table, list) {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = head.querySelector("button");
    if (!button) return;
    button.addEventListener("click", () => {
      // Probabilities are looked for from above, so these come first with the greatest.
      const isFigure = list.first.cells[column].classList.contains("p");
      const before = head.getAttribute("aria-sort");
      const descending = before ? before === "ascending" : isFigure;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      list.sort(column, descending);
    });
  });
}

for (const table of document.querySelectorAll("table.sortable")) {
  const section = table.closest("section");
  const list = makeList(table, section.querySelector("button.more"));
  const input = section.querySelector("input");
  makeSortable(table, list);
  input.addEventListener("input", () => list.find(input.value));
}
