// The parts of the page that were written by the program, and follow the form.

// Beside a page that says something else the form has a part of its own, which is there once it is asked.
const own = data.beside ? element("div", {}, element("h3", { hidden: "" })) : byId("what-if").parentElement;
if (data.beside) byId("what-if").append(own);
const headingOf = () => own.querySelector(data.beside ? ":scope > h3" : ":scope > h2");
const originalHeading = headingOf().textContent;

// The comparison; where no model could do the job, the page has none yet.
function answerTable() {
  const written = [...own.querySelectorAll(":scope > .scroll")];
  const found = written.find((each) => each.getAttribute("aria-label") === originalHeading);
  if (found) return found;
  const table = element("table", {}, element("caption", { class: "aside" }), element("thead"), element("tbody"));
  const made = element("div", { class: "scroll", role: "group", tabindex: "0", hidden: "" }, table);
  if (data.beside) own.append(made);
  else byId("what-if").after(made);
  return made;
}

function showTable(results, ask) {
  const place = own.querySelector(":scope > .answer");
  const table = place.querySelector("table");
  const able = results.filter(({ offer }) => offer).map(marked);
  const rows = able.length ? rowsOf(results, ask) : [];
  const many = results.length > MOST_COLUMNS;
  table.replaceChildren(table.caption, ...grid(many ? manyRows(results, ask) : { head: ["", ...able], rows }));
  place.hidden = able.length === 0;
  const heading = `${ask.input === null ? data.request.name : "declared amounts"} · cost of a call`;
  headingOf().replaceChildren(...spaced(heading));
  headingOf().hidden = false;
  place.setAttribute("aria-label", heading);
  table.caption.textContent = heading;
}

const point1 = (length) => (Number.isInteger(length) ? `${length}.0` : String(length));

function drawing({ width, height, items }, size, id, { title, summary }) {
  const svg = shape("svg", { class: size, viewBox: `0 0 ${point1(width)} ${point1(height)}`, role: "img", "aria-labelledby": `${id}-t ${id}-d` });
  svg.append(shape("title", { id: `${id}-t` }, title), shape("desc", { id: `${id}-d` }, summary), ...items);
  return svg;
}

function legendEntry([kind, color, name]) {
  const sample = shape("svg", { width: "22", height: "12", viewBox: "0 0 22 12", "aria-hidden": "true" });
  sample.append(path(`${kind} s${color}`, kind === "line" ? "M0 6H22" : "M3 0H19V12H3Z"));
  return element("li", {}, sample, ` ${name}`);
}

function figureOf(picture, id) {
  const table = element("table", {}, element("caption", { class: "aside" }, picture.title), ...grid(picture));
  const figures = element("div", { class: "scroll", role: "group", "aria-label": picture.title, tabindex: "0" }, table);
  return element(
    "figure",
    {},
    element("figcaption", {}, element("h3", {}, picture.title), element("p", {}, picture.summary)),
    ...(picture.legend.length ? [element("ul", { class: "legend" }, ...picture.legend.map(legendEntry))] : []),
    drawing(picture.draw("wide"), "wide", `${id}w`, picture),
    drawing(picture.draw("narrow"), "narrow", `${id}n`, picture),
    element("details", {}, element("summary", {}, "The figures of this picture"), figures),
  );
}

// The pictures stand before the table.
function showPictures(results, ask) {
  const able = results.filter(({ offer }) => offer);
  for (const old of own.querySelectorAll(":scope > figure")) old.remove();
  const pictures = able.length ? [allPicture(able, ask), costPicture(able), evenPicture(able)].filter(Boolean) : [];
  own.querySelector(":scope > .answer").before(...pictures.map((picture, i) => figureOf(picture, `w-p${i}`)));
}

const said = (tone, word, text) =>
  element("p", { class: `said ${tone}` }, ...(word ? [element("span", { class: "aside" }, `${word}: `)] : []), ...rich(text));

const DIFFERENT =
  "each model is forecast from its own profile, and their tasks are not all the same: " +
  "the figures at equal tokens compare prices alone";

// The verdicts are in the order of their models, and the last line of a report stands first on its page.
const byGone = (a, b) => (a.gone < b.gone ? 1 : -1);

// What the page concludes, the most important first, and what it assumed.
function showWords(results, ask) {
  const lines = [];
  const sentence = verdictOf(results, ask);
  if (sentence) lines.push(said("good", "", sentence));
  for (const { gone } of results.filter(({ offer, gone }) => offer && gone).sort(byGone)) {
    lines.push(said("bad", "problem", gone));
  }
  for (const { model, cannot } of results.filter(({ cannot }) => cannot).reverse()) {
    lines.push(said("bad", "problem", `${model.id} cannot do this: ${cannot}`));
  }
  const names = new Set(results.map(({ offer }) => offer?.profile?.name).filter(Boolean));
  if (names.size > 1) lines.push(said("caution", "caution", DIFFERENT));
  // The page warns of those of the command already.
  for (const { ending } of ask.models.filter(({ id, ending }) => ending && !data.chosen.includes(id))) {
    lines.push(said("caution", "caution", ending));
  }
  replaceSection("conclusion", lines.length ? [element("div", { class: "lead" }, ...lines)] : []);
  const items = attributed(results).map((text) => element("li", {}, ...rich(text)));
  replaceSection("assumptions", items.length ? [element("ul", { class: "notes" }, ...items)] : []);
}

// Every assumption once, with its models where it is not one of all.
function attributed(results) {
  const notes = new Map();
  for (const { model, offer } of results) {
    for (const note of offer?.assumptions ?? []) notes.set(note, [...(notes.get(note) ?? []), model.id]);
  }
  return [...notes].map(([note, ids]) => {
    if (ids.length === results.length || (ids.length === 1 && note.includes(ids[0]))) return note;
    const [first, second, third, ...more] = ids;
    return more.length ? `${note} [${first}, ${second}, ${third} and ${more.length} more]` : `${note} [${ids.join(", ")}]`;
  });
}

// A section that the first answer did not need is made where the page has it.
function replaceSection(id, children) {
  let section = byId(id);
  if (!section) {
    section = element("section", { id });
    if (id === "conclusion") own.before(section);
    else own.after(section);
  }
  section.replaceChildren(...children);
}

function show(results, ask) {
  showTable(results, ask);
  showPictures(results, ask);
  if (data.beside) return;
  showWords(results, ask);
  showHeadline(results, ask);
}

// The answer in one figure.
function showHeadline(results, ask) {
  const place = byId("headline-figure");
  if (!place) return;
  const best = cheapestOf(results);
  const [figure, what] = best ? headlineOf(best, ask) : ["no answer", ""];
  place.textContent = figure;
  byId("headline-what").replaceChildren(...spaced(what));
  byId("headline-change").textContent = best?.against ?? "";
}

answerTable().classList.add("answer");
fillModels();
follow({ fill, prepare, read, commandOf, noteOf, respond });
