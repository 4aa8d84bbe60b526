// Whatever the form of a conversation is set to, it plays what the command that it names simulates, figure by figure.

import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, describe, test } from "node:test";
import { faults, launch, open, outlay, write } from "./browser.mjs";

const TOOLS = [
  ..."--base 2000 --user 50..400 --steps 5..40 --calls-per-step 1..3 --call-tokens 20..120 --result-tokens 100..1500".split(" "),
  ..."--reasoning 1000..12000 --visible 200..1200 --runs 400".split(" "),
];

// The commands whose pages are asked, and what each is asked.
const PAGES = {
  loop: {
    args: ["-m", "o1-mini", "--as-of", "2024-10-20", ...TOOLS],
    asks: [
      { turns: "2" },
      { turns: "3", retention: "all" },
      { turns: "3", retention: "in-turn", steps: "4" },
      { retention: "all", base: "20k", steps: "60" },
      { steps: "endless", "max-turn-usd": "0.5" },
      { steps: "endless", "max-turn-tokens": "90k", turns: "2" },
      { steps: "endless", "max-steps": "7" },
      { steps: "3..90", "max-turn-usd": "1", "max-steps": "30" },
      { "result-tokens": "p50=400,p95=9000", "calls-per-step": "2" },
      { "result-tokens": "20k", "tool-definitions": "5000" },
      { "call-tokens": "900", "max-completion-tokens": "6000" },
      { "max-completion-tokens": "1500", turns: "2" },
      { reasoning: "500", visible: "100", user: "80", steps: "5", "calls-per-step": "1", "call-tokens": "0", "result-tokens": "300" },
      { reasoning: "4k..30k", visible: "p50=300,p90=900", history: "drop-oldest", turns: "4" },
      { history: "window:1", turns: "4" },
      { history: "summarize:900", turns: "4", retention: "all", "result-tokens": "300..6000" },
      { calls: "20k/month" },
      { steps: "", "calls-per-step": "", "call-tokens": "", "result-tokens": "", turns: "6" },
      { turns: "0" },
      { steps: "0" },
      { steps: "endless" },
      { steps: "5", "calls-per-step": "0" },
      { "max-turn-usd": "0.000001" },
      { "max-turn-usd": "many" },
      { base: "127k" },
      { base: "500k" },
      { "tool-definitions": "400k" },
      { "max-completion-tokens": "0" },
      { history: "forever" },
      { reasoning: "" },
    ],
  },
  // Writes to the cache are charged for, and outlive some of the gaps.
  writes: {
    args: ["-m", "claude-opus-5-5", "--as-of", "2026-11-20", ..."--turn-gap 30s..20min --turns 6 --base 5k --user 300".split(" "), ..."--reasoning 200..3k --visible 100..900 --runs 300".split(" ")],
    asks: [{}, { turns: "12" }, { steps: "3..12", "result-tokens": "200..4k" }, { base: "100" }, { visible: "0" }],
  },
  // Prompts over 200,000 tokens cost twice as much.
  cliff: {
    args: ["-m", "gemini-3.1-pro-preview", "--as-of", "2026-11-20", ..."--steps 20..60 --result-tokens 1k..20k --base 20k".split(" "), ..."--reasoning 500..4k --visible 100..900 --runs 200".split(" ")],
    asks: [{ steps: "10..90" }, { base: "150k", steps: "12" }, { base: "1040k", steps: "3" }],
  },
  // A forecast of the kind of work, and a measured profile: the form does not set the completion.
  kind: {
    args: ["-m", "gpt-5.6-terra", "--as-of", "2026-11-20", ..."--kind step --steps 3..12 --result-tokens 200..4k --runs 300".split(" ")],
    asks: [{ steps: "20" }, { turns: "3", "max-turn-tokens": "200k" }],
  },
  profile: {
    args: ["-m", "o1-mini", "--as-of", "2024-10-20", ..."--profile o1-mini --turns 5 --runs 300 --on-length retry".split(" ")],
    asks: [{ turns: "9" }, { steps: "4", "result-tokens": "500", turns: "2" }, { "max-completion-tokens": "3000" }],
  },
  chat: {
    args: ["-m", "gpt-4o", "--as-of", "2024-10-20", ..."--visible 50..900 --turns 4 --runs 300".split(" ")],
    asks: [{ turns: "20" }, { steps: "5", "result-tokens": "100", "max-turn-usd": "0.0000001" }, { visible: "10..2000", user: "900" }, { reasoning: "100" }, { history: "window:2" }],
  },
};

