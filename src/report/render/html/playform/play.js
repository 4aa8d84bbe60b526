// A conversation, request by request, in many runs side by side: what the program simulates, step by step.

const [PER_QUESTION, PER_ANSWER, ANSWER] = data.framing;
const MOST_RETRIES = 5;
const MOST_CALLS = 1000;
// So many requests of all runs are played on a page.
const MOST_REQUESTS = 2_000_000;
// Picodollars are whole in a number up to here.
const MOST_MONEY = 9e15;

const kept = (cache, prefix) => (prefix >= cache.min ? prefix - (prefix % Math.max(cache.step, 1)) : 0);

class Run {
  constructor(rules, factors) {
    Object.assign(this, { factors, cost: 0, requests: 0, done: 0, steps: 0, tokens: 0, turnCost: 0, turnCompletion: 0 });
    this.turns = [...rules.past];
    this.history = rules.past.reduce((sum, tokens) => sum + tokens, 0);
    Object.assign(this, { dropped: false, shared: 0, age: 0, kept: true, over: false, goesOn: false });
    Object.assign(this, { truncated: false, empty: false, overflowed: false, stopped: false, sent: null, played: null });
    this.open(0);
  }

  // The turn that is being played.
  open(user) {
    this.user = user;
    this.called = 0;
    this.reasoning = 0;
    this.beforeReasoning = null;
  }

  begin(rules, user, gap) {
    const { cache } = rules;
    this.kept = false;
    if (cache) {
      this.age += gap;
      this.kept = this.age <= cache.lifetime;
      if (!this.kept || cache.refreshed) this.age = 0;
    }
    this.open(user + PER_QUESTION);
  }

  prompt(rules) {
    return ANSWER + rules.base + this.history + this.user + this.called + this.reasoning;
  }

  bill(rules, rates, prompt, shared, reusable, completion) {
    const { cache } = rules;
    const cached = cache && this.kept ? kept(cache, shared) : 0;
    const write = cache?.write === "usual" ? rates.write : cache?.write === "extended" ? rates.extended : null;
    const written = write === null ? 0 : Math.max(kept(cache, reusable) - cached, 0);
    const uncached = prompt - cached - written;
    return uncached * rates.input + cached * rates.cached + written * (write ?? 0) + completion * rates.output;
  }

  // Applies the history policy before a request; what a summary costs.
  shorten(rules) {
    const wanted = Math.max(rules.reserve, rules.cap ?? 1);
    const tooLong = (prompt) => prompt + wanted > rules.window || (rules.inputLimit !== null && prompt > rules.inputLimit);
    const { kind, amount } = rules.history;
    if (kind === "window") while (this.turns.length > amount) this.dropOldest();
    if (kind === "drop-oldest") while (tooLong(this.prompt(rules)) && this.turns.length > 0) this.dropOldest();
    if (kind === "summarize" && tooLong(this.prompt(rules))) return this.summarize(rules, amount);
    return 0;
  }

  dropOldest() {
    this.history -= this.turns.shift();
    this.dropped = true;
  }

  summarize(rules, summary) {
    const stays = summary + PER_QUESTION;
    const steps = this.called + this.reasoning;
    const prompt = ANSWER + rules.base + this.history + (steps > 0 ? this.user : 0) + steps;
    const rates = ratesOf(rules, prompt);
    if (!rates || this.history + steps <= stays || roomOf(rules, prompt) < summary) return 0;
    const cost = this.bill(rules, rates, prompt, Math.min(this.shared, prompt), prompt - ANSWER, summary);
    this.history = stays;
    this.open(this.user);
    this.dropped = true;
    this.kept = true;
    return cost;
  }

