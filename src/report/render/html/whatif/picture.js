// The pictures of a comparison, in the shapes, sizes and words of the program's own.

const SIZES = {
  wide: { width: 800, height: 300, across: 5, below: 12, bars: 6 },
  narrow: { width: 360, height: 260, across: 4, below: 6, bars: 3 },
};
const CHARACTER = 7.4;
const LINE = 16;
const BAR = 14;
const GAP = 6;
// Lines of so many models are told apart.
const LINES = 4;

const widthOf = (text) => [...text].length * CHARACTER;
const at1 = (value) => withoutZero(fixed(value, 1));

// The namespace of SVG, from the parser: the page names no address, not even this one.
const NAMESPACE = (() => {
  const box = document.createElement("div");
  box.innerHTML = "<svg>";
  return box.firstChild.namespaceURI;
})();

function shape(name, attributes, text) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

const path = (kind, d) => shape("path", { class: kind, d });
const lineOf = (kind, x1, y1, x2, y2) => path(kind, `M${at1(x1)} ${at1(y1)}L${at1(x2)} ${at1(y2)}`);
const words = (kind, x, y, text) => shape("text", { class: kind, x: at1(x), y: at1(y) }, text);

// Axes: round values within the ends, and what stands there.
function roundStep(least, whole) {
  const wanted = Math.max(least, whole ? 1 : 1e-12);
  const power = Number(`1e${Math.floor(Math.log10(wanted))}`);
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= wanted * (1 - 1e-9)) ?? 10 * power;
}

const roundedTo = (to, most) => {
  const step = roundStep(to / most, false);
  return Math.max(Math.ceil(to / step - 1e-9), 1) * step;
};

function short(value) {
  const [amount, suffix] =
    value >= 1e9 ? [value / 1e9, "bn"] : value >= 1e6 ? [value / 1e6, "m"] : value >= 1e3 ? [value / 1e3, "k"] : [value, ""];
  return fixed(amount, 2).replace(/\.?0+$/, "") + suffix;
}

function decimalsOf(step) {
  let amount = step;
  let n = 0;
  for (; n < 12 && Math.abs(amount - Math.round(amount)) >= 1e-6; n += 1) amount *= 10;
  return n;
}

function dollarsAt(value, step) {
  if (value >= 10000) return `$${short(value)}`;
  const decimals = decimalsOf(step);
  return `$${fixed(value, decimals === 0 ? 0 : Math.max(decimals, 2))}`;
}

function ticks(to, most, whole) {
  const step = roundStep(to / Math.max(most, 1), whole);
  const count = Math.max(Math.floor(to / step + 1e-9), 0);
  const found = [];
  for (let i = 0; i <= Math.min(most, count); i += 1) {
    const at = i * step;
    found.push({ at, label: whole ? short(at) : dollarsAt(at, step) });
  }
  return found;
}

const shareOf = (value, to) => Math.min(Math.max(value / to, 0), 1);

function drawBars(rows, size) {
  const { width, bars: most } = SIZES[size];
  const all = rows.groups.flatMap(({ bars }) => bars);
  const right = width - Math.max(0, ...all.map(({ value }) => widthOf(value))) - 14;
  const at = (value) => shareOf(value, rows.most) * right;
  const items = [];
  let marks = 0;
  let from = 0;
  if (rows.mark) {
    const [point, long] = [at(rows.mark.at), widthOf(rows.mark.label)];
    from = point + 5 + long <= width ? point + 5 : Math.max(point - 5 - long, 0);
    marks = 1;
  }
  const top = 4 + marks * LINE;
  const bottom = top + rows.groups.reduce((sum, { bars }) => sum + LINE + 4 + bars.length * (BAR + GAP) + GAP, 0);
  for (const tick of ticks(rows.most, most, false)) {
    const x = at(tick.at);
    items.push(lineOf("grid", x, top, x, bottom));
    items.push(words(x < widthOf(tick.label) / 2 ? "tick start" : "tick middle", x, bottom + 16, tick.label));
  }
  items.push(words("name end", width, bottom + 34, "US dollars"));
  if (rows.mark) {
    const x = at(rows.mark.at);
    items.push(lineOf("mark plain", x, 2, x, bottom));
    items.push(words("label start plain", from, 12, rows.mark.label));
  }
  let y = top;
  for (const { name, bars } of rows.groups) {
    items.push(words("label start strong", 0, y + 14, cutName(name, width)));
    y += LINE + 4;
    for (const bar of bars) {
      items.push(...drawBar(bar, y, at));
      y += BAR + GAP;
    }
    y += GAP;
  }
  return { width, height: bottom + 40, items };
}

