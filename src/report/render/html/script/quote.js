// What a call to a model costs: the steps of a quote, refusals in the same order and the same words.

// An amount or a curve, or `@PROFILE`.
function readDist(text, part, model) {
  return text.startsWith("@") ? profileOf(text.slice(1), model).law[part] : readCurve(text);
}

const profiles = new Map();

// A measured profile by the name that `--profile` takes: one that the user brought is told per model.
function profileOf(spec, model) {
  const given = data.given.profiles[spec]?.[model.id];
  if (typeof given === "string") return given.includes("the command line answers") ? defer(given) : refuse(given);
  const key = given ? `${spec}\n${given.rows}` : spec;
  if (!profiles.has(key)) {
    const found = given ? givenProfile(given) : builtIn(spec);
    profiles.set(key, { ...found, law: measured(found.rows) });
  }
  return profiles.get(key);
}

function givenProfile({ about, rows, ...known }) {
  return { ...data.given.about[about], rows: data.given.rows[rows], ...known };
}

function builtIn(spec) {
  const [name] = spec.split(":", 1);
  const profile = data.profiles[name] ?? refuse(`there is no profile \`${spec}\``);
  const task = name === spec ? null : spec.slice(name.length + 1);
  const tasks = Object.values(profile.tasks);
  const rows = task === null ? pooled(tasks) : profile.tasks[task];
  const variance = profile.variances[task ?? ""];
  return { ...profile, name, task, tasks: tasks.length, variance, rows: rows ?? refuse(`the profile of \`${name}\` has no task \`${task}\``) };
}

function profileSentence(profile, model) {
  const pooled = profile.tasks === 1 ? "its only task" : `all ${profile.tasks} tasks pooled`;
  const tasks = profile.task === null ? pooled : `task ${profile.task}`;
  const last = profile.from === profile.to ? "" : ` to ${profile.to}`;
  const period = profile.from ? `, ${profile.from}${last}` : "";
  const other = profile.model === model.id ? "" : `; measured on ${profile.model}, not on ${model.id}`;
  const another = other && " of another model";
  return `profile ${profile.name}${another}: n = ${tokensText(profile.law.n)}, ${tasks}, of ${profile.origin}${period}${other}`;
}

const lawsOfWork = new Map();

// The law of a model's completions at a level of effort, with the profile it is from.
function lawOf(model, length, effort) {
  const work = workOf(model, effort);
  if (length.kind === "work") {
    const fit = work.reasons ? 0 : 1;
    const number = 1 + KINDS.indexOf(length.work);
    const says = data.texts[work.says[number]].replaceAll("{model}", model.id).replaceAll("{kind}", length.work);
    const key = [data.works.indexOf(work), number].join(" ");
    if (!lawsOfWork.has(key)) {
      const known = Law.predicted(data.predictions[fit][number], workAt(work, number), data.variances[fit], length.work !== null);
      lawsOfWork.set(key, known);
    }
    return { law: lawsOfWork.get(key), says };
  }
  if (effort && usesProfile(length)) defer("the command line answers for a profile at an effort");
  if (length.kind === "profile") {
    const profile = profileOf(length.profile, model);
    return { law: Law.measured(profile.law, meanKnown(profile, model, work)), profile };
  }
  return declaredLaw(model, length);
}

const usesProfile = ({ kind, completion, reasoning, visible }) =>
  kind === "profile" || [completion, reasoning, visible].some((text) => text?.startsWith("@"));

// What is known of the completions of a model, at a level of effort if one is named.
function workOf(model, effort) {
  if (!effort) return data.works[model.work];
  return data.works[model.efforts[effort] ?? refuse(noEffort(model, effort))];
}

const noEffort = (model, effort) => `\`${model.id}\` has no effort \`${effort}\``;

// The same for a kind by its number; one value may stand for all kinds.
function workAt({ longer, odds, variance }, number) {
  return { longer: longer[number] ?? longer[0], odds, variance };
}

const KINDS = ["step", "judge", "write", "puzzle", "code", "search"];

// How well the mean is known: one's own as its calls allow, a measured one is of other work, or of another model.
function meanKnown({ variance, quantile, dof, model: of }, model, work) {
  if (quantile !== undefined) return { variance, quantile, shared: 0, dof };
  const { workloads, models, interaction } = data.variances[work.reasons ? 0 : 1];
  const borrowed = workloads + interaction + (of === model.id ? 0 : models);
  return { variance: variance + borrowed, quantile: normalQuantile(0.95), shared: workloads, dof: null };
}

const laws = new Map();

