// Tables of the page.

// Words up to this length are not broken.
const SHORT = 22;

// The head and the body of a table without the columns in which no row has anything. Names are left, numbers right.
function grid({ head, rows }) {
  const kept = head.map((_, i) => rows.some((row) => row[i] !== ""));
  const classes = head.map((_, i) => (i > 0 ? "number" : rows.every(([name]) => name.length <= SHORT) ? "short" : "words"));
  const cell = (text, i, isHead) => {
    const name = isHead || i === 0 ? "th" : "td";
    if (name === "th" && text === "") return element("td");
    const scope = isHead ? { scope: "col" } : i === 0 ? { scope: "row" } : {};
    return element(name, { ...scope, ...(classes[i] ? { class: classes[i] } : {}) }, text);
  };
  const line = (row, isHead) =>
    element("tr", {}, ...row.map((text, i) => cell(text, i, isHead)).filter((_, i) => kept[i]));
  return [
    element("thead", {}, ...(rows.length ? [line(head, true)] : [])),
    element("tbody", {}, ...rows.map((row) => line(row, false))),
  ];
}