const words = (command) => command.match(/'[^']*'|\S+/g).map((word) => word.replaceAll("'", ""));
const pico = (text) => {
  const [whole, rest = ""] = text.split(".");
  return String(BigInt(whole) * 10n ** 12n + BigInt(rest.padEnd(12, "0")));
};

// The figures of the page: [label, value] of the first table, rows of values of the second.
function shown() {
  const values = (row) => [...row.querySelectorAll("[data-value]")].map((cell) => cell.dataset.value);
  const [facts, rows] = [...document.querySelectorAll("#p-answer table")].map((table) => [...table.querySelectorAll("tbody tr")]);
  return {
    facts: Object.fromEntries(facts.map((row) => [row.querySelector("th").textContent, values(row)[0]])),
    rows: rows.map(values),
  };
}

// The same of the answer of the program.
function figures(result) {
  const { step_totals: totals, total_cost_usd: cost } = result;
  const facts = {
    "a conversation": pico(cost.mean),
    "the dearest": pico(result.most_expensive_usd),
    "window full": String(result.overflowed),
    "cut off": String(result.truncated),
    empty: String(result.empty),
  };
  if (totals) {
    Object.assign(facts, {
      requests: String(totals.requests.mean),
      "re-sent": String(totals.resent_share),
      cached: String(totals.cached_share),
      "budget hit": String(totals.budget_hit),
    });
  }
  const several = result.turns.length > 1;
  const name = ({ turn, step }) => (totals ? (several ? `${turn}.${step}` : String(step)) : String(turn));
  const all = totals ? result.steps : result.turns;
  const kept = all.length > 30 ? [...all.slice(0, 29), all.at(-1)] : all;
  const rows = kept.map((row) => [
    name(row),
    String(row.reached),
    ...["prompt_tokens", "cached_tokens", "room", "completion_tokens"].map((key) => String(row[key].p50)),
    pico(row.cost_usd.mean),
    pico(row.cumulative_usd),
    String(row.window_full),
    String(row.budget_hit),
  ]);
  return { facts, rows };
}

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function ask(page, wanted) {
  await page.evaluate((fields) => {
    document.getElementById("p-reset").disabled = false;
    document.getElementById("p-reset").click();
    for (const [name, value] of Object.entries(fields)) document.getElementById(`p-${name}`).value = value;
    document.getElementById("play-form").dispatchEvent(new Event("change"));
  }, wanted);
  return page.evaluate(() => ({
    status: document.getElementById("p-status").textContent,
    command: document.getElementById("p-command").textContent,
  }));
}

for (const [name, { args, asks }] of Object.entries(PAGES)) {
  describe(`conversation: ${name}`, () => {
    let opened;
    before(async () => {
      opened = await open(browser, write(`conversation-${name}`, ["simulate", ...args]));
    });
    after(() => assert.deepEqual(opened.noise, []));

    for (const wanted of asks) {
      test(JSON.stringify(wanted), async () => {
        const { status, command } = await ask(opened.page, wanted);
        if (status.startsWith("No answer")) {
          const flags = Object.entries(wanted).flatMap(([key, value]) => (value ? [`--${key}`, value] : []));
          const kept = args.filter((_, i) => {
            const flag = args[i].startsWith("--") ? args[i] : args[i - 1];
            return !(flag?.slice(2) in wanted);
          });
          const [code, , said] = outlay(["simulate", ...kept, ...flags]);
          assert.equal(code, 2, `the page refuses (${status}), and the program answers: ${said}`);
          return;
        }
        const [code, out, said] = outlay([...words(command).slice(1), "--json"]);
        if (Object.keys(wanted).length === 0) return assert.equal(code, 0, said);
        assert.equal(code, 0, `the page answers, and the program refuses: ${said}`);
        const expected = figures(JSON.parse(out).results[0]);
        const found = await opened.page.evaluate(shown);
        for (const [label, value] of Object.entries(expected.facts)) assert.equal(found.facts[label], value, label);
        assert.deepEqual(found.rows, expected.rows);
        return undefined;
      });
    }
  });
}

test("the form is accessible while it answers and while it refuses", async () => {
  const file = write("conversation-states", ["simulate", ...PAGES.loop.args]);
  assert.ok(fs.statSync(file).size < 500_000);
  for (const [width, dark] of [[1280, false], [390, true]]) {
    const { page } = await open(browser, file, { width, dark });
    for (const wanted of [{ turns: "2" }, { steps: "0" }]) {
      await ask(page, wanted);
      assert.deepEqual(await faults(page), [], JSON.stringify(wanted));
    }
    await page.close();
  }
});
