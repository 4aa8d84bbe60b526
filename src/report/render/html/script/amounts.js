// Amounts as people type them.

// An amount, an interval `200..4000`, or two quantiles `p50=4288,p95=11072`.
function readCurve(text) {
  const not = (why) => refuse(`\`${text}\` is not a distribution: ${why}`);
  const through = (p, low, q, high) => {
    if (!(0 < p && p < q && q < 1)) not("quantiles must ascend between p0 and p100");
    if (low > high) not(`${tokensText(high)} is below ${tokensText(low)}`);
    if (low === 0) not("a quantile of 0 has no lognormal; quantiles start at 1 token");
    if (low === high) return new Constant(low);
    const [x, y] = [Math.log(low), Math.log(high)];
    const [zp, zq] = [normalQuantile(p), normalQuantile(q)];
    const sigma = (y - x) / (zq - zp);
    return new Lognormal(x - sigma * zp, sigma);
  };
  const ends = text.split("..");
  if (ends.length === 2) return through(0.05, readTokens(ends[0]), 0.95, readTokens(ends[1]));
  if (!text.includes("=")) return new Constant(readTokens(text));
  const terms = text.split(",").map((term) => /^\s*p(\d+(?:\.\d+)?)\s*=(.*)$/.exec(term) ?? not("expected two quantiles"));
  if (terms.length !== 2) not("expected two quantiles");
  const [[, p, low], [, q, high]] = terms;
  return through(Number(p) / 100, readTokens(low), Number(q) / 100, readTokens(high));
}
