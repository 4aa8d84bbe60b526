// The form of a conversation, and what it answers.

const field = (name) => byId(`p-${name}`);
const FIELDS = [
  "turns", "base", "user", "retention", "history", "max-completion-tokens", "calls", "reasoning", "visible", "steps", "calls-per-step",
  "call-tokens", "result-tokens", "tool-definitions", "max-steps", "max-turn-usd", "max-turn-tokens",
];
const textOf = (name) => field(name).value.trim();
// A step that is drawn is shown where so many conversations reach it, and so many steps are.
const SHOWN = 30;

// What the program sends as the data of a distribution.
function carried({ constant, mu, sigma, dof, values, weights }) {
  if (constant !== undefined) return new Constant(constant);
  if (values) return new Histogram(values.map((value, i) => [value ?? Infinity, weights[i]]));
  return dof ? new LogStudent(mu, sigma, dof) : new Lognormal(mu, sigma);
}

// A field that is left empty has its default; not where a scenario or a transcript says something, which no flag takes
// away.
function optional(name, read, otherwise) {
  const text = textOf(name);
  if (text) return read(text);
  if (data.ask[name] && hasInput()) refuse("write an amount: the input has one, which no flag takes away");
  return otherwise;
}

const hasInput = () => data.words[0].length > 4;

function distOf(name, otherwise) {
  return optional(name, readCurve, data.ask[name] === undefined && data.shown[name] ? carried(data.shown[name]) : otherwise);
}

function readHistory(text) {
  const [, kind, amount] = /^(full|drop-oldest|window:|summarize:)(.*)$/.exec(text) ?? refuse(`\`${text}\` is not a history policy`);
  const name = kind.replace(":", "");
  const takes = kind.endsWith(":");
  if (takes !== (amount !== "")) refuse(`\`${text}\` is not a history policy`);
  return { kind: name, amount: takes ? readTokens(amount) : 0 };
}

function readMoney(text) {
  const amount = decimal(text.replace(/^\$/, ""), 12) ?? refuse(`\`${text}\` is not an amount of dollars`);
  return amount < 0n ? refuse(`\`${text}\` is negative`) : Number(amount);
}

// How many conversations, and in what time.
function readVolume(text) {
  const [number, period = null] = text.split("/");
  if (period !== null && !["day", "week", "month", "year"].includes(period)) refuse(`\`${text}\` has no period of time`);
  return { calls: readCalls(number), period };
}

// What one step is made of; null where turns have no steps.
function readSteps() {
  const text = textOf("steps");
  const seen = data.shown.steps && data.ask.steps === undefined;
  const limits = ["max-steps", "max-turn-usd", "max-turn-tokens"];
  if (!text && !seen) {
    const said = ["calls-per-step", "call-tokens", "result-tokens", ...limits].find((name) => textOf(name));
    if (said) refuse("say how many steps a turn has");
    return null;
  }
  const count = text === "endless" ? null : distOf("steps", null);
  const isOne = count instanceof Constant && count.amount === 1;
  const result = distOf("result-tokens", isOne ? new Constant(0) : null) ?? refuse("nothing says what a tool returns");
  const steps = { count, calls: distOf("calls-per-step", new Constant(1)), call: distOf("call-tokens", new Constant(0)), result };
  const isZero = (dist) => dist instanceof Constant && dist.amount === 0;
  if ((count && isZero(count)) || textOf("max-steps") === "0") refuse("a turn of 0 steps sends nothing");
  if (isZero(steps.calls)) refuse("a step that goes on calls at least one tool");
  if (steps.calls.quantile(1 - 1e-6) > MOST_CALLS) refuse("these are more calls in a step than are simulated");
  if (!count && !limits.some((name) => textOf(name))) refuse("steps without end need a budget that ends them");
  return steps;
}

// The completion of every step, and the smallest cap within the risk.
function readCompletion() {
  const { completion } = data;
  if (!data.declared) return { ...drawnOf(completion), forRisk: data.cap_for_risk };
  const visible = readCurve(textOf("visible") || refuse("say how long the visible answer is"));
  if (!data.model.reasons && textOf("reasoning")) refuse(`\`${data.model.id}\` has no hidden reasoning`);
  if (data.model.reasons && !textOf("reasoning")) refuse(`\`${data.model.id}\` bills hidden reasoning besides the visible answer`);
  const reasoning = textOf("reasoning") ? readCurve(textOf("reasoning")) : new Constant(0);
  const law = Law.split(reasoning, visible);
  const forRisk = law.smallestCap(data.risk, data.model.output_cap);
  const alone = forRisk === null && !law.identifies(data.risk) && data.reserve > 0;
  return { kind: "split", reasoning, visible, forRisk: alone ? 0 : forRisk };
}