// What is declared alike for several models is worked out once.
function declaredLaw(model, { completion, reasoning, visible }) {
  const own = [completion, reasoning, visible].some((text) => text?.startsWith("@")) ? model.id : "";
  const key = [own, model.reasoning, completion, reasoning, visible].join("\n");
  if (!laws.has(key)) laws.set(key, declaredOnce(model, completion, reasoning, visible));
  return laws.get(key);
}

function declaredOnce(model, completion, reasoning, visible) {
  if (completion) return { law: Law.total(readDist(completion, "completion", model)) };
  const r = reasoning && readDist(reasoning, "reasoning", model);
  const v = visible && readDist(visible, "visible", model);
  if (!r && !v) return null;
  if (r && !model.reasoning) refuse(`\`${model.id}\` has no hidden reasoning`);
  if (r && v) return { law: Law.split(r, v) };
  if (r) refuse("--reasoning alone says nothing about the visible answer");
  if (model.reasoning) refuse(`\`${model.id}\` bills hidden reasoning besides the visible answer`);
  return { law: Law.split(new Constant(0), v) };
}

function roomAfter(prompt, model) {
  if (model.input_limit !== null && prompt > model.input_limit) return { tokens: 0, limit: "input" };
  const left = Math.max(model.window - prompt, 0);
  return model.output_cap <= left ? { tokens: model.output_cap, limit: "cap" } : { tokens: left, limit: "window" };
}

// In the words of the API where they were recorded, else in plain ones.
function refusal(model, prompt, cap) {
  const { id, provider, window, output_cap: most, input_limit: limit } = model;
  const openai = provider === "openai" || provider === "azure";
  const anthropic = provider === "anthropic";
  const [p, c] = [prompt, cap].map((n) => n !== null && tokensText(n));
  const takes = (n) => `the prompt has ${p} tokens, and \`${id}\` takes ${tokensText(n)}`;
  if (cap !== null && cap > most) {
    if (anthropic) return `max_tokens: ${cap} > ${most}, which is the maximum allowed number of output tokens for ${id}`;
    if (!openai) return `the cap of ${c} is above the ${tokensText(most)} output tokens of \`${id}\``;
    return (
      `max_completion_tokens is too large: ${cap}. This model supports at most ${most} completion tokens, ` +
      `whereas you provided ${cap}.`
    );
  }
  if (cap === 0 && !anthropic) {
    if (!openai) return "a cap of 0 leaves no room for an answer";
    return "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.";
  }
  const room = roomAfter(prompt, model);
  if (room.limit === "input") {
    if (!openai) return takes(limit);
    return (
      `Input tokens exceed the configured limit of ${limit} tokens. Your messages resulted in ${prompt} tokens. ` +
      "Please reduce the length of the messages."
    );
  }
  if (cap !== null && cap > room.tokens) {
    if (!openai) return `${p} prompt tokens and the cap of ${c} are more than the window of ${tokensText(window)}`;
    return (
      `This model's maximum context length is ${window} tokens. However, you requested ${prompt + cap} tokens ` +
      `(${prompt} in the messages, ${cap} in the completion). Please reduce the length of the messages or completion.`
    );
  }
  if (cap === null && room.tokens === 0) {
    if (!openai) return takes(window);
    return (
      `This model's maximum context length is ${window} tokens. However, your messages resulted in ${prompt} ` +
      "tokens. Please reduce the length of the messages."
    );
  }
  return null;
}

// `min(room, max(reserve, the smallest cap within the risk))`; null without room.
function recommended(model, prompt, policy, law, reasons) {
  const room = roomAfter(prompt, model).tokens;
  const floor = model.reasoning && reasons ? policy.reserve : 0;
  if (room === 0) return null;
  // Of unknown work no cap follows.
  const forRisk = law?.known ? law.smallestCap(policy.risk, room) : undefined;
  let wanted = Math.max(floor, policy.released ? 0 : 1);
  if (typeof forRisk === "number" && forRisk > floor) wanted = forRisk;
  else if (forRisk === null && law.identifies(policy.risk)) wanted = null;
  else if (floor === 0 && typeof forRisk !== "number") wanted = null;
  return wanted !== null && wanted <= room ? wanted : room;
}

const MOST = 2n ** 64n - 1n;
const atMost = (n, most) => (n < most ? n : most);

