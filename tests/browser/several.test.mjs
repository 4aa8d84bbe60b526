// Whatever the form of several inputs is set to, the page shows what the command that it names answers.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { faults, launch, open, program, questions, run, scratch, write } from "./browser.mjs";

const DAY = ["--as-of", "2026-11-20"];
const mixed = path.join(scratch, "mixed.jsonl");
const FIELDS = ["model", "calls", "period", "cached", "cap", "tier", "effort", "length", "reasoning", "visible", "completion"];

const template = path.join(scratch, "ticket.j2");
const rows = path.join(scratch, "tickets.csv");

// Requests with caps, efforts and several answers of their own.
const REQUESTS = [
  { model: "gpt-5.6-terra", max_completion_tokens: 3000, messages: [{ role: "user", content: "Name three causes of a slow query." }] },
  { model: "gpt-5", reasoning_effort: "low", messages: [{ role: "user", content: "Translate the list into French. ".repeat(40) }] },
  { model: "gpt-4o", n: 3, messages: [{ role: "user", content: "Is this text a complaint?" }] },
];

const PAGES = {
  folder: {
    args: ["tests/prompts", "-m", "gpt-5.6-terra", ...DAY, "--calls", "20k/month"],
    asks: [
      {},
      { calls: "1", period: "" },
      { calls: "7", period: "day" },
      { tier: "batch" },
      { effort: "high", length: "work code" },
      { effort: "max" },
      { model: "claude-haiku-4-5", cached: "50%", calls: "1m" },
      { model: "gpt-4.1", length: "declared", visible: "50..900" },
      { model: "gpt-5-mini", length: "work write" },
      { length: "declared", completion: "600" },
      { length: "declared", reasoning: "1k..12k", visible: "200..1200", cap: "9k" },
      { length: "profile o4-mini", calls: "365", period: "year" },
      { cached: "60" },
      { cached: "100%", tier: "flex" },
    ],
  },
  own: {
    args: ["tests/prompts", "--as-of", "2024-10-20"],
    asks: [{}, { calls: "3", period: "" }, { calls: "20k", period: "month" }, { model: "o1-preview" }, { cap: "40k" }],
  },
  // Rows that say how many calls they have.
  weighed: {
    args: [template, "--rows", rows, "-m", "gpt-5.6-terra", ...DAY, "--calls", "10k/month"],
    asks: [{}, { calls: "17" }, { model: "claude-haiku-4-5", calls: "5", period: "day" }],
  },
  mixed: {
    args: [mixed, ...DAY, "--calls", "10k/month"],
    asks: [{}, { calls: "5", period: "week" }, { model: "gpt-5" }, { effort: "minimal", model: "gpt-5" }, { tier: "priority" }],
  },
};

let browser;
before(async () => {
  fs.writeFileSync(path.join(scratch, "outlay"), `#!/bin/sh\nexec '${program}' "$@"\n`, { mode: 0o755 });
  fs.writeFileSync(mixed, REQUESTS.map((request) => JSON.stringify(request)).join("\n"));
  fs.writeFileSync(template, "Sort this ticket: {{ text }}\n");
  fs.writeFileSync(rows, "text,calls\nThe invoice is wrong,3\nI cannot log in at all,1.5\nThanks,10\n");
  browser = await launch();
});
after(() => browser.close());

function ask(page, wanted) {
  return page.evaluate(
    (wanted, fields) => {
      document.getElementById("w-reset").disabled = false;
      document.getElementById("w-reset").click();
      // A change makes the page answer, whatever was asked before.
      document.getElementById("w-cap").value = "1";
      document.getElementById("what-if-form").dispatchEvent(new Event("input"));
      document.getElementById("w-reset").click();
      for (const name of fields.filter((name) => name in wanted)) {
        const field = document.getElementById(`w-${name}`);
        field.value = wanted[name];
        if (field.value !== wanted[name]) throw new Error(`no ${wanted[name]} in ${name}`);
      }
      document.getElementById("what-if-form").dispatchEvent(new Event("input"));
      const text = (node) => node?.textContent.trim() ?? "";
      const rows = [...document.querySelectorAll("#w-answer table tr")];
      return {
        command: text(document.getElementById("w-command")),
        status: text(document.getElementById("w-status")),
        head: [...(rows[0]?.cells ?? [])].map(text),
        rows: rows.slice(1).map((row) => [...row.cells].map(text)),
        cannot: [...document.querySelectorAll("#w-answer .said:not(.bad)")].map(text),
        gone: [...document.querySelectorAll("#w-answer .said.bad")].map(text),
      };
    },
    wanted,
    FIELDS,
  );
}

const plain = (text) => text.replaceAll("`", "").replaceAll("**", "").replace(/\\(.)/g, "$1");

// What the command line answers: its table with the input first, its sentence, and its errors.
function answer(command) {
  const json = path.join(scratch, "several.json");
  const line = `PATH='${scratch}':$PATH; ${command} --format markdown --export json='${json}'`;
  const [code, markdown] = run("bash", ["-c", line]);
  const report = JSON.parse(fs.readFileSync(json, "utf8"));
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => line.startsWith("| "));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  const cells = (line) => line.slice(2, -2).split(" | ").map((cell) => plain(cell.trim()));
  const [head, , ...rows] = start < 0 ? [[]] : lines.slice(start, end).map(cells);
  const sentence = lines.map((line) => /^\*\*(.* inputs.*, at most .*|at most .* inputs)\*\*$/.exec(line)?.[1]).find(Boolean);
  return { code, head, rows, sentence: sentence && plain(sentence), report };
}

let combinations = 0;