function drawBar({ to, color, says, range, value }, y, at) {
  const end = at(to);
  const items = [];
  if (to > 0) {
    const size = { x: "0", y: at1(y), width: at1(Math.max(end, 1)), height: at1(BAR) };
    const bar = shape("rect", { class: `col s${color}`, ...size });
    bar.append(shape("title", {}, says));
    items.push(bar);
  }
  let right = end;
  if (range) {
    const [low, high, middle] = [at(range[0]), at(range[1]), y + BAR / 2];
    const caps = [low, high].map((x) => `M${at1(x)} ${at1(y + 3)}V${at1(y + BAR - 3)}`).join("");
    items.push(path("range", `M${at1(low)} ${at1(middle)}H${at1(high)}${caps}`));
    right = Math.max(right, high);
  }
  items.push(words("label start", right + 6, y + BAR - 3, value));
  return items;
}

function cutName(name, width) {
  const fits = (count) => count * CHARACTER * 1.1 <= width;
  const letters = [...name];
  return fits(letters.length) ? name : letters.filter((_, i) => fits(i + 2)).join("") + "…";
}

// Lines through dots over completion tokens, and a mark across.
function drawLines(plot, size) {
  const { width, height, across, below } = SIZES[size];
  const high = roundedTo(plot.high, across);
  const left = Math.max(0, ...ticks(high, across, false).map(({ label }) => widthOf(label))) + 8;
  const [right, top, bottom] = [width - 12, 24, height - 40];
  const atX = (value) => left + shareOf(value, plot.wide) * (right - left);
  const atY = (value) => bottom - shareOf(value, high) * (bottom - top);
  const items = [];
  for (const { at, label } of ticks(high, across, false)) {
    items.push(lineOf("grid", left, atY(at), right, atY(at)), words("tick end", left - 6, atY(at) + 4, label));
  }
  items.push(lineOf("axis", left, bottom, right, bottom));
  for (const { at, label, x, kind } of ticksBelow(plot.wide, below, atX, width)) {
    items.push(words(kind, x, bottom + 16, label), lineOf("axis", atX(at), bottom, atX(at), bottom + 4));
  }
  items.push(words("name start", 0, 12, "cost of a call"), words("name end", right, bottom + 34, "completion tokens"));
  for (const { color, points } of plot.lines) {
    items.push(path(`line s${color}`, `M${points.map(([x, y]) => `${at1(atX(x))} ${at1(atY(y))}`).join("L")}`));
  }
  const place = placing({ left, width, top, bottom });
  const y = atY(plot.mark.at);
  place.take({ left, right, top: y - 1, bottom: y + 1 });
  items.push(lineOf("mark plain", left, y, right, y));
  const [start, end] = [left + 6, right - 2 - widthOf(plot.mark.label)];
  const places = [[end, y - 5], [end, y + 14], [start, y - 5], [start, y + 14]];
  const crossed = (spot) => plot.lines.some(({ points }) => crosses(points.map(([x, y]) => [atX(x), atY(y)]), areaOf(plot.mark.label, spot)));
  places.sort((a, b) => crossed(a) - crossed(b));
  const spot = place(plot.mark.label, places);
  if (spot) items.push(words("label start plain", ...spot, plot.mark.label));
  for (const dot of plot.dots) items.push(...drawDot(dot, atX(dot.x), atY(dot.y), place));
  return { width, height: bottom + 40, items };
}

function drawDot({ color, label }, x, y, place) {
  const circle = shape("circle", { class: `dot s${color}`, cx: at1(x), cy: at1(y), r: "4.5" });
  if (label) circle.append(shape("title", {}, label));
  place.take({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 });
  const far = x - 8 - widthOf(label);
  const spot = place(label, [[x + 8, y + 4], [far, y + 4], [x + 8, y - 8], [far, y - 8], [x + 8, y + 18], [far, y + 18]]);
  return spot ? [circle, words("label start", ...spot, label)] : [circle];
}

