// What each model offers for a job: the steps of `outlay compare`, refusals in the same order and the same words.

// An amount or a curve, or `@PROFILE`.
function readDist(text, part, model) {
  return text.startsWith("@") ? profileOf(text.slice(1), model).law[part] : readCurve(text);
}

const profiles = new Map();

// A measured profile by the name that `--profile` takes: one that the user brought is told per model.
function profileOf(spec, model) {
  if (data.call.effort) refuse("the command line answers for a profile at an effort");
  const given = data.given.profiles[spec]?.[model.id];
  if (typeof given === "string") return refuse(given);
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

// The law of a model's completions, with the profile it is from.
function lawOf(model, length) {
  if (length.kind === "work") {
    const fit = workOf(model).reasons ? 0 : 1;
    const number = 1 + KINDS.indexOf(length.work);
    const says = data.texts[workOf(model).says[number]].replaceAll("{model}", model.id).replaceAll("{kind}", length.work);
    return { law: Law.predicted(data.predictions[fit][number], workAt(model, number), data.variances[fit], length.work !== null), says };
  }
  if (length.kind === "profile") {
    const profile = profileOf(length.profile, model);
    return { law: Law.measured(profile.law, meanKnown(profile, model)), profile };
  }
  return declaredLaw(model, length);
}

// What is known of the completions of a model.
const workOf = (model) => data.works[model.work];

// The same for a kind by its number; one value may stand for all kinds.
function workAt(model, number) {
  const { longer, odds, variance } = workOf(model);
  return { longer: longer[number] ?? longer[0], odds, variance };
}

const KINDS = ["step", "judge", "write", "puzzle", "code", "search"];

// How well the mean is known: one's own as its calls allow, a measured one is of other work, or of another model.
function meanKnown({ variance, quantile, dof, model: of }, model) {
  if (quantile !== undefined) return { variance, quantile, shared: 0, dof };
  const { workloads, models, interaction } = data.variances[workOf(model).reasons ? 0 : 1];
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
function recommended(model, prompt, policy, law) {
  const room = roomAfter(prompt, model).tokens;
  const floor = model.reasoning && workOf(model).reasons ? policy.reserve : 0;
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

const MANY = 1_000_000;

// What a comparison of two offers asks of each; null where completions cost nothing.
function costOfMean(law, limit, calls, choices, price) {
  if (!law) return null;
  const prompt = dollars(price(0n));
  const perToken = (dollars(price(BigInt(MANY))) - prompt) / MANY;
  const answers = (calls > 1 ? calls : MANY) * choices;
  return perToken > 0 ? { mean: law.meanOf(limit, answers), limit, prompt, perToken } : null;
}

// The probability that an offer costs less than the first on the same work; null where nothing is uncertain.
function cheaperThan(first, offer) {
  let [a, b] = [offer.mean, first.mean];
  if (!a || !b || Math.max(a.mean.spread, b.mean.spread) < 1e-6) return null;
  // One profile for both is wrong for both alike.
  if (offer.profile && offer.profile.name === first.profile?.name) {
    [a, b] = [a, b].map((side) => ({ ...side, mean: { ...side.mean, shared: side.mean.spread ** 2 } }));
  }
  return clamp(costsLess(a, b));
}

const perUsable = (cost, risk) => {
  if (risk <= 0) return cost;
  return 1 - risk > 0 ? BigInt(Math.round(Number(cost) / (1 - risk))) : null;
};

// What one model offers; `first` is the offer that others are measured by.
function offerOf(model, ask, first) {
  const { prompt, request } = ask.promptOf(model);
  const why = prompt.cannot ?? model.unpriced ?? workOf(model).cannot;
  if (why) refuse(why);
  const P = prompt.tokens;
  const tier = data.call.tier ?? request?.tier ?? "standard";
  const list = model.tiers[tier];
  if (typeof list === "string") refuse(list);
  const row = list
    .filter(([over]) => over === null || P > over)
    .reduce((best, row) => ((row[0] ?? -1) >= (best?.[0] ?? -1) ? row : best), null);
  const [over, input, cachedRate, output, write] = row;
  const cached = ask.cached ? ask.cached(P) : 0;
  const uncached = Math.max(P - cached, 0);
  const byItself = model.writes_from !== null && write !== null && P >= model.writes_from ? uncached : 0;
  const declared = data.call.cache_write === null ? null : readCached(data.call.cache_write)(P);
  const written = declared === null ? byItself : Math.min(declared, uncached);
  const found = lawOf(model, ask.length);
  const law = found?.law ?? null;
  const profile = found?.profile ?? null;
  const choices = request?.choices ?? 1;

  const assumptions = [...prompt.notes.map((at) => data.texts[at])];
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
  if (model.reasoning && !workOf(model).reasons) policy.why = "the call does not reason, so that nothing is kept for that";
  if (policy.why) assumptions.push(policy.why);

  const cap = ask.cap ?? request?.cap ?? recommended(model, P, policy, law);
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
  const of = (tokens) => (tokens === undefined ? null : price(tokens));
  const completion = completionOf(law, limit, BigInt(choices));
  const expected = completion.expected ?? completion.worst;
  const risk = law ? law.lengthRisk(limit) : null;
  const cost = price(expected);
  const usable = perUsable(cost, risk ?? 0);
  const mean = costOfMean(law, limit, ask.calls, choices, price);
  const offer = { prompts, price, expected, cost, usable, mean, profile };
  const reference = first ?? offer;
  const ratio = (a, b) => (b > 0n ? dollars(a) / dollars(b) : null);
  const calls = BigInt(ask.calls);
  const all = completionOf(law, limit, BigInt(choices) * calls);
  const priceOfAll = (tokens) => prompts * calls + rate(output) * tokens;
  let breakEven = null;
  let share = null;
  if (first) {
    const [left, own] = [first.cost - prompts, cost - prompts];
    if (left >= 0n && own > 0n) breakEven = dollars(left) / dollars(own);
    if (law && first.usable !== null) {
      const needed = dollars(cost) / dollars(first.usable);
      if (needed <= 1) share = clamp(needed);
    }
  }
  return {
    ...offer,
    tokens: P,
    cap,
    completion,
    costs: { expected: of(completion.expected), p5: of(completion.p5), p95: of(completion.p95), worst: price(completion.worst) },
    perUsable: law ? usable : null,
    lengthRisk: risk,
    emptyRisk: law && model.reasoning && law.emptyRisk ? law.emptyRisk(limit) : null,
    seconds: model.speed && completion.expected !== undefined ? Number(completion.expected) / model.speed : null,
    all: priceOfAll(all.expected ?? all.worst),
    allRange: all.p5 === undefined ? null : [priceOfAll(all.p5), priceOfAll(all.p95)],
    cheaper: first ? cheaperThan(first, offer) : null,
    ratio: ratio(cost, reference.cost),
    equalTokens: ratio(price(reference.expected), reference.cost),
    breakEven,
    share,
    profile,
    assumptions,
  };
}

// Every chosen model's offer, or why it has none.
function answer(ask) {
  let first = null;
  return ask.models.map((model) => {
    try {
      const offer = offerOf(model, ask, first);
      first ??= offer;
      // What is expected is not measured by a worst case.
      if ((offer.costs.expected === null) !== (first.costs.expected === null)) {
        Object.assign(offer, { ratio: null, breakEven: null, share: null });
      }
      return { model, offer, gone: model.gone };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { model, cannot: error.message };
    }
  });
}

const volumeText = (calls, period) => tokensText(calls) + (period ? `/${period}` : "");

// The table of a comparison: labels, and a cell per model that can do the job.
function rowsOf(results, ask) {
  const able = results.filter(({ offer }) => offer);
  const money = (amount) => (amount === null ? "" : moneyText(amount));
  const times = (ratio) => (ratio === null ? "" : `${fixed(ratio, 2)} ×`);
  const risk = (p, offer) => {
    if (p === null) return "";
    return p <= 0 && offer.profile ? `0 of ${tokensText(offer.profile.law.n)}` : shareText(p);
  };
  const rows = [
    ["prompt", (o) => tokensText(o.tokens)],
    ["completion", (o) => (o.completion.expected === undefined ? "" : tokensText(o.completion.expected))],
    ["cap", (o) => (o.cap === null ? "" : tokensText(o.cap))],
    ["expected", (o) => money(o.costs.expected)],
    ["p5", (o) => money(o.costs.p5)],
    ["p95", (o) => money(o.costs.p95)],
    ["worst case", (o) => money(o.costs.worst)],
    ["per usable", (o) => money(o.perUsable)],
    ["length risk", (o) => risk(o.lengthRisk, o)],
    ["empty risk", (o) => risk(o.emptyRisk, o)],
    ["time", (o) => (o.seconds === null ? "" : secondsText(o.seconds))],
    [`against ${able[0]?.model.id}`, (o) => times(o.ratio)],
    [`cheaper than ${able[0]?.model.id}`, (o) => (o.cheaper === null ? "" : `in ${shareText(o.cheaper)}`)],
    ["at equal tokens", (o) => times(o.equalTokens)],
    ["break-even tokens", (o) => times(o.breakEven)],
    ["break-even success", (o) => (o.share === null ? "" : shareText(o.share))],
  ];
  if (ask.calls > 1) {
    const volume = volumeText(ask.calls, ask.period);
    const range = ([low, high]) => {
      const [from, to] = [moneyText(low), moneyText(high)];
      return from === to ? "" : `${from} to ${to}`;
    };
    rows.push([volume, (o) => money(o.all)]);
    rows.push([`p5-p95 of ${volume}`, (o) => (o.allRange ? range(o.allRange) : "")]);
  }
  return rows
    .map(([label, cell]) => [label, ...able.map(({ offer }) => cell(offer))])
    .filter(([, ...cells]) => cells.some((cell) => cell !== ""));
}

// The cheapest against the next, in a sentence.
function sentenceOf(results, ask) {
  const cost = (offer) => offer.costs.expected ?? offer.costs.worst;
  const able = results.filter(({ offer, gone }) => offer && !gone);
  able.sort((a, b) => (cost(a.offer) < cost(b.offer) ? -1 : cost(a.offer) > cost(b.offer) ? 1 : 0));
  if (able.length < 2) return null;
  const [{ model: cheapest, offer }, { model: other, offer: dearer }] = able;
  const less = (ratio) => `${withoutZero(fixed(100 * (1 - ratio), 1))} % less`;
  const ratio = dollars(cost(offer)) / dollars(cost(dearer));
  const isSame = cost(offer) === cost(dearer);
  let text = isSame
    ? `A call with ${cheapest.id} costs as much as with ${other.id} (${moneyText(cost(offer))})`
    : `A call with ${cheapest.id} costs ${less(ratio)} than with ${other.id} ` +
      `(${moneyText(cost(offer))} against ${moneyText(cost(dearer))})`;
  if (offer.equalTokens !== null && dearer.equalTokens !== null) {
    const equal = offer.equalTokens / dearer.equalTokens;
    if (Math.abs(equal - ratio) > 0.0005 && Math.abs(equal - 1) > 0.0005) text += `; at equal tokens ${less(equal)}`;
  }
  // Known against the first model alone.
  const first = results.find(({ offer }) => offer).model.id;
  const sure = first === other.id ? offer.cheaper : first === cheapest.id && dearer.cheaper !== null ? 1 - dearer.cheaper : null;
  if (sure !== null && !isSame) text += `; on the same work it costs less with a probability of ${shareText(sure)}`;
  if (offer.seconds !== null && dearer.seconds !== null) {
    text += `; it takes ${secondsText(offer.seconds)} instead of ${secondsText(dearer.seconds)}`;
  }
  if (ask.calls > 1 && !isSame) {
    const calls = `${tokensText(ask.calls)} calls${ask.period ? ` a ${ask.period}` : ""}`;
    text += `; that saves ${moneyText(dearer.all - offer.all)} for ${calls}`;
  }
  return `${text}.`;
}

// More models than that are rows of a table, not columns, and so many rows are shown.
const MOST_COLUMNS = 6;
const MOST_ROWS = 20;

function manyRows(results, ask) {
  const able = results.filter(({ offer }) => offer);
  const money = (amount) => (amount === null ? "" : moneyText(amount));
  const all = ask.calls > 1 ? volumeText(ask.calls, ask.period) : "";
  const head = ["model", "prompt", "completion", "expected", "p95", "worst case", "per usable", "length risk", all];
  const row = (each) => {
    const { offer: o } = each;
    return [
      each.gone ? `${each.model.id} (shut down)` : each.model.id,
      tokensText(o.tokens),
      o.completion.expected === undefined ? "" : tokensText(o.completion.expected),
      money(o.costs.expected),
      money(o.costs.p95),
      money(o.costs.worst),
      money(o.perUsable),
      o.lengthRisk === null ? "" : shareText(o.lengthRisk),
      all ? money(o.all) : "",
    ];
  };
  return { head, rows: able.slice(0, MOST_ROWS).map(row) };
}

const expectedCost = (offer) => offer.costs.expected ?? offer.costs.worst;
const usableCost = (offer) => offer.perUsable ?? expectedCost(offer);
const percentText = (share) => share >= 99.95 ? "more than 99.9" : share >= 1 && share <= 99 ? fixed(share, 0) : withoutZero(fixed(share, 1));

// The cheapest model that can be called, and how it compares with the first, the next or the dearest.
function cheapestOf(results) {
  const able = results.filter(({ offer, gone }) => offer && !gone);
  if (able.length === 0) return null;
  const worst = ({ offer }) => offer.costs.expected === null;
  const compare = (a, b) => worst(a) - worst(b) || (usableCost(a.offer) < usableCost(b.offer) ? -1 : usableCost(a.offer) > usableCost(b.offer) ? 1 : 0);
  const sorted = [...able].sort(compare);
  const [best] = sorted;
  const next = sorted.length > MOST_COLUMNS ? sorted.at(-1) : sorted[1];
  const found = able[0].model.id === best.model.id ? next : able[0];
  const other = found && worst(found) === worst(best) ? found : null;
  let against = "";
  if (other) {
    const [own, theirs] = [usableCost(best.offer), usableCost(other.offer)];
    against = own < theirs
      ? `${percentText(100 * (1 - dollars(own) / dollars(theirs)))} % below ${other.model.id}`
      : `as much as ${other.model.id}`;
  }
  return { ...best, against };
}

function allCallsText({ offer }, ask) {
  const of = ask.period ? `a ${ask.period}` : `for ${tokensText(ask.calls)} calls`;
  return ask.calls > 1 ? [moneyText(offer.all), of] : null;
}

const worstWord = (offer) => (offer.costs.expected === null ? "at most " : "");

function headlineOf(best, ask) {
  const [figure, of] = allCallsText(best, ask) ?? [moneyText(expectedCost(best.offer)), "a call"];
  return [figure, `${worstWord(best.offer)}${of} with ${best.model.id}`];
}

// The sentence to quote: of two models the pair, of more the cheapest.
function verdictOf(results, ask) {
  if (results.length === 2) return sentenceOf(results, ask);
  const best = cheapestOf(results);
  if (!best) return null;
  const { model, offer, against } = best;
  const usable = offer.perUsable;
  const each = usable !== null && usable !== expectedCost(offer)
    ? `${moneyText(usable)} a usable answer`
    : `${worstWord(offer)}${moneyText(expectedCost(offer))} a call`;
  const all = allCallsText(best, ask);
  let text = [`cheapest that fits: ${model.id}`, each, ...(all ? [all.join(" ")] : []), ...(against ? [against] : [])].join(", ");
  const unable = results.filter(({ offer: own }) => !own).length;
  if (unable > 0) text += `; ${unable} of ${results.length} do not fit`;
  const retired = results.find(({ offer: own, gone }) => own && gone);
  if (retired) text += `; ${retired.model.id} last cost ${moneyText(expectedCost(retired.offer))} a call`;
  return text;
}
