// The form of several inputs, and the table that follows it.

// So many rows are shown, the dearest first where there are more than the page shows in order.
const MOST_ROWS = 20;
const money = (amount) => (amount === null ? "" : moneyText(amount));
const shownCost = ({ expected, worst }) => expected ?? worst;

function rangeText({ p5, p95 }) {
  if (p5 === null || p95 === null) return "";
  const [low, high] = [moneyText(p5), moneyText(p95)];
  return low === high ? "" : `${low} to ${high}`;
}

function fillModels() {
  field("cap").placeholder = "the room";
  const groups = new Map();
  for (const { id, provider } of data.models) {
    if (!groups.has(provider)) groups.set(provider, element("optgroup", { label: provider }));
    groups.get(provider).append(element("option", { value: id }, id));
  }
  // Which models the requests name themselves is not known where the command names one for all.
  if (data.chosen !== null) field("model").replaceChildren();
  field("model").append(...groups.values());
}

function fill() {
  fillCall();
  field("model").value = data.chosen ?? "";
}

function read() {
  const model = MODELS.get(textOf("model")) ?? null;
  const call = readCall();
  checkDeclared(call, model ?? data.models[0]);
  return { ...call, isVolume: call.calls > 1 || call.period !== null, model, room: true };
}

function commandOf(ask) {
  const model = ask.model ? ["-m", ask.model.id] : [];
  return ["outlay", "estimate", ...data.words, ...model, ...callOptions(ask), ...data.flags].map(quoted).join(" ");
}

// The table of `outlay estimate`: an input a row, and the sum.
function tableOf({ able, one, all }, ask) {
  const hasAll = able.some(({ calls }) => calls > 1);
  const head = ["input", "prompt", "completion", "expected", "p5-p95", "worst case", hasAll ? "all calls" : "", hasAll ? "p5-p95 of all" : "", "model"];
  const line = ({ input, model, tokens, one, all }) => [
    input.name,
    tokensText(tokens),
    tokensText(one.completion.expected ?? one.completion.worst),
    money(one.cost.expected),
    rangeText(one.cost),
    money(one.cost.worst),
    hasAll ? money(shownCost(all.cost)) : "",
    hasAll ? rangeText(all.cost) : "",
    model.id,
  ];
  let shown = able;
  if (able.length > MOST_ROWS) {
    const cost = ({ all }) => shownCost(all.cost);
    shown = [...able].sort((a, b) => (cost(a) > cost(b) ? -1 : cost(a) < cost(b) ? 1 : 0)).slice(0, MOST_ROWS);
  }
  const total = [
    `total of ${tokensText(able.length)}`,
    tokensText(able.reduce((sum, { tokens }) => sum + tokens, 0)),
    "",
    money(one.expected),
    rangeText(one),
    money(one.worst),
    hasAll ? money(shownCost(all)) : "",
    hasAll ? rangeText(all) : "",
    "",
  ];
  return { head, rows: [...shown.map(line), total] };
}

// What all calls of all inputs cost together.
function sentenceOf({ able, all }, ask) {
  if (!able.length) return "None of these inputs has an answer.";
  const count = able.reduce((sum, { calls }) => sum + calls, 0);
  const calls = `${tokensText(count)} ${count === 1 ? "call" : "calls"}${ask.period ? ` a ${ask.period}` : ""}`;
  const of = `${calls} of ${tokensText(able.length)} inputs`;
  if (all.expected === null) return `at most ${moneyText(all.worst)} for ${of}`;
  const range = rangeText(all);
  return `${moneyText(all.expected)} for ${of}${range ? ` (p5-p95 ${range})` : ""}, at most ${moneyText(all.worst)}`;
}

function respond(ask, isFirst) {
  const answer = sumOf(ask);
  const unable = answer.rows.filter(({ cannot }) => cannot !== undefined);
  const without = unable.length ? `; ${tokensText(unable.length)} of ${tokensText(answer.rows.length)} inputs have no answer` : "";
  const sentence = sentenceOf(answer, ask) + without;
  if (isFirst) return sentence;
  const place = byId("w-answer") ?? element("div", { id: "w-answer" });
  byId("what-if").append(place);
  const said = unable.slice(0, MOST_ROWS).map(({ input, cannot }) => element("p", { class: "said" }, ...rich(`${input.name}: ${cannot}`)));
  const gone = [...new Set(answer.able.map(({ model }) => model.gone).filter(Boolean))];
  said.unshift(...gone.map((each) => element("p", { class: "said bad" }, ...rich(each))));
  if (unable.length > MOST_ROWS) said.push(element("p", { class: "note" }, `and ${tokensText(unable.length - MOST_ROWS)} more`));
  const heading = "What the inputs cost then";
  const table = element("table", {}, element("caption", { class: "aside" }, heading), ...(answer.able.length ? grid(tableOf(answer, ask)) : []));
  table.tBodies[0]?.lastElementChild.classList.add("strong");
  const many = answer.able.length > MOST_ROWS ? [element("p", { class: "note" }, `The ${MOST_ROWS} dearest of ${tokensText(answer.able.length)} inputs.`)] : [];
  const scroll = element("div", { class: "scroll", role: "group", tabindex: "0", "aria-label": heading }, table);
  place.replaceChildren(...said, ...(answer.able.length ? [...many, scroll] : []));
  return sentence;
}

fillModels();
follow({ fill, read, commandOf, noteOf: () => data.note, respond });