// As many ticks as stand beside each other.
function ticksBelow(to, most, atX, width) {
  for (let n = most; n >= 1; n -= 1) {
    const placed = ticks(to, n, true).map((tick) => {
      const [at, half] = [atX(tick.at), widthOf(tick.label) / 2];
      if (at - half < 0) return { ...tick, from: 0, until: 2 * half, x: 0, kind: "tick start" };
      if (at + half > width) return { ...tick, from: width - 2 * half, until: width, x: width, kind: "tick end" };
      return { ...tick, from: at - half, until: at + half, x: at, kind: "tick middle" };
    });
    const apart = placed.every(({ from }, i) => placed.slice(0, i).every(({ until }) => until + 12 <= from));
    if (n === 1 || apart) return placed;
  }
  return [];
}

// What a text covers.
function areaOf(text, [x, y]) {
  return { left: x, right: x + widthOf(text), top: y - 11, bottom: y + 3 };
}

// Whether a line through these points goes through an area.
function crosses(points, area) {
  return points.slice(1).some(([x1, y1], i) => {
    const [x0, y0] = points[i];
    const at = (x) => y0 + (y1 - y0) * Math.min(1, Math.max(0, (x - x0) / (x1 - x0)));
    const [enters, leaves] = [at(area.left), at(area.right)];
    return (
      x0 < area.right &&
      area.left < x1 &&
      Math.min(enters, leaves) < area.bottom &&
      area.top < Math.max(enters, leaves)
    );
  });
}

// Finds the first of several places for a text that covers nothing that is taken.
function placing(frame) {
  const taken = [];
  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const find = (text, places) => {
    const spot = places.find((each) => {
      const own = areaOf(text, each);
      return (
        own.left >= frame.left &&
        own.right <= frame.width &&
        own.top >= frame.top - 4 &&
        own.bottom <= frame.bottom &&
        !taken.some((other) => overlap(own, other))
      );
    });
    if (spot) taken.push(areaOf(text, spot));
    return spot;
  };
  find.take = (area) => taken.push(area);
  return find;
}

const shownCost = ({ costs }) => costs.expected ?? costs.worst;

const marked = ({ model, gone }) => (gone ? `${model.id} (shut down)` : model.id);
const bySize = (of) => (a, b) => (of(a.offer) < of(b.offer) ? -1 : of(a.offer) > of(b.offer) ? 1 : 0);

// So many models are drawn, the cheapest; the figures have them all.
const DRAWN = 20;
const ofMany = ({ length }) => (length > DRAWN ? ` The ${DRAWN} cheapest of ${length} are drawn.` : "");

// What all calls cost with every model, the cheapest first.
function allPicture(able, ask) {
  if (ask.calls <= 1) return null;
  const volume = volumeText(ask.calls, ask.period);
  const sorted = [...able].sort(bySize(({ all }) => all));
  const bar = ({ all }) => ({ to: dollars(all), color: 1, says: `${volume}: ${moneyText(all)}`, range: null, value: moneyText(all) });
  const drawn = sorted.slice(0, DRAWN);
  const groups = drawn.map((each) => ({ name: marked(each), bars: [bar(each.offer)] }));
  const most = Math.max(...drawn.map(({ offer }) => dollars(offer.all)));
  const cheapest = sorted.find(({ gone }) => !gone);
  const calls = `${tokensText(ask.calls)} calls${ask.period ? ` a ${ask.period}` : ""}`;
  return {
    title: `Cost of ${calls}`,
    summary: cheapest ? `${cheapest.model.id} is the cheapest, with ${moneyText(cheapest.offer.all)}.${ofMany(able)}` : "",
    legend: [],
    draw: (size) => drawBars({ groups, mark: null, most: most > 0 ? most : 1 }, size),
    head: ["model", volume],
    rows: sorted.map((each) => [marked(each), moneyText(each.offer.all)]),
  };
}

