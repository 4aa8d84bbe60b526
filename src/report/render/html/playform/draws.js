// The draws of a conversation: the generator, the streams and the tables of the program, so that the same seed draws
// the same.

// 64 bits as two halves. SplitMix64 (Steele, Lea and Flood 2014): a sum that grows by the same number, its bits mixed.
const GROWS = [0x9e3779b9, 0x7f4a7c15];
const FIRST = [0xbf58476d, 0x1ce4e5b9];
const SECOND = [0x94d049bb, 0x133111eb];

// The upper half of a product of two halves.
function upper(a, b) {
  const [ah, al, bh, bl] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = ah * bl + ((al * bl) >>> 16);
  const low = al * bh + (middle % 0x10000);
  return ah * bh + Math.floor(middle / 0x10000) + Math.floor(low / 0x10000);
}

// Bits, each changed by the one so many places above it.
const shifted = ([high, low], by) => [(high ^ (high >>> by)) >>> 0, (low ^ ((high << (32 - by)) | (low >>> by))) >>> 0];

function times([high, low], [by, byLow]) {
  const above = upper(low, byLow) + (Math.imul(high, byLow) >>> 0) + (Math.imul(low, by) >>> 0);
  return [above >>> 0, Math.imul(low, byLow) >>> 0];
}

class Stream {
  // A stream by its number, in two halves.
  constructor(high, low) {
    this.high = high;
    this.low = low;
  }

  next() {
    const sum = this.low + GROWS[1];
    this.low = sum >>> 0;
    this.high = (this.high + GROWS[0] + (sum > 0xffffffff ? 1 : 0)) >>> 0;
    const first = times(shifted([this.high, this.low], 30), FIRST);
    return shifted(times(shifted(first, 27), SECOND), 31);
  }

  // 53 bits below 1.
  uniform() {
    const [high, low] = this.next();
    return (high * 0x200000 + (low >>> 11)) / 9007199254740992;
  }
}

const HALF = 0x100000000;
const halves = (n) => [Number((n >> 32n) & 0xffffffffn), Number(n & 0xffffffffn)];
const NEXT_STEP = 0x6a09e667f3bcc909n;
const BESIDE = halves(0xd1b54a32d192ed03n);
const WRAP = (1n << 64n) - 1n;

// The streams of a seed; those of neighbours lie far apart.
class Streams {
  constructor(seed) {
    this.first = new Stream(...halves(BigInt(seed))).next();
    this.salts = [[0, 0]];
  }

  salt(step) {
    while (this.salts.length < step) this.salts.push(halves((NEXT_STEP * BigInt(this.salts.length)) & WRAP));
    return this.salts[step - 1];
  }

  of(number, turn, [saltHigh, saltLow]) {
    const [high, low] = this.first;
    const sum = low + turn + saltLow;
    return new Stream((high + number + saltHigh + Math.floor(sum / HALF)) >>> 0, sum >>> 0);
  }
}

const INTERVALS = 4096;

const REACH = 8;
// The most that is drawn from a curve.
const MOST_AMOUNT = 2 ** 63;

// The value of a table at a place, with straight lines between whole ones.
function within(table, place) {
  const i = Math.floor(place);
  return table[i] + (table[i + 1] - table[i]) * (place - i);
}

const tableOf = (at) => Float64Array.from({ length: INTERVALS + 1 }, (_, i) => at(i));

// Values at standard normals.
class Scores {
  constructor(at) {
    this.table = tableOf((i) => at(REACH * ((2 * i) / INTERVALS - 1)));
  }

  at(z) {
    return within(this.table, Math.min(Math.max((z + REACH) * (INTERVALS / (2 * REACH)), 0), INTERVALS - 1e-6));
  }
}

// The amount of a curve at shares.
class Curve {
  constructor(dist) {
    this.dist = dist;
    this.quantiles = tableOf((i) => dist.quantile(Math.min(Math.max(i, 1), INTERVALS - 1) / INTERVALS));
  }

  at(u) {
    const place = u * INTERVALS;
    const isInside = place >= 1 && place < INTERVALS - 1;
    return isInside ? within(this.quantiles, place) : this.dist.quantile(Math.max(u, Number.MIN_VALUE));
  }
}

const whole = (amount) => Math.floor(amount + 0.5);

// Amounts: a constant, a curve, or what was measured; with a correlation, beside a factor of the run.
class Sampler {
  constructor(dist, alike) {
    this.dist = dist;
    this.isConstant = dist instanceof Constant;
    if (this.isConstant || dist instanceof Histogram) return;
    if (!alike) {
      this.curve = new Curve(dist);
    } else if (dist instanceof Lognormal) {
      this.common = dist.sigma * alike.common;
      this.own = new Curve(new Lognormal(dist.mu, dist.sigma * alike.own));
    } else {
      this.scores = new Scores((z) => Math.min(dist.quantile(normalSurvival(-z)), MOST_AMOUNT));
    }
  }

