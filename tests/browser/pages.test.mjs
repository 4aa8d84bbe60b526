// What every page keeps: it asks for nothing, is small, reads well on any screen, on paper and aloud.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { faults, launch, open, write } from "./browser.mjs";

const DAY = ["--as-of", "2024-10-20"];
const LOGS = "tests/logs";

// Every verb with a page, and the edges of some.
const PAGES = {
  plan: ["plan", "tests/prompts/refactor.md", ...DAY, "--calls", "20k/month"],
  "plan-many": ["plan", "tests/prompts", "-m", "o1-mini", "-m", "o1-preview", ...DAY],
  estimate: ["estimate", "tests/prompts/refactor.md", ...DAY, "--calls", "20k/month"],
  simulate: ["simulate", "--turns", "12", "--user", "50..400", ...DAY],
  "simulate-overflow": ["simulate", "--turns", "60", "--user", "3000", "-m", "o1-preview", ...DAY],
  "simulate-tools": [
    ..."simulate -m claude-haiku-4-5 --base 8k --steps 5..80 --result-tokens 500..20k --reasoning 100..3k".split(" "),
    ..."--visible 50..400 --max-turn-usd 0.6 --runs 1000 --as-of 2026-11-25".split(" "),
  ],
  "plan-fit": [..."plan tests/fixtures/requests/agent.json -m o1-mini --catalog tests/fixtures/catalog/small_window.toml".split(" "), ...DAY],
  tiers: [..."estimate tests/prompts -m gpt-5.6-terra --calls 20k/month --as-of 2026-11-25".split(" ")],
  compare: ["compare", "tests/prompts/refactor.md", ...DAY, "--calls", "20k/month"],
  "compare-many": [
    ..."compare tests/prompts/refactor.md -m o3 -m o4-mini -m gemini-1.5-flash -m gpt-4o -m o1-mini".split(" "),
    ...["--as-of", "2025-07-01", "--max-completion-tokens", "4000"],
  ],
  "compare-conversations": ["compare", "--turns", "8", "--user", "50..400", ...DAY],
  audit: ["audit", LOGS, "--as-of", "2025-07-01"],
  calibrate: ["calibrate", LOGS, "--as-of", "2025-07-01"],
  check: ["check", "--config", "tests/fixtures/budgets/outlay.toml", ...DAY],
  lint: ["lint", "tests/fixtures/lint", ...DAY],
  count: ["count", "tests/prompts", ...DAY],
  models: ["models", "list", ...DAY],
  "models-show": ["models", "show", "o1-mini"],
};

const SIZES = [1280, 390];

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const [name, args] of Object.entries(PAGES)) {
  describe(`page: ${name}`, () => {
    let file;
    before(() => {
      // A log or a budget that is not in order is told on the page.
      file = write(name, args, { codes: [0, 1, 2] });
    });

    test("is below 300 KB and whole", () => {
      assert.ok(fs.statSync(file).size < 300_000, `${fs.statSync(file).size} bytes`);
      assert.ok(fs.readFileSync(file, "utf8").endsWith("</html>\n"));
    });

    for (const width of SIZES) {
      for (const dark of [false, true]) {
        const where = `${width} wide, ${dark ? "dark" : "light"}`;
        test(`${where}: quiet, accessible, nothing overlaps or overflows`, async () => {
          const { page, noise } = await open(browser, file, { width, dark });
          if (process.env.SHOTS) {
            const shot = path.join(process.env.SHOTS, `${name}-${width}-${dark ? "dark" : "light"}.png`);
            await page.screenshot({ path: shot, fullPage: true });
          }
          assert.deepEqual(await faults(page), []);
          assert.deepEqual(noise, []);
          await page.close();
        });
      }
    }

    test("prints on A4", async () => {
      const { page, noise } = await open(browser, file);
      const printed = Buffer.from(await page.pdf({ preferCSSPageSize: true }));
      assert.ok(printed.subarray(0, 5).equals(Buffer.from("%PDF-")));
      const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(printed.toString("latin1"));
      // 210 by 297 mm in points of 1/72 inch.
      assert.deepEqual([Math.round(width), Math.round(height)], [595, 842]);
      assert.deepEqual(noise, []);
      if (process.env.SHOTS) fs.writeFileSync(path.join(process.env.SHOTS, `${name}.pdf`), printed);
      await page.close();
    });

    test("says the same without scripts", async () => {
      const read = async (script) => {
        const { page } = await open(browser, file, { script });
        const found = await page.evaluate(() => ({
          text: [...document.querySelectorAll("main > section > :not(.widget)")].map((node) => node.innerText.trim()),
          forms: [...document.querySelectorAll(".widget form")].map((form) => form.checkVisibility()),
        }));
        await page.close();
        return found;
      };
      const [plain, scripted] = [await read(false), await read(true)];
      assert.ok(plain.text.length > 0);
      assert.deepEqual(plain.text, scripted.text);
      assert.ok(!plain.forms.includes(true) && !scripted.forms.includes(false));
    });
  });
}
