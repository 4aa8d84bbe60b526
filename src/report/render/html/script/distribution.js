// How long completions are: the laws of the program, in the order of its own operations, so that measured
// figures come out the same to the last bit.

// `x` or its square: the only powers that are asked for.
const power = (x, k) => (k === 1 ? x : x * x);

// Values with weights that add up to 1, ascending; Infinity is a value without end.
class Histogram {
  constructor(points) {
    const kept = points.filter(([, weight]) => weight > 0).sort(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1));
    const total = kept.reduce((sum, [, weight]) => sum + weight, 0);
    this.values = [];
    this.weights = [];
    for (const [value, weight] of kept) {
      const last = this.values.length - 1;
      if (last >= 0 && this.values[last] === value) {
        this.weights[last] += weight / total;
      } else {
        this.values.push(value);
        this.weights.push(weight / total);
      }
    }
    this.tails = new Array(this.values.length + 1).fill(0);
    for (let i = this.values.length - 1; i >= 0; i -= 1) this.tails[i] = this.tails[i + 1] + this.weights[i];
  }

  first(wanted) {
    let [low, high] = [0, this.values.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (wanted(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  survival(x) {
    return this.tails[this.first((i) => this.values[i] > x || this.values[i] === Infinity)];
  }

  atLeast(x) {
    return this.tails[this.first((i) => this.values[i] >= x)];
  }

  quantile(p) {
    return this.values[this.first((i) => !(this.tails[i + 1] > 1 - p + 1e-12))] ?? Infinity;
  }

  moment(k, c) {
    const limit = Math.max(c, 0);
    let sum = 0;
    this.values.forEach((value, i) => {
      const billed = Math.min(value, limit);
      sum += this.weights[i] * power(billed, k);
    });
    return sum;
  }

  nodes() {
    return this.values.map((value, i) => [value, this.weights[i]]);
  }

  toString() {
    return `measured, ${spread(this)}`;
  }
}

class Constant {
  constructor(amount) {
    this.amount = amount;
  }

  survival(x) {
    return this.amount > x ? 1 : 0;
  }

  atLeast(x) {
    return this.amount >= x ? 1 : 0;
  }

  quantile() {
    return this.amount;
  }

  moment(k, c) {
    return power(Math.min(this.amount, c), k);
  }

  nodes() {
    return [[this.amount, 1]];
  }

  toString() {
    return tokensText(this.amount);
  }
}

const NODES = 1024;

// The logarithm is normal with mean `mu` and standard deviation `sigma`.
class Lognormal {
  constructor(mu, sigma) {
    this.mu = mu;
    this.sigma = sigma;
  }

  survival(x) {
    return x <= 0 ? 1 : normalSurvival((Math.log(x) - this.mu) / this.sigma);
  }

  atLeast(x) {
    return this.survival(x);
  }

  quantile(p) {
    return Math.exp(this.mu + this.sigma * normalQuantile(p));
  }

  // E[min(X, c)^k] = exp(k mu + k^2 sigma^2 / 2) Phi((ln c - mu - k sigma^2) / sigma) + c^k P(X > c)
  moment(k, c) {
    if (c <= 0) return 0;
    const { mu, sigma } = this;
    const below =
      Math.exp(k * mu + (k * k * sigma * sigma) / 2) *
      normalSurvival(-(Math.log(c) - mu - k * sigma * sigma) / sigma);
    return below + power(c, k) * this.survival(c);
  }

  nodes() {
    return Array.from({ length: NODES }, (_, i) => [this.quantile((i + 0.5) / NODES), 1 / NODES]);
  }

  toString() {
    return `lognormal, ${spread(this)}`;
  }
}

// P(t > x) for an odd number of degrees of freedom: Abramowitz and Stegun 26.7.3.
function studentSurvival(x, dof) {
  const angle = Math.atan(x / Math.sqrt(dof));
  const cos = Math.cos(angle);
  let term = cos;
  let sum = dof > 1 ? cos : 0;
  for (let k = 3; k <= dof - 2; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  return 0.5 - (angle + Math.sin(angle) * sum) / Math.PI;
}

// The logarithm is `mu + sigma t` with Student's t.
class LogStudent {
  constructor(mu, sigma, dof) {
    Object.assign(this, { mu, sigma, dof });
  }

  survival(x) {
    return x <= 0 ? 1 : x === Infinity ? 0 : studentSurvival((Math.log(x) - this.mu) / this.sigma, this.dof);
  }

  atLeast(x) {
    return this.survival(x);
  }

  quantile(p) {
    let [low, high] = [-1e6, 1e6];
    for (let i = 0; i < 100; i += 1) {
      const middle = (low + high) / 2;
      if (studentSurvival(middle, this.dof) > 1 - p) low = middle;
      else high = middle;
    }
    return Math.exp(this.mu + this.sigma * high);
  }
}

const wholeTokens = (amount) => (amount > 0 ? Math.floor(amount + 0.5) : 0);

function spread(dist) {
  const at = (p) => tokensText(wholeTokens(dist.quantile(p)));
  return `p5 ${at(0.05)}, p50 ${at(0.5)}, p95 ${at(0.95)}`;
}

// erfc to 1e-15: the series of all positive terms near 0, the continued fraction in the tail.
// Abramowitz and Stegun 7.1.6 and 7.1.14.
function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  const bell = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2.5) {
    let term = 2 * x;
    let sum = 0;
    for (let n = 1; sum + term !== sum; n += 1) {
      sum += term;
      term *= (2 * x * x) / (2 * n + 1);
    }
    return 1 - bell * sum;
  }
  let fraction = x;
  for (let n = 120; n > 0; n -= 1) fraction = x + n / 2 / fraction;
  return bell / fraction;
}

const normalSurvival = (z) => 0.5 * erfc(z / Math.SQRT2);

const quantiles = new Map();

// Halving finds where the upper tail is 1 - p; two steps of Newton settle the last digits.
function normalQuantile(p) {
  if (p === 0.5) return 0;
  if (p > 0.5) return -normalQuantile(1 - p);
  if (quantiles.has(p)) return quantiles.get(p);
  let [low, high] = [0, 40];
  for (let i = 0; i < 50; i += 1) {
    const middle = (low + high) / 2;
    if (normalSurvival(middle) > p) low = middle;
    else high = middle;
  }
  let z = low;
  for (let i = 0; i < 2; i += 1) {
    z += ((normalSurvival(z) - p) * Math.sqrt(2 * Math.PI)) / Math.exp((-z * z) / 2);
  }
  quantiles.set(p, -z);
  return -z;
}

// Rows of [reasoning, completion, content or null, count, 1 when cut off] in the program's order. The weight of a
// completion that was cut off goes to the longer ones (Kaplan-Meier); what finds no longer one has no end.
function measured(rows) {
  let left = rows.reduce((sum, [, , , times]) => sum + times, 0);
  const n = left;
  let mass = 1;
  let cut = [];
  const weighted = [];
  for (const row of rows) {
    const [reasoning, completion, , times, censored] = row;
    if (censored) {
      cut.push(row);
    } else {
      const weight = (mass * times) / left;
      weighted.push([reasoning, completion, weight]);
      mass -= weight;
      cut = [];
    }
    left -= times;
  }
  const unresolved = cut.reduce((sum, [, , , times]) => sum + times, 0);
  for (const [reasoning, completion, , times] of cut) {
    const filled = reasoning === completion;
    weighted.push([filled ? Infinity : reasoning, Infinity, (mass * times) / unresolved]);
  }
  const visible = (reasoning, completion) =>
    completion === Infinity ? Infinity : Math.max(completion - reasoning, 0);
  return {
    n,
    completion: new Histogram(weighted.map(([, completion, weight]) => [completion, weight])),
    reasoning: new Histogram(weighted.map(([reasoning, , weight]) => [reasoning, weight])),
    visible: new Histogram(weighted.map(([reasoning, completion, weight]) => [visible(reasoning, completion), weight])),
  };
}

// The rows of all tasks as one sample: equal rows together, in the program's order.
function pooled(tasks) {
  const rows = new Map();
  for (const row of tasks.flat()) {
    const [reasoning, completion, content, times, censored] = row;
    const key = `${completion} ${censored} ${reasoning} ${content}`;
    const known = rows.get(key);
    if (known) known[3] += times;
    else rows.set(key, [...row]);
  }
  const order = ([reasoning, completion, content, , censored]) => [completion, censored, reasoning, content ?? -1];
  return [...rows.values()].sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    const i = left.findIndex((value, at) => value !== right[at]);
    return i < 0 ? 0 : left[i] - right[i];
  });
}

