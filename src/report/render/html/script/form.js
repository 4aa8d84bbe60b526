// The fields of a call, the command that says the same, and the page that follows them.

const field = (name) => byId(`w-${name}`);
const textOf = (name) => field(name).value.trim();


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

// The fields that declare completions, and what the call names them.
const PARTS = { reasoning: "reasoning", visible: "visible", completion: "completion_tokens" };
const ungrouped = (text) => (text ?? "").replaceAll(",", "");

const LEVELS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

// Shows the call of the command.
function fillCall() {
  const { call } = data;
  const [calls, period] = ungrouped(call.calls ?? "1").split("/");
  field("calls").value = calls;
  field("period").value = period ?? "";
  field("cached").value = call.cached ?? "";
  field("cap").value = ungrouped(call.max_completion_tokens);
  field("tier").value = call.tier ?? "";
  field("effort").value = call.effort ?? "";
  for (const [name, key] of Object.entries(PARTS)) field(name).value = call[key] ?? "";
  const isDeclared = Object.values(PARTS).some((key) => call[key] !== null);
  const length = call.profile !== null ? `profile ${call.profile}` : isDeclared ? DECLARED : WORK;
  field("length").value = length === WORK && call.kind !== null ? `${WORK} ${call.kind}` : length;
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

// What the fields say of a call; a `Refusal` where one cannot be read.
function readCall() {
  return {
    calls: readCalls(textOf("calls")),
    period: textOf("period") || null,
    cap: textOf("cap") ? readTokens(textOf("cap")) : null,
    cached: textOf("cached") ? readCached(textOf("cached")) : null,
    tier: textOf("tier") || null,
    effort: textOf("effort") || null,
    length: readLength(),
  };
}

// A field that cannot be read refuses the whole question, whichever model is asked.
function checkDeclared({ length }, model) {
  if (length.kind !== DECLARED) return;
  for (const part of Object.keys(PARTS)) {
    if (length[part] && !length[part].startsWith("@")) readDist(length[part], part, model);
  }
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

// The options that say the same: the call of the command with what the fields change.
function callOptions(ask) {
  const { length } = ask;
  const call = {
    ...data.call,
    calls: ask.calls > 1 || ask.period ? textOf("calls") + (ask.period ? `/${ask.period}` : "") : null,
    max_completion_tokens: textOf("cap") || null,
    cached: textOf("cached").replace(/\s+/g, "") || null,
    tier: ask.tier,
    effort: ask.effort,
    kind: length.work ?? null,
    profile: length.profile ?? null,
  };
  for (const [name, key] of Object.entries(PARTS)) call[key] = length[name] ?? null;
  delete call.model;
  const options = Object.entries(call).filter(([, value]) => value !== null);
  return options.flatMap(([key, value]) => [`--${key.replaceAll("_", "-")}`, String(value)]);
}

const state = () =>
  [...byId("what-if-form").elements].map((each) => `${each.value} ${each.checked ?? ""}`).join("\n");

// Starts the form: `fill` shows the command, `read` reads a question and `commandOf` says it, `respond` shows the answer
// and gives its sentence; the first time the page has the answer already.
function follow({ fill, prepare, read, commandOf, noteOf, respond }) {
  let told = "";
  let original = "";
  const update = () => {
    field("declared").hidden = field("length").value !== DECLARED;
    prepare?.();
    const now = state();
    if (now === told) return;
    const isFirst = told === "";
    told = now;
    field("reset").disabled = now === original;
    field("changed").hidden = now === original;
    const status = field("status");
    try {
      const ask = read();
      field("command").textContent = commandOf(ask);
      field("same").textContent = ["The same on the command line", noteOf(ask)].filter(Boolean).join(", ");
      const sentence = respond(ask, isFirst);
      status.className = "";
      status.replaceChildren(...(isFirst ? [] : rich(sentence)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      status.className = "bad";
      status.replaceChildren(...rich(`No answer: ${error.message}. The figures below are those of the last question.`));
      // The command has the answer that the page leaves to it.
      if (!(error instanceof Deferral)) field("command").textContent = "";
    }
  };
  fillLengths();
  for (const level of LEVELS) field("effort").append(element("option", { value: level }, level));
  fill();
  original = state();
  byId("what-if-form").addEventListener("submit", (event) => event.preventDefault());
  byId("what-if-form").addEventListener("input", update);
  field("reset").addEventListener("click", () => {
    fill();
    update();
  });
  field("copy").addEventListener("click", copyCommand);
  byId("what-if-form").hidden = false;
  document.querySelector("#what-if .no-script").remove();
  update();
}
