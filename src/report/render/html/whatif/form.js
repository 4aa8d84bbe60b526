// The form, and the parts of the page that follow it.

const field = (name) => byId(`w-${name}`);

// What stands between backticks is code, as in the rest of the page.
function rich(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

const DECLARED = "declared";
const WORK = "work";

function fillLengths() {
  const select = field("length");
  const option = (value, text) => element("option", { value }, text);
  select.append(option(WORK, "of any work: the range of all kinds"));
  const kinds = element("optgroup", { label: "by kind of work" });
  for (const kind of KINDS) kinds.append(option(`${WORK} ${kind}`, kind));
  select.append(kinds);
  const { profile } = data.call;
  if (profile !== null && !isBuiltIn(profile)) select.append(option(`profile ${profile}`, `measured: ${profile}`));
  for (const [name, { tasks }] of Object.entries(data.profiles)) {
    const names = Object.keys(tasks);
    const group = element("optgroup", { label: `measured on ${name}` });
    group.append(option(`profile ${name}`, `${name}: all ${names.length} tasks`));
    for (const task of names) group.append(option(`profile ${name}:${task}`, `${name}: ${task}`));
    select.append(group);
  }
  select.append(option(DECLARED, "declared here"));
}

const isBuiltIn = (spec) => spec.split(":", 1)[0] in data.profiles && !(spec in data.given.profiles);

function fillModels() {
  const providers = new Map();
  for (const model of data.models) {
    if (!providers.has(model.provider)) providers.set(model.provider, []);
    providers.get(model.provider).push(model);
  }
  for (const [provider, models] of providers) {
    const group = element("fieldset", {}, element("legend", {}, provider));
    for (const model of models) {
      const box = element("input", { type: "checkbox", value: model.id, id: `w-m-${model.id}` });
      group.append(element("label", { for: `w-m-${model.id}` }, box, ` ${model.id}`));
    }
    field("list").append(group);
  }
}

const boxes = () => [...field("list").querySelectorAll("input")];

// The models in the order of the command, then of the catalogue: the first that can do the job is the measure.
const chosen = () => data.models.filter(({ id }) => byId(`w-m-${id}`).checked);

// The fields that declare completions, and what the call names them.
const PARTS = { reasoning: "reasoning", visible: "visible", completion: "completion_tokens" };
const ungrouped = (text) => (text ?? "").replaceAll(",", "");

// Shows the call of the command.
function fill() {
  const { call } = data;
  const [calls, period] = ungrouped(call.calls ?? "1").split("/");
  field("calls").value = calls;
  field("period").value = period ?? "";
  field("prompt").value = data.input_tokens === null ? "" : String(data.input_tokens);
  field("cached").value = call.cached ?? "";
  field("cap").value = ungrouped(call.max_completion_tokens);
  for (const [name, key] of Object.entries(PARTS)) field(name).value = call[key] ?? "";
  const isDeclared = Object.values(PARTS).some((key) => call[key] !== null);
  const length = call.profile !== null ? `profile ${call.profile}` : isDeclared ? DECLARED : WORK;
  field("length").value = length === WORK && call.kind !== null ? `${WORK} ${call.kind}` : length;
  for (const box of boxes()) box.checked = data.chosen.includes(box.value);
}

function readLength() {
  const value = field("length").value;
  if (value.startsWith("profile ")) return { kind: "profile", profile: value.slice("profile ".length) };
  if (value === WORK || value.startsWith(`${WORK} `)) return { kind: WORK, work: value.slice(WORK.length + 1) || null };
  const length = { kind: DECLARED };
  for (const part of Object.keys(PARTS)) length[part] = field(part).value.trim() || null;
  if (length.completion && (length.reasoning || length.visible)) {
    refuse("declare the reasoning and the visible answer, or all of it, not both");
  }
  if (!length.completion && !length.reasoning && !length.visible) {
    refuse("declare the visible answer, and the reasoning of models that reason, or all of it");
  }
  return length;
}

// What the form asks for; a `Refusal` where a field cannot be read.
function read() {
  const text = (name) => field(name).value.trim();
  const models = chosen();
  if (models.length === 0) refuse("choose a model");
  const ask = {
    models,
    calls: readCalls(text("calls")),
    period: text("period") || null,
    cap: text("cap") ? readTokens(text("cap")) : null,
    cached: text("cached") ? readCached(text("cached")) : null,
    input: text("prompt") ? readTokens(text("prompt")) : null,
    length: readLength(),
  };
  if (ask.length.kind === DECLARED) checkDeclared(ask);
  if (ask.input === null && !data.request) refuse("say how many tokens the prompt has");
  ask.promptOf = (model) => {
    if (ask.input !== null) return { prompt: { tokens: ask.input, notes: [], cannot: null }, request: null };
    const prompt = data.request.prompts[model.id];
    return { prompt: prompt ?? refuse("this page has no count of the prompt for it; say how many tokens it has"), request: data.request };
  };
  return ask;
}

// A field that cannot be read refuses the whole question, whichever model is asked.
function checkDeclared({ length, models }) {
  for (const part of Object.keys(PARTS)) {
    if (length[part] && !length[part].startsWith("@")) readDist(length[part], part, models[0]);
  }
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

// The command that gives the same answer: the call of the command with what the form changes.
function commandOf(ask) {
  const text = (name) => field(name).value.trim();
  const { length } = ask;
  const call = {
    ...data.call,
    calls: ask.calls > 1 || ask.period ? text("calls") + (ask.period ? `/${ask.period}` : "") : null,
    max_completion_tokens: text("cap") || null,
    cached: text("cached").replace(/\s+/g, "") || null,
    kind: length.work ?? null,
    profile: length.profile ?? null,
  };
  for (const [name, key] of Object.entries(PARTS)) call[key] = length[name] ?? null;
  delete call.model;
  const prompt = ask.input === null ? data.request.words : ["--input-tokens", text("prompt")];
  const models = ask.models.flatMap(({ id }) => ["-m", id]);
  const options = Object.entries(call).filter(([, value]) => value !== null);
  const flags = options.flatMap(([key, value]) => [`--${key.replaceAll("_", "-")}`, String(value)]);
  return ["outlay", "compare", ...prompt, ...models, ...flags, ...data.flags].map(quoted).join(" ");
}

const state = () =>
  [...byId("what-if-form").elements].map((each) => `${each.value} ${each.checked ?? ""}`).join("\n");

let told = "";

function update() {
  field("declared").hidden = field("length").value !== DECLARED;
  const counted = new Set(chosen().map(({ id }) => data.request?.prompts[id]?.tokens ?? "unknown"));
  const [only] = counted.size === 1 ? counted : ["each its own"];
  field("prompt").placeholder = data.request ? `as counted: ${only}` : "";
  field("chosen").textContent = chosen().map(({ id }) => id).join(", ") || "none";
  const now = state();
  if (now === told) return;
  const isFirst = told === "";
  told = now;
  field("reset").disabled = now === original.state;
  field("changed").hidden = now === original.state;
  const status = field("status");
  try {
    const ask = read();
    const command = commandOf(ask);
    field("command").textContent = command;
    const note = ask.input === null ? data.request.note : null;
    field("same").textContent = ["The same on the command line", note].filter(Boolean).join(", ");
    const results = answer(ask);
    status.className = "";
    const conclusion = verdictOf(results, ask) ?? figure(results);
    status.replaceChildren(...(isFirst ? [] : [conclusion]));
    if (!isFirst) show(results, ask);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    status.className = "bad";
    status.replaceChildren(...rich(`No answer: ${error.message}. The figures below are those of the last question.`));
    field("command").textContent = "";
  }
}

const figure = (results) => {
  const able = results.filter(({ offer }) => offer);
  if (able.length === 0) return "None of these models can do this.";
  const { model, offer } = able[0];
  return `A call with ${model.id} costs ${moneyText(offer.costs.expected ?? offer.costs.worst)}.`;
};