const clamp = (p) => (Number.isNaN(p) ? 0 : Math.min(Math.max(p, 0), 1));

// The mean of a number of answers, and the standard deviation of its logarithm.
function meanOfAnswers(mean, cv2, variance, answers, quantile, shared) {
  const own = cv2 / Math.max(answers, 1);
  return { mean, spread: Math.sqrt(variance + Math.log1p(own)), quantile, shared, own };
}

// What is declared is taken to be worth some calls.
function declaredMean(limit, answers) {
  const [quantile, n] = data.declared;
  const [mean, square] = this.moments(limit);
  const deviation = Math.sqrt(Math.max(square - mean * mean, 0));
  const cv2 = mean > 0 ? (deviation / mean) ** 2 : 0;
  const s2 = Math.log1p(cv2);
  const variance = s2 / n + (s2 * s2) / (2 * (n - 1));
  return meanOfAnswers(mean, cv2, variance, answers, quantile, variance);
}

const SHARE_NODES = 64;

// P(R >= limit), where the odds of reasoning are normal given the completion.
function reasoningAtLeast(total, [centre, intercept, slope, sd], limit) {
  const longer = total.atLeast(limit);
  if (longer <= 0 || limit <= 0) return longer;
  let sum = 0;
  for (let i = 0; i < SHARE_NODES; i += 1) {
    const t = total.quantile(1 - (longer * (i + 0.5)) / SHARE_NODES);
    if (t > limit) {
      const needed = Math.log(limit / (t - limit));
      sum += normalSurvival((needed - (intercept + slope * (Math.log(t) - centre))) / Math.max(sd, 1e-9));
    }
  }
  return (longer * sum) / SHARE_NODES;
}

