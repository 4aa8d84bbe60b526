// What several inputs cost together: the steps of `outlay estimate`.

// Whole parts of a number in proportion to weights: what is left over goes to the first.
function apportioned(whole, weights) {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let [given, soFar] = [0, 0];
  return weights.map((weight) => {
    soFar += weight;
    const upTo = Math.min(Math.round(whole * (soFar / sum)), whole);
    const part = Math.max(upTo - given, 0);
    given += part;
    return part;
  });
}

// How many calls each input has: as its row says where all of them do, else alike; each has one where none are declared.
function sharesOf(inputs, ask) {
  if (!ask.isVolume) return inputs.map(() => 1);
  if (inputs.length < 2) return inputs.map(() => ask.calls);
  const isWeighed = inputs.every(({ weight }) => weight !== null && weight > 0);
  return apportioned(ask.calls, inputs.map(({ weight }) => (isWeighed ? weight : 1)));
}

// The price of a number of calls, and what a sum needs of it.
function costOfCalls(quote, calls) {
  const { law, limit, choices, prompts, output } = quote;
  const answers = BigInt(choices) * BigInt(calls);
  const all = prompts * BigInt(calls);
  const completion = completionOf(law, limit, answers);
  const of = (tokens) => (tokens === undefined ? null : all + output * tokens);
  const cost = { expected: of(completion.expected), p5: of(completion.p5), p95: of(completion.p95), worst: of(completion.worst) };
  if (!law) return { completion, cost, part: null };
  const mean = law.meanOf(limit, Number(answers));
  const usual = output * BigInt(wholeTokens(mean.mean * Number(answers)));
  return { completion, cost, part: { prompts: all, usual: Number(usual), mean } };
}

// The factor by which a sum of costs of one workload may differ from what is expected; `sign` is that of the quantile.
function factorOfSum(costs, sign) {
  const all = costs.reduce((sum, { usual }) => sum + usual, 0);
  if (all <= 0) return 1;
  const weighted = (of) => costs.reduce((sum, { usual, mean }) => sum + of(usual / all, mean), 0);
  const commonOf = ({ spread, own }) => Math.sqrt(Math.max(spread * spread - Math.log1p(own), 0));
  const common = Math.log(weighted((part, mean) => part * Math.exp(sign * mean.quantile * commonOf(mean))));
  const z = weighted((part, mean) => part * sign * mean.quantile);
  const own = weighted((part, mean) => part * part * mean.own);
  return Math.exp(Math.sign(z) * Math.sqrt(common * common + z * z * Math.log1p(own)));
}

// What several costs of one workload come to together.
function costOfSum(costs) {
  if (costs.length === 1) return costs[0].cost;
  const sum = (of) => costs.reduce((all, { cost }) => (all === null || of(cost) === null ? null : all + of(cost)), 0n);
  const [expected, worst] = [sum((cost) => cost.expected), sum((cost) => cost.worst)];
  if (expected === null || costs.some(({ part }) => !part)) return { expected, p5: null, p95: null, worst };
  const parts = costs.map(({ part }) => part);
  const prompts = parts.reduce((all, part) => all + part.prompts, 0n);
  const usual = parts.reduce((all, part) => all + part.usual, 0);
  const at = (sign) => prompts + BigInt(Math.round(usual * factorOfSum(parts, sign)));
  const [p5, p95] = [at(-1), at(1)];
  const high = p95 > expected ? p95 : expected;
  return { expected, p5: p5 < expected ? p5 : expected, p95: high < worst ? high : worst, worst };
}

// The cost of every input, or why it has none, and the sum of those that have one. What the page leaves to the program
// for one input it leaves for all: a sum without it would look whole.
function sumOf(ask) {
  const modelOf = (input) => ask.model ?? MODELS.get(input.model);
  const counted = data.inputs.filter((input) => input.tokens[modelOf(input).way] !== null);
  const shares = new Map(sharesOf(counted, ask).map((calls, i) => [counted[i], calls]));
  const rows = data.inputs.map((input) => {
    const model = modelOf(input);
    const tokens = input.tokens[model.way];
    try {
      if (tokens === null) defer(`the command line answers for ${model.id}, of which this page has no count`);
      const quote = quoteOf(model, ask, { prompt: { tokens, cannot: null }, request: input });
      const calls = shares.get(input);
      const one = costOfCalls(quote, 1);
      return { input, model, tokens, calls, one, all: calls === 1 ? one : costOfCalls(quote, calls) };
    } catch (error) {
      if (!(error instanceof Refusal) || error instanceof Deferral) throw error;
      return { input, model, cannot: error.message };
    }
  });
  const able = rows.filter(({ cannot }) => cannot === undefined);
  const sum = (of) => (able.length ? costOfSum(able.map(of)) : null);
  return { rows, able, one: sum(({ one }) => one), all: sum(({ all }) => all) };
}

const MODELS = new Map(data.models.map((model) => [model.id, model]));