  // Sends the next request of the turn; `calls` is what the step calls if it finishes, null in the one with the answer.
  step(rules, calls, draw) {
    let cost = this.shorten(rules);
    const prompt = this.prompt(rules);
    const room = roomOf(rules, prompt);
    const shared = Math.min(this.dropped ? Math.min(rules.base, this.shared) : this.shared, prompt);
    const sent = { prompt, resent: shared, room, cap: capAt(rules, room), completion: 0, cost, end: "overflow", wasEmpty: false };
    sent.cached = rules.cache && this.kept ? kept(rules.cache, shared) : 0;
    const rates = ratesOf(rules, prompt);
    if (!rates || room <= 0 || sent.cap > room) {
      this.over = true;
      return sent;
    }
    const reusable = prompt - ANSWER;
    const called = calls ? calls.tokens : 0;
    let found = shared;
    for (let tries = 1; ; tries += 1) {
      const [reasoning, drawn, content] = draw();
      const completion = drawn + called;
      const billed = Math.min(completion, sent.cap);
      cost += this.bill(rules, rates, prompt, found, reusable, billed);
      sent.cost = cost;
      sent.completion += billed;
      if (completion <= sent.cap) {
        this.take(rules, prompt, content + called, reasoning ?? 0, calls);
        sent.end = calls ? "called" : "finished";
        return sent;
      }
      if (reasoning !== null && reasoning < sent.cap) {
        sent.end = "partial";
        this.take(rules, prompt, Math.min(content + called, sent.cap - reasoning), reasoning, null);
        return sent;
      }
      sent.end = "empty";
      sent.wasEmpty = true;
      found = reusable;
      this.kept = true;
      if (rules.onLength === "retry" && tries <= MOST_RETRIES) continue;
      if (rules.onLength === "double" && sent.cap < room) {
        sent.cap = Math.min(sent.cap * 2, room);
        continue;
      }
      if (rules.onLength === "continue") {
        this.wasSent(prompt);
        this.close(rules);
      } else {
        this.over = true;
      }
      return sent;
    }
  }

  wasSent(prompt) {
    this.shared = prompt - ANSWER;
    this.dropped = false;
    this.kept = true;
  }

  take(rules, prompt, visible, reasoning, calls) {
    this.wasSent(prompt);
    this.called += PER_ANSWER + visible;
    if (rules.retention === "all" || (rules.retention === "in-turn" && calls)) {
      if (reasoning > 0) this.beforeReasoning ??= this.shared;
      this.reasoning += reasoning;
    }
    if (calls) this.called += calls.results + calls.count * PER_QUESTION;
    else this.close(rules);
  }

  // Ends the turn: what stays of it joins the history.
  close(rules) {
    let { reasoning } = this;
    if (rules.retention !== "all" && reasoning > 0) {
      this.shared = Math.min(this.shared, this.beforeReasoning ?? this.shared);
      reasoning = 0;
    }
    const tokens = this.user + this.called + reasoning;
    if (rules.history.kind === "drop-oldest" || rules.history.kind === "window") this.turns.push(tokens);
    this.history += tokens;
    this.open(0);
  }

  // Takes what a step came to; whether its turn goes on.
  add(rules, sent) {
    this.cost += sent.cost;
    if (this.cost > MOST_MONEY) refuse("a conversation is too dear for this page; the command line answers");
    this.requests += sent.end === "overflow" ? 0 : 1;
    this.truncated ||= sent.wasEmpty || sent.end === "partial";
    this.empty ||= sent.wasEmpty;
    this.overflowed ||= sent.end === "overflow";
    this.done += 1;
    this.tokens += sent.prompt + sent.completion;
    this.turnCost += sent.cost;
    this.turnCompletion += sent.completion;
    this.wasEmpty ||= sent.wasEmpty;
    this.last = sent;
    this.goesOn = sent.end === "called";
    const { usd, tokens, steps } = rules.budget;
    if (this.goesOn && (this.turnCost >= usd || this.tokens >= tokens || this.done >= steps)) {
      this.goesOn = false;
      this.stopped = true;
      this.close(rules);
    }
  }
}

function roomOf({ inputLimit, outputCap, window }, prompt) {
  if (inputLimit !== null && prompt > inputLimit) return 0;
  return Math.min(outputCap, Math.max(window - prompt, 0));
}

function capAt(rules, room) {
  if (rules.cap !== null) return rules.cap;
  return Math.min(Math.max(rules.capForRisk ?? Infinity, rules.reserve, 1), room);
}

// The row of the price list that a prompt pays; null beyond the prompts that it is known for.
function ratesOf({ rates }, prompt) {
  let found = null;
  for (const row of rates) if (row.over === null || prompt > row.over) found = row;
  return found && (found.upTo === null || prompt <= found.upTo) ? found : null;
}

