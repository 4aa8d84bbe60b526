// Whatever the form of a comparison is set to, the page shows what the command that it names answers.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { faults, labels, launch, open, program, questions, run, scratch, write } from "./browser.mjs";

const DAY = ["--as-of", "2024-10-20"];
const PROMPT = "tests/prompts/refactor.md";

// The commands whose pages are asked, and what each is asked: fields by their names, `models` by ids.
const PAGES = {
  pair: {
    args: [PROMPT, ...DAY, "--calls", "20k/month"],
    asks: [
      { calls: "1", period: "" },
      { calls: "1m" },
      { calls: "7", period: "day" },
      { cap: "1" },
      { cap: "64" },
      { cap: "5k" },
      { cap: "12,345" },
      { cap: "32,768" },
      { cap: "32,769" },
      { cap: "65536" },
      { cap: "65537" },
      { cap: "0" },
      { cached: "0%" },
      { cached: "100%" },
      { cached: "50 %" },
      { cached: "33.3%" },
      { cached: "128" },
      { cached: "244" },
      { prompt: "0" },
      { prompt: "0", length: "declared", completion: "0", models: ["o1-mini"] },
      { prompt: "1000" },
      { prompt: "100k" },
      { prompt: "110k", cap: "18k" },
      { prompt: "110k", cap: "18,001" },
      { prompt: "127999" },
      { prompt: "128k" },
      { prompt: "1m" },
      { length: "profile o1-mini" },
      { length: "profile o3-mini" },
      { length: "profile o1-mini:planning:blocksworld:nl", cap: "2k" },
      { length: "declared", reasoning: "1k..12k", visible: "200..1200" },
      { length: "declared", reasoning: "p50=4288,p95=11072", visible: "800", cap: "9k" },
      { length: "declared", reasoning: "500", visible: "100", cap: "500" },
      { length: "declared", completion: "200..4000", calls: "3", period: "" },
      { length: "declared", completion: "0" },
      { length: "declared", reasoning: "@o1-mini", visible: "@o1-preview", cap: "7777" },
      { length: "declared", completion: "@o3-mini:planning:blocksworld:nl" },
      { length: "declared", reasoning: "1k..12k" },
      { models: ["o1-preview"] },
      { models: ["o1-mini", "gpt-4o"] },
      { models: ["o1-mini", "o1-preview", "gpt-4o", "gpt-4o-mini"], calls: "365", period: "year", cap: "4096" },
      { models: ["gpt-4o"], length: "declared", visible: "50..900" },
      { models: ["o1-mini", "gpt-4o"], length: "declared", visible: "50..900" },
      { models: ["o1-mini", "gpt-4o"], length: "declared", reasoning: "100", visible: "50" },
      { prompt: "5000", cached: "99.9%", calls: "99999999", period: "week" },
    ],
  },
  newer: {
    args: ["--input-tokens", "3000", "--as-of", "2025-07-01", "-m", "o3", "-m", "o4-mini", "--risk", "5%"],
    asks: [
      {},
      { prompt: "150k", cached: "100k", calls: "12k", period: "month" },
      { prompt: "2m" },
      { prompt: "199999", length: "declared", reasoning: "2k..30k", visible: "300..3000" },
      { cap: "1000", models: ["gpt-4.1", "o3"] },
      // Five calls, on the model that they are of and on others.
      { length: "profile o3:math:aime2025", calls: "10", period: "week", models: ["o3", "o3-deep-research", "gpt-4.5-preview"] },
      { length: "profile o4-mini:qa:math", calls: "1m" },
    ],
  },
  // Levels of effort that some models have and others lack.
  effort: {
    args: ["--input-tokens", "3000", "--as-of", "2026-11-20", "-m", "claude-opus-5-5", "-m", "gpt-6.1-sol", "--effort", "high"],
    asks: [
      {},
      { length: "work code", calls: "12k", period: "month" },
      { length: "work judge", models: ["gpt-6.1-sol", "claude-opus-5-5", "gemini-3.8-flash"] },
      { length: "work step", models: ["o3", "gpt-4.1"] },
      { length: "declared", reasoning: "2k..30k", visible: "300..3000" },
    ],
  },
  // Past 128,000 prompt tokens gemini-1.5-flash costs twice as much.
  cliff: {
    args: ["--input-tokens", "128k", ...DAY, "-m", "gemini-1.5-flash", "-m", "claude-3-5-sonnet", "--visible", "50..900"],
    asks: [
      {},
      { prompt: "128001" },
      { prompt: "128001", cached: "100%", calls: "9", period: "day" },
      { prompt: "200001" },
      { prompt: "1048576" },
      { prompt: "1048577", models: ["gemini-1.5-flash"] },
      { prompt: "1m", length: "work" },
    ],
  },
  request: {
    args: ["tests/fixtures/requests/chat.json", ...DAY, "--reserve", "10k", "--cached", "12.5%"],
    asks: [{}, { cap: "900" }, { prompt: "77", calls: "2" }, { cached: "" }, { models: ["gpt-4o-mini", "o1-mini"] }],
  },
  // gpt-5.6-sol charges for what it writes to its cache, and all three for searches.
  tools: {
    args: [
      ...["--input-tokens", "9000", "--as-of", "2026-11-20", "-m", "gpt-5.6-sol", "-m", "gpt-5", "-m", "gemini-2.5-flash"],
      ...["--searches", "3", "--cache-write", "40%", "--completion-tokens", "50..900"],
    ],
    asks: [{}, { cached: "20%" }, { cached: "100%" }, { prompt: "300", calls: "7" }, { models: ["gpt-5", "mistral-large-4"] }],
  },
  // Refusals in words of their own.
  refusals: {
    args: ["--input-tokens", "9000", "--as-of", "2026-11-20", "-m", "claude-sonnet-4-5", "-m", "gemini-2.5-pro", "--completion-tokens", "50"],
    asks: [{ cap: "900k" }, { prompt: "2m" }, { prompt: "1040k", cap: "60k" }],
  },
  writes: {
    args: ["--input-tokens", "9000", "--as-of", "2026-11-20", "-m", "gpt-5.6-sol", "-m", "claude-opus-5", "--completion-tokens", "50..900"],
    asks: [{}, { cached: "50%" }, { prompt: "900" }],
  },
  brought: {
    args: [PROMPT, ...DAY, "--profile", "tests/browser/profile.json", "--reserve", "auto"],
    // For a model that it was not measured on, the page refers to the command line.
    asks: [{}, { cap: "600", models: ["o1-mini"] }, { length: "work" }, { length: "profile o1-mini", calls: "10" }],
  },
  declared: {
    args: [PROMPT, ...DAY, "--reasoning", "1k..12k", "--visible", "200..1200", "--max-completion-tokens", "20000"],
    asks: [{}, { cap: "" }, { length: "work" }],
  },
};

