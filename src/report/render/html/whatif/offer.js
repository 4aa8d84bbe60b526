// What each model offers for a job, and how they compare: the steps of `outlay compare`.

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
  const quote = quoteOf(model, ask, ask.promptOf(model));
  const { limit, law, profile, choices, prompts, price, output } = quote;
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
  const priceOfAll = (tokens) => prompts * calls + output * tokens;
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
    ...quote,
    ...offer,
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
    const less = 100 * (1 - dollars(own) / dollars(theirs));
    const below = less < 0.05 ? "hardly below" : `${percentText(less)} % below`;
    against = `${own < theirs ? below : "as much as"} ${other.model.id}`;
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
