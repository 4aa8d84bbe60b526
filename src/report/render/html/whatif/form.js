// The form of a comparison: one prompt, and the models that are asked.

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

// Shows the question of the command.
function fill() {
  fillCall();
  field("prompt").value = data.input_tokens === null ? "" : String(data.input_tokens);
  for (const box of boxes()) box.checked = data.chosen.includes(box.value);
}

// What the form asks for; a `Refusal` where a field cannot be read.
function read() {
  const models = chosen();
  if (models.length === 0) refuse("choose a model");
  const ask = { ...readCall(), models, input: textOf("prompt") ? readTokens(textOf("prompt")) : null };
  checkDeclared(ask, models[0]);
  if (ask.input === null && !data.request) refuse("say how many tokens the prompt has");
  ask.promptOf = (model) => {
    if (ask.input !== null) return { prompt: { tokens: ask.input, notes: [], cannot: null }, request: null };
    const prompt = data.request.prompts[model.id];
    return { prompt: prompt ?? refuse("this page has no count of the prompt for it; say how many tokens it has"), request: data.request };
  };
  return ask;
}

// The command that gives the same answer.
function commandOf(ask) {
  const prompt = ask.input === null ? data.request.words : ["--input-tokens", textOf("prompt")];
  const models = ask.models.flatMap(({ id }) => ["-m", id]);
  return ["outlay", "compare", ...prompt, ...models, ...callOptions(ask), ...data.flags].map(quoted).join(" ");
}

const noteOf = (ask) => (ask.input === null ? data.request.note : null);

// What the fields show beside them.
function prepare() {
  const counted = new Set(chosen().map(({ id }) => data.request?.prompts[id]?.tokens ?? "unknown"));
  const [only] = counted.size === 1 ? counted : ["each its own"];
  field("prompt").placeholder = data.request ? `as counted: ${only}` : "";
  field("chosen").textContent = chosen().map(({ id }) => id).join(", ") || "none";
}

function respond(ask, isFirst) {
  const results = answer(ask);
  if (!isFirst) show(results, ask);
  return verdictOf(results, ask) ?? figure(results);
}

const figure = (results) => {
  const able = results.filter(({ offer }) => offer);
  if (able.length === 0) return "None of these models can do this.";
  const { model, offer } = able[0];
  return `A call with ${model.id} costs ${moneyText(offer.costs.expected ?? offer.costs.worst)}.`;
};
