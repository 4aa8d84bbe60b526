// A page of the program in a headless Chromium, with everything that it asked for or complained about.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

export const root = path.resolve(import.meta.dirname, "../..");
export const program = process.env.OUTLAY ?? path.join(root, "target/debug/outlay");

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

function chromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const found = CHROMIUM.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(fs.existsSync);
  if (!found) throw new Error("there is no Chromium on the PATH; name one in CHROMIUM");
  return found;
}

export const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "outlay-pages-"));
process.on("exit", () => fs.rmSync(scratch, { recursive: true, force: true }));

export function launch() {
  return puppeteer.launch({
    executablePath: chromium(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

// Runs the program in the root of the repository: [exit code, standard output, standard error].
export function outlay(args, input) {
  return run(program, args, input);
}

export function run(command, args, input = "") {
  try {
    const out = execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: "pipe", input, maxBuffer: 1 << 26 });
    return [0, out, ""];
  } catch (error) {
    if (typeof error.status !== "number") throw error;
    return [error.status, error.stdout, error.stderr];
  }
}

// Writes the page of a command, which may end with one of these codes.
export function write(name, args, { input, codes = [0] } = {}) {
  const file = path.join(scratch, `${name}.html`);
  const [code, , said] = outlay([...args, "--export", `html=${file}`], input);
  if (!codes.includes(code)) throw new Error(`outlay ${args.join(" ")} ended with ${code}: ${said}`);
  return file;
}

// Opens a page from disk. `noise` gathers what no page may do: requests, errors, words on the console.
export async function open(browser, file, { width = 1280, dark = false, script = true } = {}) {
  const page = await browser.newPage();
  const noise = [];
  const url = pathToFileURL(file).href;
  await page.setViewport({ width, height: 900 });
  await page.setJavaScriptEnabled(script);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (request.url() === url) return request.continue();
    noise.push(`asked for ${request.url()}`);
    return request.abort();
  });
  page.on("console", (message) => noise.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => noise.push(`error: ${error.message}`));
  await page.goto(url, { waitUntil: "load" });
  return { page, noise };
}

const AXE = fs.readFileSync(path.join(import.meta.dirname, "node_modules/axe-core/axe.min.js"), "utf8");
// Without these among what was checked, nothing was checked.
const RULES = ["color-contrast", "document-title", "html-has-lang"];

// Labels of a picture that lie on each other, and such that leave it.
export function labels() {
  const found = [];
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim() !== "");
    const boxes = texts.map((text) => text.getBoundingClientRect());
    boxes.forEach((a, i) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1) {
        found.push(`"${texts[i].textContent}" leaves its picture`);
      }
      for (let j = i + 1; j < boxes.length; j += 1) {
        const b = boxes[j];
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        // Boxes of lines one below the other may share a hair; letters do not.
        if (width > 1 && height > 3) found.push(`"${texts[i].textContent}" lies on "${texts[j].textContent}"`);
      }
    });
  }
  return found;
}

// What is wrong with a page as it stands: labels, width, and what axe finds with everything unfolded.
export async function faults(page) {
  const found = await page.evaluate(labels);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) found.push(`the page is ${wide} pixels too wide`);
  await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() => window.axe.run(document));
  const checked = passes.map(({ id }) => id);
  found.push(...RULES.filter((rule) => !checked.includes(rule)).map((rule) => `${rule} was not checked`));
  return found.concat(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ").slice(0, 600)}`),
  );
}

// What random questions are made of; always the same, unless SEED says others. A linear congruential generator
// (Knuth, MMIX).
export function questions(usual) {
  let seed = BigInt(process.env.SEED ?? usual);
  const random = (n) => {
    seed = (seed * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    return Number((seed >> 33n) % BigInt(n));
  };
  const one = (list) => list[random(list.length)];
  const interval = () => {
    const low = 1 + random(5000);
    return `${low}..${low + 1 + random(40000)}`;
  };
  return { random, one, interval };
}