function drawnOf({ kind, reasoning, visible, total, share, rows, most }) {
  if (kind === "observed") return { kind, rows };
  if (kind === "predicted") return { kind, total: carried(total), share, most };
  return { kind, reasoning: carried(reasoning), visible: carried(visible), most };
}

// What the form asks for; a `Refusal` where a field cannot be read.
function read() {
  const steps = readSteps();
  const { forRisk, ...completion } = readCompletion();
  const { model } = data;
  const most = (dist) => dist.quantile(1 - data.risk);
  const called = steps ? Math.ceil(most(steps.calls) * most(steps.call)) : 0;
  const cap = optional("max-completion-tokens", readTokens, null);
  if (cap === 0) refuse("a cap of 0 tokens is refused by the API");
  const turns = readTokens(textOf("turns") || refuse("say how many turns"));
  if (turns === 0) refuse("0 turns are nothing to simulate");
  const rates = model.rates.map(({ over, up_to: upTo, input, cached, output, write, extended }) => ({ over, upTo, input, cached, output, write, extended }));
  const rules = {
    base: data.base + optional("base", readTokens, 0) + optional("tool-definitions", readTokens, 0),
    past: data.past,
    window: model.window,
    inputLimit: model.input_limit,
    outputCap: model.output_cap,
    rates,
    cap,
    capForRisk: forRisk === null ? null : forRisk + called,
    reserve: model.reasons ? data.reserve : 0,
    reserveOfPolicy: data.reserve,
    reasons: model.reasons,
    retention: textOf("retention"),
    history: optional("history", readHistory, { kind: "full", amount: 0 }),
    onLength: data.on_length,
    cache: data.cache,
    steps,
    budget: {
      usd: optional("max-turn-usd", readMoney, Infinity),
      tokens: optional("max-turn-tokens", readTokens, Infinity),
      steps: optional("max-steps", readTokens, Infinity),
    },
  };
  const script = {
    known: data.known,
    user: distOf("user", new Constant(100)),
    media: data.media,
    gap: carried(data.gap),
    turns,
    runs: data.runs,
    rho: data.rho[steps ? 1 : 0],
    seed: data.seed,
    completion,
  };
  const volume = optional("calls", readVolume, { calls: 1, period: null });
  return { rules, script, volume };
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

// The command that gives the same answer.
function commandOf() {
  const words = [...data.words[0]];
  for (const name of FIELDS) {
    const text = textOf(name);
    const isHere = data.declared || !["reasoning", "visible"].includes(name);
    if (text && isHere) words.push(`--${name}`, text.replace(/\s+/g, ""));
  }
  return [...words, ...data.words[1]].map(quoted).join(" ");
}

// Shares in blocks of an eighth of the highest; of many, the last of each group.
function curveOf(rows, key, unit) {
  const shares = rows.map((row) => row[key]);
  const most = Math.max(...shares);
  if (shares.length < 2 || most <= 0) return "";
  const cells = Math.min(shares.length, 24);
  const block = (share) => "▁▂▃▄▅▆▇█"[Math.max(Math.ceil((share / most) * 8), 1) - 1];
  const drawn = Array.from({ length: cells }, (_, i) => block(shares[Math.floor(((i + 1) * shares.length) / cells) - 1]));
  return `; by ${unit} 1 to ${tokensText(shares.length)} ${drawn.join("")}`;
}

// The answer: what the conversation comes to, then its steps or turns.
function factsOf(result, { volume, rules }) {
  const [places, unit] = rules.steps ? [result.steps, "step"] : [result.turns, "turn"];
  const curve = (key) => (result.exact ? "" : curveOf(places, key, unit));
  const { total, requestsOf } = result;
  const money = (amount) => [moneyText(amount), amount];
  const share = (part) => [shareText(part), part];
  const range = (low, high, text) => (result.exact ? "" : `${text(low)} to ${text(high)}`);
  const rows = [
    ["a conversation", money(total.mean), range(total.p5, total.p95, moneyText)],
    ["the dearest", money(total.most), ""],
    ["requests", [tokensText(requestsOf.mean), requestsOf.mean], range(requestsOf.p5, requestsOf.p95, tokensText)],
    ["re-sent", share(result.resentShare), "of the prompt tokens were sent before"],
    ["cached", share(result.cachedShare), "of the prompt tokens are read from the cache"],
    ["budget hit", share(result.budgetHit), `of conversations are stopped by their budget${curve("budgetHit")}`],
    ["window full", share(result.windowFull), `of conversations end because nothing fits${curve("windowFull")}`],
    ["cut off", share(result.truncated), "of conversations have an answer that is cut off"],
    ["empty", share(result.empty), "have one that comes out empty, billed in full"],
  ];
  if (volume.calls > 1) {
    const of = volume.period ? `conversations a ${volume.period}` : "conversations";
    rows.splice(1, 0, [`${tokensText(volume.calls)} ${of}`, money(total.mean * BigInt(volume.calls)), ""]);
  }
  return rows;
}

function stepsOf(result, hasSteps) {
  const rows = hasSteps ? result.steps : result.turns;
  const several = result.turns.length > 1;
  const name = ({ turn, step }) => (hasSteps ? (several ? `${turn}.${step}` : String(step)) : String(turn));
  const head = [hasSteps ? "step" : "turn", "reached", "prompt", "cached", "room", "completion", "cost", "so far", "window full", "budget hit"];
  const cells = (row) => [
    [name(row), name(row)],
    ...["reached"].map((key) => [shareText(row[key]), row[key]]),
    ...["prompt", "cached", "room", "completion"].map((key) => [tokensText(row[key]), row[key]]),
    ...["cost", "soFar"].map((key) => [moneyText(row[key]), row[key]]),
    ...["windowFull", "budgetHit"].map((key) => [shareText(row[key]), row[key]]),
  ];
  const shown = rows.length > SHOWN ? [...rows.slice(0, SHOWN - 1), rows[rows.length - 1]] : rows;
  const left = rows.length - shown.length;
  return { head, rows: shown.map(cells), left };
}

// A table of cells [text, value]; the value is there for programs.
function grid(caption, head, rows) {
  const cell = (name, [text, value], attributes = {}) => element(name, { ...attributes, "data-value": String(value) }, text);
  const columns = (row) => row.map((each, i) => (i === 0 ? cell("th", each, { scope: "row" }) : cell("td", each, { class: "number" })));
  const titles = head.map((text, i) => element("th", { scope: "col", ...(i > 0 ? { class: "number" } : {}) }, text));
  const table = element(
    "table",
    {},
    element("caption", { class: "aside" }, caption),
    element("thead", {}, element("tr", {}, ...titles)),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...columns(row)))),
  );
  return element("div", { class: "scroll", role: "group", "aria-label": caption, tabindex: "0" }, table);
}