class Conversation {
  constructor(rules, script) {
    Object.assign(this, { rules, script });
    const sampler = (dist) => new Sampler(dist);
    this.user = sampler(script.user);
    this.gap = sampler(script.gap);
    const alike = script.rho > 0 ? new Correlation(script.rho) : null;
    this.completion = new Completions(script.completion, alike);
    const { steps } = rules;
    this.count = steps?.count ? sampler(steps.count) : null;
    if (steps) [this.calls, this.call, this.result] = [steps.calls, steps.call, steps.result].map(sampler);
    const parts = steps ? [this.calls, this.call, this.result, ...(this.count ? [this.count] : [])] : [];
    this.exact =
      this.completion.isConstant &&
      (this.user.isConstant || script.known.length >= script.turns) &&
      (this.gap.isConstant || script.turns === 1) &&
      parts.every(({ isConstant }) => isConstant);
    this.streams = new Streams(script.seed);
    this.alike = this.exact ? null : alike;
    const n = this.exact ? 1 : script.runs;
    this.runs = Array.from({ length: n }, (_, number) => new Run(rules, this.factors(number)));
  }

  factors(number) {
    const stream = this.streams.of(number, 0, [0, 0]);
    const scores = [0, 1].map(() => {
      const u = stream.uniform();
      return this.alike ? this.alike.factor(u) : 0;
    });
    return this.completion.factors(scores);
  }

  // What a step calls; the count, then the tokens of every call and of every result.
  drawCalls(stream) {
    const count = Math.min(Math.max(this.calls.at(stream.uniform()), 1), MOST_CALLS);
    const sum = (sampler) => {
      let all = 0;
      for (let i = 0; i < count; i += 1) all += sampler.at(stream.uniform());
      return all;
    };
    const tokens = sum(this.call);
    return { count, tokens, results: sum(this.result) };
  }

  begin(run, number, turn, drawn) {
    Object.assign(run, { goesOn: false, done: 0, tokens: 0, turnCost: 0, turnCompletion: 0, wasEmpty: false, last: null });
    const user = this.script.known[turn - 1] ?? this.user.at(drawn) + this.script.media;
    const beside = this.streams.of(number, turn, BESIDE);
    const gap = turn === 1 ? 0 : this.gap.at(beside.uniform()) / 1000;
    run.begin(this.rules, user, gap);
    run.steps = !this.rules.steps ? 1 : this.count ? Math.max(this.count.at(beside.uniform()), 1) : Infinity;
  }

  play(run, number, turn, step) {
    run.sent = null;
    if (step === 1) run.last = null;
    if (run.over || (step > 1 && !run.goesOn)) {
      if (step === 1) run.goesOn = false;
      return;
    }
    const stream = this.streams.of(number, turn, this.streams.salt(step));
    if (step === 1) this.begin(run, number, turn, stream.uniform());
    const drawn = this.rules.steps ? this.drawCalls(stream) : null;
    const calls = drawn && run.done + 1 < run.steps ? drawn : null;
    const { alike, completion } = this;
    run.sent = run.step(this.rules, calls, () => {
      const [u, v] = [stream.uniform(), stream.uniform()];
      return alike ? completion.beside(alike, run.factors, [u, v]) : completion.at(u, v);
    });
    run.add(this.rules, run.sent);
  }

  simulate() {
    const { rules, script, runs } = this;
    const all = { turns: [], steps: [], prompt: 0, resent: 0, cached: 0, requests: 0, firstBelow: null, firstOverflow: null };
    for (let turn = 1; turn <= script.turns; turn += 1) {
      let step = 0;
      do {
        step += 1;
        runs.forEach((run, number) => this.play(run, number, turn, step));
        this.addUp(all);
        if (rules.steps && all.steps.length < 1000) {
          const played = runs.filter(({ sent }) => sent);
          if (played.length) all.steps.push({ turn, step, ...this.summary(played, ({ sent }) => sent, ({ sent }) => sent) });
        }
        if (turn === 1 && step === 1) checkBudget(runs);
        if (all.requests > MOST_REQUESTS || step >= 10_000) refuse("these are more requests than a page plays; the command line answers");
      } while (runs.some(({ goesOn }) => goesOn));
      const played = runs.filter(({ last }) => last);
      if (played.length === 0) break;
      const whole = (run) => ({ completion: run.turnCompletion, cost: run.turnCost });
      const summary = { turn, ...this.summary(played, ({ last }) => last, whole) };
      if (turn === 1 && step === 1 && played.every(({ last }) => last.end === "overflow")) overflowAtOnce(rules, summary);
      summary.lengthRisk = played.filter((run) => run.wasEmpty || run.last.end === "partial").length / played.length;
      if (rules.reasons && summary.room < rules.reserveOfPolicy) all.firstBelow ??= turn;
      if (runs.some(({ last }) => last?.end === "overflow")) all.firstOverflow ??= turn;
      all.turns.push(summary);
    }
    return { ...all, exact: this.exact, ...this.whole(all) };
  }

