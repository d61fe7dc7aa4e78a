// CPU of the main thread to load the reference page and to open operations of it, one page beside others:
// node benchmarks/reference_page.mjs CHROMIUM PAGE..., such as http://127.0.0.1:8000/docs; after `npm ci` in web/.
import { chromium } from "../web/node_modules/playwright-core/index.mjs";

const [, , executablePath, ...addresses] = process.argv;
const ROUNDS = 5;
const CALM_MS = 4;
// Operations that stand in every version of the document, short ones and long ones.
const OPENED = {
  "/v1/recommendations": "post",
  "/v1/me/reports": "post",
  "/v1/partners": "post",
  "/v1/activities": "get",
  "/v1/me/view": "get",
  "/v1/claims/{claim}": "get",
};

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const figures = addresses.map(() => ({ load: [], opened: [] }));
for (let round = 0; round < ROUNDS; round++) {
  for (const [number, address] of addresses.entries()) await measure(address, figures[number]);
}
for (const [number, address] of addresses.entries()) {
  const [load, opened] = [median(figures[number].load), median(figures[number].opened)];
  const ratio = (opened / median(figures[0].opened)).toFixed(2);
  console.log(`${address}: ${load.toFixed(0)} ms to load, ${opened.toFixed(0)} ms to open one of them, ratio ${ratio}`);
}
await browser.close();

async function measure(address, { load, opened }) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(address);
  await page.waitForSelector(".opblock");
  load.push(await settled(page, session));
  const times = [];
  for (const [path, method] of Object.entries(OPENED)) {
    const block = page.locator(`.opblock-${method}`).filter({ has: page.locator(`[data-path="${path}"]`) });
    const before = await worked(session);
    await block.locator(".opblock-summary-control").click();
    await block.locator(".responses-table").waitFor();
    times.push((await settled(page, session)) - before);
    await block.locator(".opblock-summary-control").click();
    await settled(page, session);
  }
  opened.push(times.reduce((sum, one) => sum + one) / times.length);
  await page.close();
}

/** Returns the milliseconds that the main thread has worked so far. */
async function worked(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
}

/** Waits until the main thread is at rest, and returns what it has worked by then. */
async function settled(page, session) {
  let last = await worked(session);
  for (let calm = 0; calm < 3; ) {
    await page.waitForTimeout(150);
    const now = await worked(session);
    calm = now - last < CALM_MS ? calm + 1 : 0;
    last = now;
  }
  return last;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