const FIELDS = ["calls", "period", "prompt", "cached", "cap", "length", "reasoning", "visible", "completion"];

let browser;
before(async () => {
  fs.writeFileSync(path.join(scratch, "outlay"), `#!/bin/sh\nexec '${program}' "$@"\n`, { mode: 0o755 });
  browser = await launch();
});
after(() => browser.close());

// Sets the form as a person would leave it, and reads what the page shows then.
function ask(page, wanted) {
  return page.evaluate(
    (wanted, fields) => {
      document.getElementById("w-reset").disabled = false;
      document.getElementById("w-reset").click();
      for (const name of fields.filter((name) => name in wanted)) {
        const field = document.getElementById(`w-${name}`);
        field.value = wanted[name];
        if (field.value !== wanted[name]) throw new Error(`no ${wanted[name]} in ${name}`);
      }
      if (wanted.models) {
        for (const box of document.querySelectorAll("#w-list input")) box.checked = wanted.models.includes(box.value);
      }
      document.getElementById("what-if-form").dispatchEvent(new Event("input"));
      const text = (node) => node.textContent.trim();
      const widget = document.getElementById("what-if");
      const table = widget.parentElement.querySelector(":scope > .answer table");
      return {
        command: text(document.getElementById("w-command")),
        status: text(document.getElementById("w-status")),
        heading: text(widget.parentElement.querySelector("h2")),
        rows: [...(table?.rows ?? [])].map((row) => [...row.cells].map(text)),
        conclusion: [...document.querySelectorAll("#conclusion .said")].map(text),
        assumptions: [...document.querySelectorAll("#assumptions li")].map(text),
      };
    },
    wanted,
    FIELDS,
  );
}