  addUp(all) {
    for (const { sent } of this.runs) {
      if (!sent) continue;
      all.requests += 1;
      if (sent.end === "overflow") continue;
      all.prompt += sent.prompt;
      all.resent += sent.resent;
      all.cached += sent.cached;
    }
  }

  summary(played, last, whole) {
    const n = this.runs.length;
    const share = (of) => this.runs.filter(of).length / n;
    return {
      reached: played.length / n,
      prompt: median(played, (run) => last(run).prompt),
      cached: median(played, (run) => last(run).cached),
      room: median(played, (run) => last(run).room),
      completion: median(played, (run) => whole(run).completion),
      cost: meanMoney(played.map((run) => whole(run).cost)),
      soFar: meanMoney(this.runs.map(({ cost }) => cost)),
      windowFull: share(({ overflowed }) => overflowed),
      budgetHit: share(({ stopped }) => stopped),
    };
  }

  whole(all) {
    const { runs } = this;
    const share = (of) => runs.filter(of).length / runs.length;
    const costs = Float64Array.from(runs, ({ cost }) => cost).sort();
    const requests = Float64Array.from(runs, (run) => run.requests).sort();
    const at = (sorted, percent) => sorted[placeOf(percent, sorted.length)];
    const part = (some) => clamp(some / Math.max(all.prompt, 1));
    return {
      total: {
        mean: meanMoney(costs),
        p5: BigInt(at(costs, 5)),
        p50: BigInt(at(costs, 50)),
        p95: BigInt(at(costs, 95)),
        most: BigInt(costs[costs.length - 1]),
      },
      requestsOf: { mean: meanTokens(requests), p5: at(requests, 5), p95: at(requests, 95) },
      resentShare: part(all.resent),
      cachedShare: part(all.cached),
      budgetHit: share(({ stopped }) => stopped),
      windowFull: share(({ overflowed }) => overflowed),
      truncated: share(({ truncated }) => truncated),
      empty: share(({ empty }) => empty),
    };
  }
}

const placeOf = (percent, n) => Math.max(Math.ceil((n * percent) / 100), 1) - 1;

function median(runs, of) {
  const sorted = Float64Array.from(runs, of).sort();
  return sorted[placeOf(50, sorted.length)];
}

// The mean, rounded half up. A sum of thousands of whole numbers may be beyond what a number holds.
function meanMoney(values) {
  let [low, high] = [0, 0n];
  for (const value of values) {
    low += value;
    if (low > 4e15) {
      high += BigInt(low);
      low = 0;
    }
  }
  const n = BigInt(values.length);
  return (2n * (high + BigInt(low)) + n) / (2n * n);
}

const meanTokens = (values) => Math.floor((2 * values.reduce((sum, value) => sum + value, 0) + values.length) / (2 * values.length));

function checkBudget(runs) {
  if (!runs.some(({ stopped }) => stopped) || runs.some(({ goesOn }) => goesOn)) return;
  const sorted = (of) => Float64Array.from(runs, of).sort();
  const middle = (values) => values[placeOf(50, values.length)];
  const cost = plainMoney(BigInt(middle(sorted((run) => run.cost))));
  const tokens = tokensText(middle(sorted((run) => run.tokens)));
  refuse(`the budget does not go beyond the first step, which costs $${cost} and takes ${tokens} tokens`);
}

function plainMoney(amount) {
  const text = amount.toString().padStart(13, "0");
  return `${text.slice(0, -12)}.${text.slice(-12)}`.replace(/\.?0+$/, "");
}

function overflowAtOnce(rules, { prompt, room }) {
  const { inputLimit: most } = rules;
  const first = `the first prompt of ${tokensText(prompt)} tokens`;
  if (most !== null && prompt > most) refuse(`${first} is over the limit of prompts, ${tokensText(most)}`);
  if (rules.cap !== null && room > 0) refuse(`${first} leaves ${tokensText(room)}, less than the cap of ${tokensText(rules.cap)}`);
  refuse(`${first} leaves no room in the window of ${tokensText(rules.window)}`);
}
