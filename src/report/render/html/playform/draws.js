// The draws of a conversation: the generator, the streams and the tables of the program, so that the same seed draws
// the same.

// 64 bits as two halves. PCG XSH RR 64/32 (O'Neill 2014), seeded from a number as `rand_core` does.
const MULTIPLIER = [0x5851f42d, 0x4c957f2d];
const SEEDING = [0xa17654e4, 0x6fbe17f3];

// The upper half of a product of two halves.
function upper(a, b) {
  const [ah, al, bh, bl] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = ah * bl + ((al * bl) >>> 16);
  const low = al * bh + (middle % 0x10000);
  return ah * bh + Math.floor(middle / 0x10000) + Math.floor(low / 0x10000);
}

class Stream {
  // A stream by its number, in two halves.
  constructor(high, low) {
    this.high = high;
    this.low = low;
    this.addHigh = SEEDING[0];
    this.addLow = SEEDING[1];
    const [a, b, c, d] = [this.seeded(), this.seeded(), this.seeded(), this.seeded()];
    this.addHigh = d;
    this.addLow = (c | 1) >>> 0;
    const sum = a + this.addLow;
    this.low = sum >>> 0;
    this.high = (b + this.addHigh + (sum > 0xffffffff ? 1 : 0)) >>> 0;
    this.step();
  }

  step() {
    const { high, low } = this;
    const product = Math.imul(low, MULTIPLIER[1]) >>> 0;
    const carried = upper(low, MULTIPLIER[1]) + (Math.imul(high, MULTIPLIER[1]) >>> 0) + (Math.imul(low, MULTIPLIER[0]) >>> 0);
    const sum = product + this.addLow;
    this.low = sum >>> 0;
    this.high = (carried + this.addHigh + (sum > 0xffffffff ? 1 : 0)) >>> 0;
  }

  // The bits of a state: the high ones, mixed and turned.
  static output(high, low) {
    // ((state >> 18) ^ state) >> 27
    const shiftedHigh = high >>> 18;
    const shiftedLow = ((high << 14) | (low >>> 18)) >>> 0;
    const [mixedHigh, mixedLow] = [(high ^ shiftedHigh) >>> 0, (low ^ shiftedLow) >>> 0];
    const bits = ((mixedHigh << 5) | (mixedLow >>> 27)) >>> 0;
    const turn = high >>> 27;
    return ((bits >>> turn) | (bits << (-turn & 31))) >>> 0;
  }

  seeded() {
    this.step();
    return Stream.output(this.high, this.low);
  }

  next() {
    const { high, low } = this;
    this.step();
    return Stream.output(high, low);
  }

  // 53 bits below 1.
  uniform() {
    const low = this.next();
    const high = this.next();
    return (high * 0x200000 + (low >>> 11)) / 9007199254740992;
  }
}

const HALF = 0x100000000;
const halves = (n) => [Number((n >> 32n) & 0xffffffffn), Number(n & 0xffffffffn)];
const NEXT_STEP = 0x9e3779b97f4a7c15n;
const BESIDE = halves(0xd1b54a32d192ed03n);
const WRAP = (1n << 64n) - 1n;

// The streams of a seed; those of neighbours lie far apart.
class Streams {
  constructor(seed) {
    const stream = new Stream(...halves(BigInt(seed)));
    const low = stream.next();
    this.first = [stream.next(), low];
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

// Amounts at shares: a constant, a table of a curve, or what was measured.
class Sampler {
  constructor(dist) {
    this.dist = dist;
    this.isConstant = dist instanceof Constant;
    if (this.isConstant || dist instanceof Histogram) return;
    this.quantiles = new Float64Array(INTERVALS + 1);
    for (let i = 0; i <= INTERVALS; i += 1) {
      this.quantiles[i] = dist.quantile(Math.min(Math.max(i, 1), INTERVALS - 1) / INTERVALS);
    }
  }

  // Infinity is an amount without end.
  at(u) {
    if (this.isConstant) return this.dist.amount;
    if (!this.quantiles) return this.measured(u);
    const x = u * INTERVALS;
    const i = Math.floor(x);
    const { quantiles } = this;
    const amount =
      i === 0 || i + 1 >= INTERVALS
        ? this.dist.quantile(Math.max(u, Number.MIN_VALUE))
        : quantiles[i] + (quantiles[i + 1] - quantiles[i]) * (x - i);
    return Math.floor(amount + 0.5);
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

const REACH = 8;

// Draws that have one factor in common, each as uniform as before.
class Correlation {
  constructor(rho) {
    this.common = Math.sqrt(rho);
    this.own = Math.sqrt(1 - rho);
    this.quantiles = new Float64Array(INTERVALS + 1);
    this.shares = new Float64Array(INTERVALS + 1);
    for (let i = 0; i <= INTERVALS; i += 1) {
      this.quantiles[i] = normalQuantile(Math.min(Math.max(i, 1), INTERVALS - 1) / INTERVALS);
      this.shares[i] = normalSurvival(-REACH * ((2 * i) / INTERVALS - 1));
    }
  }

  factor(u) {
    const x = u * INTERVALS;
    const i = Math.floor(x);
    if (i === 0 || i + 1 >= INTERVALS) return normalQuantile(Math.max(u, Number.MIN_VALUE));
    return this.quantiles[i] + (this.quantiles[i + 1] - this.quantiles[i]) * (x - i);
  }

  share(z, u) {
    const x = this.common * z + this.own * this.factor(u);
    const at = Math.min(Math.max(((x / REACH + 1) / 2) * INTERVALS, 0), INTERVALS - 1e-6);
    const i = Math.floor(at);
    const share = this.shares[i] + (this.shares[i + 1] - this.shares[i]) * (at - i);
    return Math.min(Math.max(share, 0), 1 - Number.EPSILON);
  }
}

// Completions: reasoning and visible apart, observed ones, or predicted ones of which a share is reasoning.
class Completions {
  constructor(of) {
    this.most = of.most ?? Infinity;
    this.isSplit = of.kind === "split";
    if (this.isSplit) [this.reasoning, this.visible] = [new Sampler(of.reasoning), new Sampler(of.visible)];
    else if (of.kind === "observed") this.rows = of.rows;
    else [this.total, this.share] = [new Sampler(of.total), of.share];
    this.isConstant = this.isSplit
      ? this.reasoning.isConstant && this.visible.isConstant
      : Boolean(this.rows) && this.rows.length === 1;
  }

  // [reasoning, completion, content]; Infinity has no end, null is not known.
  at(u, v) {
    if (this.isSplit) return this.split(this.reasoning.at(u), this.visible.at(v));
    if (this.rows) return this.observed(u);
    const completion = this.total.at(u);
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