// The pictures of a page, shape by shape; of the page that is shown, or of another one as text.
function pictures(page, html) {
  return page.evaluate((html) => {
    const where = html ? new DOMParser().parseFromString(html, "text/html") : document;
    const shapes = (node) =>
      [...node.querySelectorAll("*")].map((each) => {
        const named = [...each.attributes].filter(({ name }) => !["id", "aria-labelledby"].includes(name));
        const attributes = named.map(({ name, value }) => `${name}=${value}`).sort();
        const own = [...each.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
        return [each.localName, ...attributes, own.map(({ data }) => data.trim()).join("")].join(" ");
      });
    return [...where.querySelectorAll("main > section > figure")].map(shapes);
  }, html);
}

// What the command line answers: the table that people read, the sentence, and the words of the JSON form.
function answer(command) {
  const json = path.join(scratch, "answer.json");
  fs.rmSync(json, { force: true });
  const html = path.join(scratch, "answer.html");
  const line = `PATH='${scratch}':$PATH; ${command} --format markdown --export json='${json}' --export html='${html}'`;
  const [code, markdown, said] = run("bash", ["-c", line]);
  // A comparison that no model can do has an answer all the same, and code 2.
  if (code !== 0 && !fs.existsSync(json)) return { code, said };
  const lines = markdown.split("\n");
  const heading = lines.find((line) => line.startsWith("### ")).slice(4);
  const start = lines.findIndex((line) => line.startsWith("| "));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith("|"));
  const rows = lines.slice(start, end).map((line) => line.slice(2, -2).split(" | ").map((cell) => plain(cell.trim())));
  const report = JSON.parse(fs.readFileSync(json, "utf8"));
  const sentence = lines.map((line) => /^\*\*(A call with .*)\*\*$/.exec(line)?.[1]).find(Boolean);
  const able = report.results.some(({ offer }) => offer);
  return {
    code,
    able,
    heading,
    rows: able ? rows.filter((_, i) => i !== 1) : [],
    sentence,
    cannot: report.results.filter(({ cannot }) => cannot).map(({ model, cannot }) => `${model} cannot do this: ${cannot}`),
    html: fs.readFileSync(html, "utf8"),
    assumptions: attributed(report.results),
  };
}

// Every assumption once, with its models where it is not one of all.
function attributed(results) {
  const notes = new Map();
  for (const { model, assumptions } of results) {
    for (const note of assumptions) notes.set(note, [...(notes.get(note) ?? []), model]);
  }
  const models = new Set(results.map(({ model }) => model)).size;
  return [...notes].map(([note, of]) => {
    if (of.length === models || (of.length === 1 && note.includes(of[0]))) return note;
    return of.length > 3 ? `${note} [${of.slice(0, 3).join(", ")} and ${of.length - 3} more]` : `${note} [${of.join(", ")}]`;
  });
}

const plain = (text) => text.replaceAll("`", "").replace(/\\(.)/g, "$1");

let combinations = 0;

// Asks the page, runs the command that it names, and holds all that the one shows against the other.
async function hold(page, wanted) {
  const found = await ask(page, wanted);
  assert.ok(found.command, found.status);
  const wants = answer(found.command);
  assert.ok(wants.heading, `${found.command}\n${wants.said}`);
  assert.equal(wants.code, wants.able ? 0 : 2, found.command);
  assert.deepEqual(found.rows, wants.rows, found.command);
  assert.equal(found.heading, plain(wants.heading));
  const [first] = found.conclusion;
  if (wants.sentence) assert.equal(first, plain(wants.sentence));
  const cannot = found.conclusion.filter((line) => line.startsWith("problem: ")).map((line) => line.slice(9));
  assert.deepEqual(cannot.sort(), wants.cannot.map(plain).sort());
  assert.deepEqual(found.assumptions, wants.assumptions.map(plain));
  assert.deepEqual(await pictures(page), await pictures(page, wants.html), found.command);
  assert.deepEqual(await page.evaluate(labels), [], found.command);
  combinations += 1;
}

for (const [name, { args, asks }] of Object.entries(PAGES)) {
  describe(`what if: ${name}`, () => {
    let shown;
    before(async () => {
      shown = await open(browser, write(name, ["compare", ...args]));
    });

    for (const wanted of asks) test(JSON.stringify(wanted), () => hold(shown.page, wanted));

    test("asks for nothing and complains about nothing", () => assert.deepEqual(shown.noise, []));
  });
}

describe("what cannot be asked", () => {
  let shown;
  before(async () => {
    shown = await open(browser, write("refused", ["compare", PROMPT, ...DAY]));
  });

  for (const [wanted, reason] of [
    [{ calls: "0" }, "there must be at least one"],
    [{ calls: "many" }, "is not a whole number of tokens"],
    [{ cap: "-5" }, "is negative"],
    [{ cap: "1.5" }, "is not a whole number of tokens"],
    [{ prompt: "9999999m" }, "is more than 1,000,000,000,000 tokens"],
    [{ cached: "101%" }, "is not a part of a prompt"],
    [{ length: "declared", reasoning: "4000..200", visible: "1" }, "is not a distribution"],
    [{ length: "declared", reasoning: "5..", visible: "1" }, "is not a"],
    [{ length: "declared" }, "declare the visible answer"],
    [{ length: "declared", completion: "5", visible: "5" }, "not both"],
    [{ models: [] }, "choose a model"],
  ]) {
    test(JSON.stringify(wanted), async () => {
      const found = await ask(shown.page, wanted);
      assert.match(found.status, /^No answer: /);
      assert.ok(found.status.includes(reason), found.status);
      assert.equal(found.command, "");
    });
  }

  test("back to the answer of the command", async () => {
    const fresh = await open(browser, write("fresh", ["compare", PROMPT, ...DAY]));
    // What is shown, without the sentence that is told of a change.
    const shown = () =>
      fresh.page.evaluate(() =>
        [...document.querySelectorAll("main > section > :not(.widget)")].map((node) => node.innerText).join("\n"),
      );
    const first = await shown();
    await fresh.page.type("#w-cap", "777");
    assert.notEqual(await shown(), first);
    await fresh.page.click("#w-reset");
    assert.equal(await shown(), first);
    assert.deepEqual(fresh.noise, []);
  });
});

