// Numbers as the program writes and reads them. Money is whole picodollars in a BigInt, as it is there.

const PICO = 10n ** 12n;

// The decimals of `x` as Rust writes them: to the nearest, and to the even digit when two are equally near.
// `toFixed` is exact but takes the larger of the two; a double has an end, so that a tie can be seen.
function fixed(x, digits) {
  const text = x.toFixed(digits);
  const [whole, rest = ""] = x.toFixed(100).split(".");
  if (!/^50*$/.test(rest.slice(digits))) return text;
  const kept = whole + rest.slice(0, digits);
  return Number(kept.at(-1)) % 2 ? text : digits ? `${whole}.${rest.slice(0, digits)}` : whole;
}

function group(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function tokensText(n) {
  return group(n.toString());
}

// From $100 on in cents, below that with up to six decimals; a smaller amount keeps its first two digits.
function moneyText(amount) {
  const magnitude = amount < 0n ? -amount : amount;
  let decimals = magnitude >= PICO / 100n ? 2 : 3;
  while (decimals > 2 && decimals < 12 && magnitude > 0n && magnitude < 10n * 10n ** BigInt(12 - decimals)) decimals += 1;
  const unit = 10n ** BigInt(12 - decimals);
  const rounded = (magnitude + unit / 2n) / unit;
  const scale = 10n ** BigInt(decimals);
  const fraction = (rounded % scale).toString().padStart(decimals, "0");
  const kept = Math.max(fraction.replace(/0+$/, "").length, 2);
  return `${amount < 0n ? "-" : ""}$${group((rounded / scale).toString())}.${fraction.slice(0, kept)}`;
}

const dollars = (amount) => Number(amount) / 1e12;

const withoutZero = (text) => text.replace(/\.0$/, "");

function shareText(p) {
  const percent = p * 100;
  if (p <= 0) return "0 %";
  if (p >= 1) return "100 %";
  if (percent < 0.01) return "< 0.01 %";
  if (percent > 99.9) return "> 99.9 %";
  return percent < 1 ? `${fixed(percent, 2)} %` : `${withoutZero(fixed(percent, 1))} %`;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

function secondsText(seconds) {
  const two = (large, largeName, small, smallName) => {
    const all = Math.round(seconds / small);
    const per = large / small;
    const [first, second] = [Math.floor(all / per), all % per];
    return second === 0 ? `${first} ${largeName}` : `${first} ${largeName} ${second} ${smallName}`;
  };
  if (seconds < 10) return `${fixed(seconds, 1)} s`;
  if (seconds < 99.5) return `${fixed(seconds, 0)} s`;
  if (seconds < HOUR - 0.5) return two(MINUTE, "min", 1, "s");
  if (seconds < 2 * DAY) return two(HOUR, "h", MINUTE, "min");
  if (seconds < 21 * DAY) return two(DAY, "d", HOUR, "h");
  return `${fixed(seconds / (7 * DAY), 1)} weeks`;
}

// What the program refuses, in its words.
class Refusal extends Error {}

const refuse = (message) => {
  throw new Refusal(message);
};

// What the page leaves to the program.
class Deferral extends Refusal {}

const defer = (message) => {
  throw new Deferral(message);
};

// A decimal of `10^-scale` units: digits with `_` or `,` between them, and one point.
function decimal(text, scale) {
  const match = /^(-?)(\d(?:[\d_,]*\d)?)(?:\.(\d+))?$/.exec(text);
  const fraction = (match?.[3] ?? "").replace(/0+$/, "");
  if (!match || fraction.length > scale) return null;
  const value = BigInt(match[2].replace(/[_,]/g, "") + fraction.padEnd(scale, "0"));
  return match[1] ? -value : value;
}

const LIMIT = 10n ** 12n;

// `400`, `128k`, `1.5m`, `128,000`.
function readTokens(text) {
  const trimmed = text.trim();
  const scale = { k: 3, m: 6 }[trimmed.slice(-1).toLowerCase()] ?? 0;
  const value = decimal(scale ? trimmed.slice(0, -1) : trimmed, scale);
  if (value === null) refuse(`\`${text}\` is not a whole number of tokens`);
  if (value < 0n) refuse(`\`${text}\` is negative`);
  if (value > LIMIT) refuse(`\`${text}\` is more than ${tokensText(LIMIT)} tokens`);
  return Number(value);
}

function readCalls(text) {
  const not = (why) => refuse(`\`${text}\` is not a number of calls: ${why}`);
  let calls = 0;
  try {
    calls = readTokens(text);
  } catch (error) {
    not(error.message);
  }
  return calls === 0 ? not("there must be at least one") : calls;
}

// An amount, or a share of the prompt: what of a prompt of `n` tokens is cached.
function readCached(text) {
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (share && Number(share[1]) <= 100) return (n) => Math.floor(n * (Number(share[1]) / 100));
  try {
    const tokens = readTokens(text);
    return () => tokens;
  } catch {
    return refuse(`\`${text}\` is not a part of a prompt`);
  }
}