async function hold(page, wanted) {
  const found = await ask(page, wanted);
  assert.ok(found.command, found.status);
  if (found.status.startsWith("No answer: the command line answers")) return;
  const wants = answer(found.command);
  const results = wants.report.results;
  assert.equal(found.cannot.length, wants.report.errors.length, `${found.command}\n${found.cannot.join("\n")}`);
  for (const { input, message } of wants.report.errors) {
    assert.ok(found.cannot.some((said) => said.includes(plain(message))), `${input}: ${message}\n${found.cannot.join("\n")}`);
  }
  combinations += 1;
  // One result has a page of its own, and none has no table.
  if (results.length < 2) return;
  const byTitle = (head, row) => Object.fromEntries(head.map((title, i) => [title, row[i]]));
  const calls = results.some(({ calls }) => calls > 1);
  for (const [i, row] of found.rows.entries()) {
    const [own, theirs] = [byTitle(found.head, row), byTitle(wants.head, wants.rows[i])];
    for (const title of found.head) assert.equal(own[title], theirs[title], `${title} of ${row[0]}\n${found.command}`);
  }
  assert.equal(found.rows.length, wants.rows.length, found.command);
  assert.equal(found.head.includes("all calls"), calls);
  // Of a model that cannot be called the program says that instead.
  if (!wants.sentence) return assert.ok(found.gone.length > 0, found.command);
  assert.equal(found.status.replace(/; [\d,]+ of [\d,]+ inputs have no answer$/, ""), wants.sentence, found.command);
  assert.equal(found.status.endsWith("have no answer"), wants.report.errors.length > 0, found.command);
}

for (const [name, { args, asks }] of Object.entries(PAGES)) {
  describe(`several inputs: ${name}`, () => {
    let shown;
    before(async () => {
      shown = await open(browser, write(name, ["estimate", ...args]));
    });
    for (const wanted of asks) test(JSON.stringify(wanted), () => hold(shown.page, wanted));
    test("asks for nothing and complains about nothing", () => assert.deepEqual(shown.noise, []));
  });
}

describe("several inputs: drawn at random", () => {
  const { random, one, interval } = questions(11);
  const amount = () => String(2 + random(10 ** (1 + random(6))));
  let shown;
  before(async () => {
    shown = await open(browser, write("several-random", ["estimate", "tests/prompts", mixed, ...DAY]));
  });

  for (let i = 0; i < Number(process.env.DRAWS ?? 60); i += 1) {
    test(`draw ${i}`, async () => {
      const values = (selector) => shown.page.$$eval(selector, (nodes) => nodes.map(({ value }) => value));
      const wanted = { length: one(await values("#w-length option")), model: one(await values("#w-model option")) };
      if (random(2)) wanted.calls = amount();
      if (random(2)) wanted.period = one(["", "day", "week", "month", "year"]);
      if (random(3) === 0) wanted.cap = amount();
      if (random(3) === 0) wanted.tier = one(["standard", "batch", "flex", "priority"]);
      if (random(4) === 0) wanted.effort = one(["none", "low", "medium", "high"]);
      if (random(2)) wanted.cached = random(2) ? `${random(1001) / 10}%` : String(random(60));
      if (wanted.length === "declared") {
        if (random(4) === 0) wanted.completion = random(2) ? amount() : interval();
        else [wanted.reasoning, wanted.visible] = [random(3) ? interval() : "", random(3) ? interval() : amount()];
      }
      await hold(shown.page, wanted);
    });
  }

  test("complains about nothing", () => assert.deepEqual(shown.noise, []));
});

describe("the form of several inputs", () => {
  test("says what cannot be asked", async () => {
    const { page } = await open(browser, write("several-refused", ["estimate", "tests/prompts", ...DAY]));
    for (const [wanted, reason] of [
      [{ calls: "0" }, "there must be at least one"],
      [{ cap: "1.5" }, "is not a whole number of tokens"],
      [{ length: "declared", reasoning: "5..", visible: "1" }, "is not a"],
    ]) {
      const found = await ask(page, wanted);
      assert.match(found.status, /^No answer: /);
      assert.ok(found.status.includes(reason), found.status);
    }
  });

  test("is accessible when it has answered", async () => {
    for (const [width, dark] of [[1280, false], [390, true]]) {
      const { page, noise } = await open(browser, write("several-states", ["estimate", "tests/prompts", ...DAY]), { width, dark });
      for (const wanted of [{ calls: "9k", period: "month" }, { cap: "nonsense" }]) {
        await ask(page, wanted);
        assert.deepEqual(await faults(page), [], JSON.stringify(wanted));
      }
      assert.deepEqual(noise, []);
      await page.close();
    }
  });

  test("is on a page of 200 lines, below 500 KB", async () => {
    const lines = path.join(scratch, "lines.jsonl");
    const line = (i) => JSON.stringify({ messages: [{ role: "user", content: `Summarise ticket ${i}. ${"word ".repeat(i)}` }] });
    fs.writeFileSync(lines, Array.from({ length: 200 }, (_, i) => line(i)).join("\n"));
    const file = write("several-lines", ["estimate", lines, ...DAY, "--calls", "50k/month"]);
    assert.ok(fs.statSync(file).size < 500_000, `${fs.statSync(file).size} bytes`);
    const { page } = await open(browser, file);
    const found = await ask(page, { model: "gpt-5-mini" });
    const { report, sentence } = answer(found.command);
    assert.equal(found.status, sentence);
    assert.equal(report.total.results, 200);
    assert.equal(found.rows.length, 21);
  });
});

test("at least sixty questions were held against the command line", () => assert.ok(combinations >= 60, `${combinations}`));