function factsTable(rows) {
  const line = ([name, [text, value], remark]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", class: "short" }, name),
      element("td", { class: "number", "data-value": String(value) }, text),
      element("td", {}, remark),
    );
  const caption = element("caption", { class: "aside" }, "What the conversation comes to");
  const table = element("table", {}, caption, element("tbody", {}, ...rows.map(line)));
  return element("div", { class: "scroll", role: "group", "aria-label": "What the conversation comes to", tabindex: "0" }, table);
}

function show(result, ask) {
  const hasSteps = ask.rules.steps !== null;
  const { head, rows, left } = stepsOf(result, hasSteps);
  const caption = hasSteps ? "Step by step" : "Turn by turn";
  const note = left > 0 ? [element("p", { class: "note" }, `${tokensText(left)} ${hasSteps ? "steps" : "turns"} before the last are not shown.`)] : [];
  field("answer").replaceChildren(factsTable(factsOf(result, ask)), grid(caption, head, rows), ...note);
}

const state = () => FIELDS.map(textOf).join("\n");

let original = "";
let told = "";

function update() {
  const now = state();
  if (now === told) return;
  told = now;
  field("reset").disabled = now === original;
  const status = field("status");
  try {
    const ask = read();
    field("command").textContent = commandOf();
    const result = new Conversation(ask.rules, ask.script).simulate();
    status.className = "";
    const { mean, p5, p95 } = result.total;
    const range = result.exact ? "" : `, p5-p95 ${moneyText(p5)} to ${moneyText(p95)}`;
    status.textContent = now === original ? "" : `${moneyText(mean)} a conversation with ${data.model.id}${range}`;
    if (now === original) field("answer").replaceChildren();
    else show(result, ask);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    status.className = "bad";
    status.textContent = `No answer: ${error.message.replaceAll("`", "")}. The figures below are those of the last question.`;
    field("command").textContent = "";
  }
}

// Played once the typing pauses.
let waiting = null;

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(update, 200);
}

function fill() {
  for (const name of FIELDS) field(name).value = data.ask[name] ?? "";
}

field("completion").hidden = !data.declared;
fill();
original = state();
told = original;
field("command").textContent = commandOf();
byId("play-form").addEventListener("submit", (event) => event.preventDefault());
byId("play-form").addEventListener("input", later);
byId("play-form").addEventListener("change", update);
field("reset").addEventListener("click", () => {
  fill();
  update();
});
field("copy").addEventListener("click", copyCommand);
byId("play-form").hidden = false;
document.querySelector("#play .no-script").remove();
