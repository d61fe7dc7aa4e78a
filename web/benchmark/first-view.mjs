// How long the main thread works until something is seen, with the CPU slowed four times, beside an empty page of the
// same stack: npm run first-view -- CHROMIUM [ADDRESS], while `make app` serves at the address.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const [, , executablePath, address = "http://127.0.0.1:8100/"] = process.argv;
const ROUNDS = 9;
const SLOWED = 4;
const REPORT = {
  time_together: { hours_per_week: 4 },
  conflict: { level: "occasional" },
  busyness: { level: "full" },
  activity_preferences: { likes: { walk: "love", screen: "avoid" } },
};

async function serveEmpty() {
  const outDir = mkdtempSync(join(tmpdir(), "empty-page-"));
  const options = { root: import.meta.dirname, build: { outDir }, preview: { port: 0 }, logLevel: "error" };
  await build({ ...options, oxc: { jsx: { importSource: "preact" } } });
  return preview(options);
}

/** Begins on this phone and answers, so that there is a view. */
async function answer(context) {
  const page = await context.newPage();
  await page.goto(address);
  await page.evaluate(async (report) => {
    const headers = { "content-type": "application/json" };
    const send = (method, path, body) => fetch(path, { method, headers, body: JSON.stringify(body) });
    await send("POST", "/app/begin", { country: "US", locale: "en", time_zone: "Europe/Paris" });
    const { data } = await (await fetch("/api/v1/me/consents")).json();
    const { version } = data.find(({ purpose }) => purpose === "processing");
    await send("PUT", "/api/v1/me/consents/processing", { version, granted: true });
    await send("POST", "/api/v1/me/reports", report);
  }, REPORT);
  await page.close();
}

/** Runs in the page before anything of it: taps "Open" where it has to, and tells when what is wanted is there. */
function watch({ wanted, opens }) {
  let opened = !opens;
  new MutationObserver((_, observer) => {
    const open = document.querySelector(".neutral .main");
    if (open && !opened) {
      opened = true;
      open.click();
    }
    if (!document.querySelector(wanted)) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => window.seen()));
  }).observe(document, { childList: true, subtree: true });
}

/** Returns the milliseconds of the main thread's CPU until `wanted` is on the screen. */
async function measure(context, { url, wanted, opens }) {
  const page = await context.newPage();
  const seen = new Promise((tell) => page.exposeBinding("seen", () => tell()));
  await page.addInitScript(watch, { wanted, opens });
  const tools = await context.newCDPSession(page);
  await tools.send("Performance.enable", { timeDomain: "threadTicks" });
  await tools.send("Emulation.setCPUThrottlingRate", { rate: SLOWED });
  const busy = async () => {
    const { metrics } = await tools.send("Performance.getMetrics");
    return 1_000 * metrics.find(({ name }) => name === "TaskDuration").value;
  };
  const before = await busy();
  await page.goto(url, { waitUntil: "commit" });
  await seen;
  const spent = (await busy()) - before;
  await page.close();
  return spent;
}

const empty = await serveEmpty();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
await answer(context);
const PAGES = {
  "empty page": { url: empty.resolvedUrls.local[0], wanted: "h1", opens: false },
  "start page": { url: address, wanted: "h1", opens: false },
  "first view": { url: address, wanted: ".first .steps", opens: true },
};
const spent = Object.fromEntries(Object.keys(PAGES).map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, page] of Object.entries(PAGES)) {
    const time = await measure(context, page);
    if (round > 0) spent[name].push(time);
  }
}
for (const [name, times] of Object.entries(spent)) {
  times.sort((one, other) => one - other);
  const [least, middle, most] = [times[0], times[Math.floor(times.length / 2)], times.at(-1)].map(Math.round);
  console.log(`${name}: ${middle} ms (${least} .. ${most})`);
}
await browser.close();
await empty.close();