  // Infinity is an amount without end.
  at(u) {
    if (this.isConstant) return this.dist.amount;
    return this.curve ? whole(this.curve.at(u)) : this.measured(u);
  }

  // The factor of a run with this standard normal: itself, and what it multiplies a lognormal by.
  factor(score) {
    return { score, scale: this.own ? Math.exp(this.common * score) : 1 };
  }

  beside(alike, { score, scale }, u) {
    if (this.own) return whole(this.own.at(u) * scale);
    return this.scores ? whole(this.scores.at(alike.score(score, u))) : this.at(alike.share(score, u));
  }

  measured(u) {
    const { values, tails } = this.dist;
    let [low, high] = [0, values.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (1 - tails[middle + 1] <= u) low = middle + 1;
      else high = middle;
    }
    return values[Math.min(low, values.length - 1)];
  }
}

// Draws that have one factor in common, each as uniform as before.
class Correlation {
  constructor(rho) {
    this.common = Math.sqrt(rho);
    this.own = Math.sqrt(1 - rho);
    this.quantiles = tableOf((i) => normalQuantile(Math.min(Math.max(i, 1), INTERVALS - 1) / INTERVALS));
    this.shares = new Scores((z) => normalSurvival(-z));
  }

  factor(u) {
    const place = u * INTERVALS;
    const isInside = place >= 1 && place < INTERVALS - 1;
    return isInside ? within(this.quantiles, place) : normalQuantile(Math.max(u, Number.MIN_VALUE));
  }

  score(z, u) {
    return this.common * z + this.own * this.factor(u);
  }

  share(z, u) {
    return Math.min(Math.max(this.shares.at(this.score(z, u)), 0), 1 - Number.EPSILON);
  }
}

// Completions: reasoning and visible apart, observed ones, or predicted ones of which a share is reasoning.
class Completions {
  constructor(of, alike) {
    this.most = of.most ?? Infinity;
    this.isSplit = of.kind === "split";
    const sampler = (dist) => new Sampler(dist, alike);
    if (this.isSplit) [this.reasoning, this.visible] = [of.reasoning, of.visible].map(sampler);
    else if (of.kind === "observed") this.rows = of.rows;
    else [this.total, this.share] = [sampler(of.total), of.share];
    this.isConstant = this.isSplit
      ? this.reasoning.isConstant && this.visible.isConstant
      : Boolean(this.rows) && this.rows.length === 1;
  }

  // [reasoning, completion, content]; Infinity has no end, null is not known.
  at(u, v) {
    if (this.isSplit) return this.split(this.reasoning.at(u), this.visible.at(v));
    if (this.rows) return this.observed(u);
    return this.predicted(this.total.at(u), v);
  }

  // The factors of a run: of the completion or its reasoning, and of a visible part that is drawn apart.
  factors([first, second]) {
    const factor = (of, score) => (of ? of.factor(score) : { score, scale: 1 });
    return [factor(this.reasoning ?? this.total, first), factor(this.visible, second)];
  }

  beside(alike, [first, second], [u, v]) {
    if (this.isSplit) return this.split(this.reasoning.beside(alike, first, u), this.visible.beside(alike, second, v));
    if (this.rows) return this.observed(alike.share(first.score, u));
    return this.predicted(this.total.beside(alike, first, u), v);
  }

  predicted(completion, v) {
    const reasoning = this.reasoningOf(completion, v);
    const [visible, kept] = [completion - reasoning, Math.min(reasoning, this.most)];
    return [kept, visible + kept, visible];
  }

  split(drawn, visible) {
    const reasoning = Math.min(drawn, this.most);
    return [reasoning === Infinity ? null : reasoning, reasoning + visible, visible === Infinity ? 0 : visible];
  }

  observed(u) {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle][0] <= u) low = middle + 1;
      else high = middle;
    }
    const [, reasoning, completion, content] = this.rows[Math.min(low, this.rows.length - 1)];
    return [reasoning, completion ?? Infinity, content];
  }

  reasoningOf(completion, v) {
    if (!this.share) return 0;
    const [centre, intercept, slope, sd] = this.share;
    const logT = Math.log(Math.max(completion, 1));
    const z = normalQuantile(Math.max(v, Number.MIN_VALUE));
    const share = 1 / (1 + Math.exp(-(intercept + slope * (logT - centre) + sd * z)));
    return Math.min(wholeTokens(completion * share), completion);
  }
}