// What a call costs, and a usable answer, with every model.
function costPicture(able) {
  let most = 0;
  const isSeen = (offer) => offer.perUsable !== null && offer.perUsable * 100n > shownCost(offer) * 105n;
  const dearer = (offer) => (isSeen(offer) ? offer.perUsable : null);
  const sorted = [...able].sort(bySize(shownCost));
  const groups = sorted.slice(0, DRAWN).map((each) => {
    const { offer } = each;
    const { costs } = offer;
    const usable = dearer(offer);
    const shown = shownCost(offer);
    const value = costs.expected === null ? `at most ${moneyText(costs.worst)}` : moneyText(costs.expected);
    const range = costs.p5 !== null && costs.p5 < costs.p95 ? [dollars(costs.p5), dollars(costs.p95)] : null;
    const bars = [{ to: dollars(shown), color: 1, says: `a call: ${value}`, range, value }];
    most = Math.max(most, dollars(costs.p95 !== null && costs.p95 > shown ? costs.p95 : shown));
    if (usable !== null) {
      const text = moneyText(usable);
      bars.push({ to: dollars(usable), color: 3, says: `per usable answer: ${text}`, range: null, value: text });
      most = Math.max(most, dollars(usable));
    }
    return { name: marked(each), bars };
  });
  const legend = [["col", 1, "a call, with p5 to p95"]];
  if (able.some(({ offer }) => dearer(offer) !== null)) legend.push(["col", 3, "per usable answer"]);
  const cheapest = sorted.find(({ gone }) => !gone);
  const money = (amount) => (amount === null ? "" : moneyText(amount));
  const [first] = able;
  const mark = able.length > 1 && dollars(shownCost(first.offer)) <= most ? { at: dollars(shownCost(first.offer)), label: `as much as ${first.model.id}` } : null;
  return {
    title: "Cost of a call",
    summary: cheapest ? `${cheapest.model.id} is the cheapest, with ${moneyText(shownCost(cheapest.offer))} a call.${ofMany(able)}` : "",
    legend,
    draw: (size) => drawBars({ groups, mark, most: most > 0 ? most : 1 }, size),
    head: ["model", "expected", "p5", "p95", "worst case", "per usable answer"],
    rows: sorted.map(({ model, offer: { costs, perUsable: usable } }) => [
      model.id,
      ...[costs.expected, costs.p5, costs.p95, costs.worst, usable].map(money),
    ]),
  };
}

// The cost by completion tokens, and how many make each model as dear as the first.
function evenPicture(able) {
  if (able[0].offer.completion.expected === undefined) return null;
  const known = able.filter(({ offer }) => offer.completion.expected !== undefined).slice(0, LINES);
  if (known.length < 2) return null;
  const reference = known[0].offer.cost;
  // Among several dots a label would be read as that of another; the legend has them all.
  const label = (text) => (known.length === 2 ? text : "");
  const lines = [];
  const dots = [];
  const told = [];
  const rows = [];
  let [wide, high] = [0, dollars(reference)];
  known.forEach(({ model, offer }, i) => {
    const tokens = Number(offer.completion.expected);
    const even = offer.breakEven === null ? null : offer.breakEven * tokens;
    const points = [[0, dollars(offer.prompts)], [tokens, dollars(offer.cost)]];
    if (even !== null) points.push([even, dollars(reference)]);
    points.sort(([a], [b]) => a - b);
    wide = Math.max(wide, ...points.map(([x]) => x));
    high = Math.max(high, dollars(offer.cost));
    lines.push({ color: i + 1, name: model.id, points });
    dots.push({ color: i + 1, x: tokens, y: dollars(offer.cost), label: label(model.id) });
    const whole = even === null ? null : wholeTokens(even);
    if (whole !== null) {
      dots.push({ color: i + 1, x: whole, y: dollars(reference), label: label(`break-even ${tokensText(whole)}`) });
      told.push(`${model.id} at ${tokensText(whole)} tokens`);
    }
    const times = offer.breakEven === null ? "" : `${fixed(offer.breakEven, 2)} ×`;
    const at = whole === null ? "" : tokensText(whole);
    rows.push([model.id, moneyText(offer.prompts), tokensText(tokens), moneyText(offer.cost), times, at]);
  });
  const first = known[0].model.id;
  const mark = { at: dollars(reference), label: `${first}: ${moneyText(reference)}` };
  const even = told.length
    ? `As dear as ${first} with its expected completion: ${told.join("; ")}.`
    : `No other model costs as much as ${first} with any number of tokens.`;
  const only = able.length > known.length ? ` Of ${able.length} models the first ${known.length} are drawn.` : "";
  return {
    title: "Break-even",
    summary: `Dots are the expected completions. ${even}${only}`,
    legend: lines.map(({ color, name }) => ["line", color, name]),
    draw: (size) => drawLines({ lines, dots, mark, wide: wide > 0 ? wide * 1.05 : 1, high: high > 0 ? high : 1 }, size),
    head: ["model", "prompt alone", "completion", "expected", "break-even tokens", "at completion"],
    rows,
  };
}