const COST_NODES = 512;

// The probability that the mean call of `a` costs less than that of `b`: what the workload does to both is one factor.
function costsLess(a, b) {
  const side = ({ mean }) => [Math.log(Math.max(mean.mean, 1e-9)), Math.max(mean.spread, 1e-9)];
  const [[meanA, spreadA], [meanB, spreadB]] = [side(a), side(b)];
  const shared = Math.min(a.mean.shared, b.mean.shared);
  const correlation = Math.min(Math.max(shared / (spreadA * spreadB), 0), 1);
  const rest = Math.max(spreadB * Math.sqrt(1 - correlation * correlation), 1e-9);
  let sum = 0;
  for (let i = 0; i < COST_NODES; i += 1) {
    const z = normalQuantile((i + 0.5) / COST_NODES);
    const cost = a.prompt + a.perToken * Math.min(Math.exp(meanA + spreadA * z), a.limit);
    const least = (cost - b.prompt) / b.perToken;
    if (least <= 0) sum += 1;
    else if (least <= b.limit) sum += normalSurvival((Math.log(least) - meanB - correlation * spreadB * z) / rest);
  }
  return sum / COST_NODES;
}

// The law of one completion.
class Law {
  // Only the total is known.
  static total(total) {
    return new Law({
      withoutEnd: total.survival(Infinity),
      survival: (x) => total.survival(x),
      moments: (x) => [total.moment(1, x), total.moment(2, x)],
      atLeast: null,
      text: `completion ${total}, reasoning included`,
    });
  }

