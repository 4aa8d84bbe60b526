(() => {
"use strict";
// Filters and sorts the table of the page.
const table = document.querySelector("main > section:not(.widget) table, main section table");
if (!table) return;
const body = table.tBodies[0];
const rows = [...body.rows];
const found = document.getElementById("finder-found");
const input = document.getElementById("finder-text");

// What a cell is sorted by: a number, or its text.
function keyOf(row, column) {
  const text = row.cells[column]?.textContent.trim() ?? "";
  const number = Number(text.replaceAll(",", "").replace("$", ""));
  return text !== "" && !Number.isNaN(number) ? number : text;
}

// Numbers before texts, and what is empty last, whatever the order.
function compare(a, b, sign) {
  if (a === "" || b === "") return (a === "") - (b === "");
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  const order = typeof a === "number" ? a - b : a.localeCompare(b, "en");
  return sign * order;
}

function sortBy(column, head) {
  const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
  rows.sort((a, b) => compare(keyOf(a, column), keyOf(b, column), sign));
  body.append(...rows);
}

function filter() {
  const parts = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const text = row.cells[0].textContent.toLowerCase();
    row.hidden = !parts.every((part) => text.includes(part));
    shown += row.hidden ? 0 : 1;
  }
  found.textContent = parts.length ? `${shown} of ${rows.length} models` : "";
}

[...table.tHead.rows[0].cells].forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sort";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => sortBy(column, head));
});
input.addEventListener("input", filter);
const form = document.getElementById("finder-form");
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
})();
