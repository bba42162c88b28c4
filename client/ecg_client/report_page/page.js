"use strict";
// Sorts a table by the column whose head is clicked, and shows the rows that hold what is looked for.

// Numbers by size, texts as people order them: "ecg 9" before "ecg 10". What has no number is last, either way.
const collator = new Intl.Collator(undefined, { numeric: true });
function compare(one, other, sign) {
  if (!Number.isNaN(one.figure) && !Number.isNaN(other.figure)) return sign * (one.figure - other.figure);
  if (Number.isNaN(one.figure) !== Number.isNaN(other.figure)) return Number.isNaN(one.figure) ? 1 : -1;
  return sign * collator.compare(one.text, other.text);
}

function sort(table, column, descending) {
  const body = table.tBodies[0];
  const keyed = Array.from(body.rows, (row) => {
    const text = row.cells[column].textContent.trim();
    return { row, text, figure: text === "" ? NaN : Number(text) };
  });
  keyed.sort((one, other) => compare(one, other, descending ? -1 : 1));
  const sorted = document.createDocumentFragment();
  for (const { row } of keyed) sorted.append(row);
  body.append(sorted);
}

function makeSortable(table) {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = head.querySelector("button");
    if (!button) return;
    button.addEventListener("click", () => {
      // Probabilities are looked for from above, so these come first with the greatest.
      const isFigure = table.tBodies[0].rows[0].cells[column].classList.contains("p");
      const before = head.getAttribute("aria-sort");
      const descending = before ? before === "ascending" : isFigure;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sort(table, column, descending);
    });
  });
}

function makeFindable(table, input) {
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}

for (const table of document.querySelectorAll("table.sortable")) {
  makeSortable(table);
  makeFindable(table, table.closest("section").querySelector("input"));
}