describe("what if: drawn at random", () => {
  const { random, one, interval } = questions(7);
  const amount = () => String(1 + random(10 ** (1 + random(6))));
  let shown;
  before(async () => {
    shown = await open(browser, write("random", ["compare", PROMPT, "--as-of", "2025-07-01"]));
  });

  for (let i = 0; i < Number(process.env.DRAWS ?? 40); i += 1) {
    test(`draw ${i}`, async () => {
      const values = (selector) => shown.page.$$eval(selector, (nodes) => nodes.map(({ value }) => value));
      const lengths = await values("#w-length option");
      const models = await values("#w-list input");
      const wanted = { length: one(lengths), models: Array.from({ length: 1 + random(6) }, () => one(models)) };
      if (random(2)) wanted.calls = amount();
      if (random(2)) wanted.period = one(["", "day", "week", "month", "year"]);
      if (random(2)) wanted.cap = amount();
      if (random(2)) wanted.prompt = amount();
      if (random(2)) wanted.cached = random(2) ? `${random(1001) / 10}%` : String(random(2000));
      if (wanted.length === "declared") {
        if (random(4) === 0) wanted.completion = random(2) ? amount() : interval();
        else [wanted.reasoning, wanted.visible] = [random(3) ? interval() : "", random(3) ? interval() : amount()];
      }
      await hold(shown.page, wanted);
    });
  }
});

describe("the form", () => {
  test("is reached, set and reset by the keyboard alone", async () => {
    const { page, noise } = await open(browser, write("keys", ["compare", PROMPT, ...DAY]));
    const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
    const to = async (id) => {
      for (let i = 0; i < 40; i += 1) {
        if ((await focus()).startsWith(id)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`no way to ${id} with the Tab key`);
    };
    await to("w-calls");
    // Tab selects what stands in a field.
    await page.keyboard.type("10");
    await to("w-cap");
    await page.keyboard.type("4k");
    await to("Models: ");
    await page.keyboard.press("Enter");
    await to("w-m-gpt-4o");
    await page.keyboard.press("Space");
    const command = () => page.$eval("#w-command", (node) => node.textContent);
    const asked = "outlay compare tests/prompts/refactor.md -m o1-mini -m o1-preview -m gpt-4o --calls 10 --max-completion-tokens 4k";
    assert.equal(await command(), `${asked} --as-of 2024-10-20`);
    await to("w-reset");
    await page.keyboard.press("Enter");
    assert.equal(await command(), "outlay compare tests/prompts/refactor.md -m o1-mini -m o1-preview --as-of 2024-10-20");
    assert.deepEqual(noise, []);
  });

  test("is accessible in every state", async () => {
    for (const [width, dark] of [[1280, false], [390, true]]) {
      const { page } = await open(browser, write("states", ["compare", PROMPT, ...DAY]), { width, dark });
      for (const wanted of [
        { length: "declared", reasoning: "1k..12k", visible: "200..1200", models: ["o1-mini", "gpt-4o"] },
        { cap: "nonsense" },
        { cap: "0" },
      ]) {
        await ask(page, wanted);
        assert.deepEqual(await faults(page), [], JSON.stringify(wanted));
      }
      await page.close();
    }
  });

  test("says what it cannot answer for a text on standard input", async () => {
    const file = write("stdin", ["compare", "-", ...DAY], { input: "Count this." });
    const { page } = await open(browser, file);
    const found = await ask(page, { models: ["o1-mini", "gpt-4o"] });
    assert.match(found.command, /^outlay compare - -m o1-mini/);
    const same = await page.$eval("#w-same", (node) => node.textContent);
    assert.match(same, /with the same text on standard input$/);
    assert.ok(found.conclusion.some((line) => line.includes("no count of the prompt")), found.conclusion.join("\n"));
    const declared = await ask(page, { models: ["o1-mini", "gpt-4o"], prompt: "9" });
    assert.deepEqual(declared.rows[0], ["", "o1-mini", "gpt-4o"]);
  });
});

test("at least thirty combinations were held against the command line", () => assert.ok(combinations >= 30, `${combinations}`));