// Completion tokens of a number of answers, and their range.
function completionOf(law, limit, answers) {
  const times = (tokens) => atMost(BigInt(tokens) * answers, MOST);
  const worst = times(limit);
  if (!law) return { worst };
  const count = Number(answers);
  const expected = atMost(BigInt(wholeTokens(law.moments(limit)[0] * count)), worst);
  const quantile = (p, sign) => {
    if (answers === 1n) return BigInt(law.billedQuantile(p, limit));
    const { mean, spread, quantile: z } = law.meanOf(limit, count);
    return atMost(BigInt(wholeTokens(count * (mean * Math.exp(sign * z * spread)))), worst);
  };
  const [p5, p95] = [quantile(0.05, -1), quantile(0.95, 1)];
  return { expected, p5: p5 < expected ? p5 : expected, p95: p95 > expected ? p95 : expected, worst };
}

// The row of the price list that a prompt takes in a tier.
function ratesOf(model, tier, prompt) {
  const row = (model.tiers[tier] ?? [])
    .filter(([over]) => over === null || prompt > over)
    .reduce((best, row) => ((row[0] ?? -1) >= (best?.[0] ?? -1) ? row : best), null);
  const id = `\`${model.id}\``;
  if (row === null) {
    const isRefused = tier === "batch" && model.no_batch;
    return refuse(isRefused ? `the Batch API does not take ${id}, so it has no batch price` : `no ${tier} price is known for ${id}`);
  }
  const known = row[5];
  if (known !== null && prompt > known) refuse(`the ${tier} price of ${id} is known for prompts of up to ${tokensText(known)} tokens only`);
  return row;
}

// What one call to a model is made of; without a cap it has the room where `ask.room` says so, else the recommended one.
function quoteOf(model, ask, { prompt, request }) {
  const effort = ask.effort ?? request?.effort;
  const why = prompt.cannot ?? model.unpriced;
  if (why) refuse(why);
  if (ask.effort && model.any_effort) refuse(noEffort(model, effort));
  const work = workOf(model, effort);
  const P = prompt.tokens;
  const tier = ask.tier ?? request?.tier ?? "standard";
  const [over, input, cachedRate, output, write] = ratesOf(model, tier, P);
  const cached = ask.cached ? ask.cached(P) : 0;
  const uncached = Math.max(P - cached, 0);
  const byItself = model.writes_from !== null && write !== null && P >= model.writes_from ? uncached : 0;
  const declared = data.call.cache_write === null ? null : readCached(data.call.cache_write)(P);
  const written = declared === null ? byItself : Math.min(declared, uncached);
  const found = lawOf(model, ask.length, effort);
  const law = found?.law ?? null;
  const profile = found?.profile ?? null;
  const choices = request?.choices ?? 1;

  const assumptions = (prompt.notes ?? []).map((at) => data.texts[at]);
  if (cached > 0 && cachedRate === null) {
    assumptions.push(
      `\`${model.id}\` has no ${tier} price for cached input on ${data.as_of}: it costs the input rate`,
    );
  }
  if (over !== null) {
    assumptions.push(`the prompt is over ${tokensText(over)} tokens: the whole call takes that tier's rates`);
  }
  if (choices > 1) assumptions.push(`n = ${choices}: every answer is billed`);
  if (declared === null && written > 0) {
    assumptions.push(
      `cache writes are in the cost: \`${model.id}\` writes the ${tokensText(written)} tokens that it does not read; --cache-write says how many`,
    );
  }
  if (model.fees) assumptions.push(...model.fees[1]);
  assumptions.push(found?.says ?? (profile ? profileSentence(profile, model) : `declared: ${law.text}`));
  const policy = { ...data.policy, ...profile?.policy };
  if (model.reasoning && !work.reasons) policy.why = "the call does not reason, so that nothing is kept for that";
  if (policy.why) assumptions.push(policy.why);

  const cap = ask.cap ?? request?.cap ?? (ask.room ? null : recommended(model, P, policy, law, work.reasons));
  const refused = refusal(model, P, cap);
  if (refused) refuse(`the API would refuse this request: ${refused}`);
  const limit = cap ?? roomAfter(P, model).tokens;
  if (cached > P) refuse(`${tokensText(cached)} cached tokens are more than the prompt of ${tokensText(P)}`);

  const rate = (picodollars) => BigInt(picodollars);
  const prompts =
    rate(write ?? input) * BigInt(written) +
    rate(input) * BigInt(uncached - written) +
    rate(cachedRate ?? input) * BigInt(cached) +
    rate(model.fees?.[0] ?? 0);
  const price = (tokens) => prompts + rate(output) * tokens;
  return { tokens: P, cap, limit, law, profile, choices, prompts, price, output: rate(output), assumptions };
}