  // Reasoning and visible tokens, independent: the wider law over the points of the narrower one.
  static split(reasoning, visible) {
    const width = (dist) => dist.quantile(0.95) - dist.quantile(0.05);
    const [narrow, rest] = width(reasoning) < width(visible) ? [reasoning, visible] : [visible, reasoning];
    const nodes = narrow.nodes();
    const none = reasoning instanceof Constant && reasoning.amount === 0;
    const endless = nodes.reduce((sum, [node, p]) => (node === Infinity ? sum + p : sum), 0);
    return new Law({
      withoutEnd: endless + (1 - endless) * rest.survival(Infinity),
      survival: (x) => nodes.reduce((sum, [node, p]) => sum + p * rest.survival(x - node), 0),
      moments: (x) =>
        nodes.reduce(
          ([mean, square], [value, p]) => {
            const [node, left] = [Math.min(value, x), Math.max(x - value, 0)];
            const [first, second] = [rest.moment(1, left), rest.moment(2, left)];
            return [mean + p * (node + first), square + p * (node * node + 2 * node * first + second)];
          },
          [0, 0],
        ),
      atLeast: (x) => reasoning.atLeast(x),
      text: none ? `visible ${visible}` : `reasoning ${reasoning}; visible ${visible}; independent`,
    });
  }

  // Completions of which the kind of work is known, or not even that: `log T` is normal, and so is the mean of a
  // workload.
  static predicted({ centre: usual, within, shared, share: odds, tail }, { longer, odds: larger, variance }, { interaction }, known) {
    const share = odds && [odds[0], odds[1] + larger, odds[2], odds[3]];
    const [centre, between] = [usual + longer, shared + interaction + variance];
    const deviation = Math.sqrt(within + between);
    const total = tail ? new LogStudent(centre, deviation * tail[1], tail[0]) : new Lognormal(centre, deviation);
    // Heavier tails are for caps: the mean of Student's t is without end.
    const usualTotal = new Lognormal(centre, deviation);
    const inside = new Lognormal(centre, Math.sqrt(within));
    return new Law({
      withoutEnd: 0,
      survival: (x) => total.survival(x),
      moments: (x) => [usualTotal.moment(1, x), usualTotal.moment(2, x)],
      atLeast: share && ((x) => reasoningAtLeast(total, share, x)),
      meanOf: (limit, answers) => {
        const [mean, square] = [inside.moment(1, limit), inside.moment(2, limit)];
        const cv2 = mean > 0 ? Math.max(square / (mean * mean) - 1, 0) : 0;
        return meanOfAnswers(mean, cv2, between, answers, normalQuantile(0.95), shared);
      },
      known,
    });
  }

  // The mean is known with this variance of its logarithm; `dof` are its degrees of freedom, if it has any.
  static measured({ completion, reasoning }, { variance, quantile, shared, dof }) {
    return new Law({
      known: true,
      meanOf: (limit, answers) => {
        const [mean, square] = [completion.moment(1, limit), completion.moment(2, limit)];
        const cv2 = mean > 0 ? Math.max(square / (mean * mean) - 1, 0) : 0;
        return meanOfAnswers(mean, cv2 * (dof ? (dof + 1) / dof : 1), variance, answers, quantile, shared);
      },
      withoutEnd: completion.survival(Infinity),
      survival: (x) => completion.survival(x),
      moments: (x) => [completion.moment(1, x), completion.moment(2, x)],
      atLeast: (x) => reasoning.atLeast(x),
    });
  }

  constructor(parts) {
    Object.assign(this, { known: true, meanOf: declaredMean }, parts);
    this.risks = new Map();
  }

  lengthRisk(limit) {
    if (!this.risks.has(limit)) this.risks.set(limit, clamp(this.survival(limit)));
    return this.risks.get(limit);
  }

  emptyRisk(limit) {
    return this.atLeast && clamp(this.atLeast(limit));
  }

  expectedBilled(limit) {
    return wholeTokens(this.moments(limit)[0]);
  }

  billedQuantile(p, limit) {
    return this.smallestCap(clamp(1 - p), limit) ?? limit;
  }

  smallestCap(risk, room) {
    const fits = (cap) => this.lengthRisk(cap) <= risk + 1e-9;
    if (!fits(room)) return null;
    let [low, high] = [0, room];
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (fits(middle)) high = middle;
      else low = middle + 1;
    }
    return high;
  }

  identifies(risk) {
    return this.withoutEnd <= risk;
  }
}
