// The form, and the parts of the page that follow it.

const byId = (id) => document.getElementById(id);
const field = (name) => byId(`w-${name}`);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

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
  const { length } = data.ask;
  if (length.kind === "profile" && !isBuiltIn(length.profile)) {
    select.append(option(`profile ${length.profile}`, `measured: ${length.profile}`));
  }
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

function fill(ask) {
  field("calls").value = String(ask.calls);
  field("period").value = ask.period ?? "";
  field("prompt").value = ask.input_tokens === null ? "" : String(ask.input_tokens);
  field("cached").value = ask.cached ?? "";
  field("cap").value = ask.cap === null ? "" : String(ask.cap);
  const { length } = ask;
  const named = length.kind === "profile" ? length.profile : length.kind === WORK ? length.work : null;
  field("length").value = named ? `${length.kind} ${named}` : length.kind;
  for (const part of ["reasoning", "visible", "completion"]) field(part).value = length[part] ?? "";
  for (const box of boxes()) box.checked = ask.models.includes(box.value);
}

function readLength() {
  const value = field("length").value;
  if (value.startsWith("profile ")) return { kind: "profile", profile: value.slice("profile ".length) };
  if (value === WORK || value.startsWith(`${WORK} `)) return { kind: WORK, work: value.slice(WORK.length + 1) || null };
  const length = { kind: DECLARED };
  for (const part of ["reasoning", "visible", "completion"]) length[part] = field(part).value.trim() || null;
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
  if (ask.input === null && !data.job) refuse("say how many tokens the prompt has");
  ask.promptOf = (model) => {
    if (ask.input !== null) return { prompt: { tokens: ask.input, notes: [], cannot: null }, job: null };
    const prompt = data.job.prompts[model.id];
    return { prompt: prompt ?? refuse("this page has no count of the prompt for it; say how many tokens it has"), job: data.job };
  };
  return ask;
}

// A field that cannot be read refuses the whole question, whichever model is asked.
function checkDeclared({ length, models }) {
  for (const part of ["reasoning", "visible", "completion"]) {
    if (length[part] && !length[part].startsWith("@")) readDist(length[part], part, models[0]);
  }
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

// The command that gives the same answer.
function commandOf(ask) {
  const text = (name) => field(name).value.trim();
  const words = ["outlay", "compare"];
  const flag = (name, value) => words.push(`--${name}`, value);
  if (ask.input === null) words.push(...data.job.words);
  else flag("input-tokens", text("prompt"));
  for (const model of ask.models) words.push("-m", model.id);
  if (ask.calls > 1 || ask.period) flag("calls", text("calls") + (ask.period ? `/${ask.period}` : ""));
  if (text("cap")) flag("max-completion-tokens", text("cap"));
  if (text("cached")) flag("cached", text("cached").replace(/\s+/g, ""));
  const { length } = ask;
  if (length.kind === "profile") flag("profile", length.profile);
  if (length.work) flag("kind", length.work);
  if (length.completion) flag("completion-tokens", length.completion);
  if (length.reasoning) flag("reasoning", length.reasoning);
  if (length.visible) flag("visible", length.visible);
  return [...words, ...data.flags].map(quoted).join(" ");
}

const state = () =>
  [...byId("what-if-form").elements].map((each) => `${each.value} ${each.checked ?? ""}`).join("\n");

let told = "";

function update() {
  field("declared").hidden = field("length").value !== DECLARED;
  const counted = new Set(chosen().map(({ id }) => data.job?.prompts[id]?.tokens ?? "unknown"));
  const [only] = counted.size === 1 ? counted : ["each its own"];
  field("prompt").placeholder = data.job ? `as counted: ${only}` : "";
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
    const note = ask.input === null ? data.job.note : null;
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
