// Read the reference page as a newcomer does: node reference_page.mjs CHROMIUM ADDRESS
import { chromium } from "../../web/node_modules/playwright-core/index.mjs";

const [, , executablePath, address] = process.argv;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
page.setDefaultTimeout(60_000);
const faults = [];
page.on("pageerror", (error) => faults.push(String(error)));
page.on("console", (line) => line.type() === "error" && faults.push(line.text()));

await page.goto(`${address}/docs`);
await page.waitForSelector(".opblock");
const tags = await page.locator(".opblock-tag").evaluateAll((found) => found.map((one) => one.dataset.tag));
const width = await page.evaluate(() => document.documentElement.scrollWidth);

const FINDS = { "Plan WEEKS": ["/v1/me/plan/proposals"], export: ["/v1/me/export"], "no such thing": [] };
for (const [words, paths] of Object.entries(FINDS)) {
  await page.getByLabel("Find operations by words").fill(words);
  await page.waitForFunction((paths) => {
    const shown = [...document.querySelectorAll(".opblock-summary-path")].map((one) => one.dataset.path);
    return JSON.stringify(shown) === JSON.stringify(paths);
  }, paths);
}
await page.getByLabel("Find operations by words").fill("create_recommendation");
await page.locator(".opblock-summary-control").first().click();
await page.waitForSelector(".responses-table .problem");
const folded = await page.locator(".problem").count();
await page.locator(".problem").first().click();
await page.waitForSelector(".response[data-code='400'] .example");
const left = await page.locator(".problem").count();

const samples = {};
for (const name of ["get_decision", "list_questions", "create_report", "list_rules"]) {
  const operation = page.locator(`.opblock[id$='-${name}']`);
  await page.getByLabel("Find operations by words").fill(name);
  await operation.locator(".opblock-summary-control").click();
  samples[name] = await operation.locator(".response[data-code^='20'] .highlight-code").first().innerText();
}
await page.locator(".responses-table [data-name='model']").first().click();
await page.getByRole("button", { name: "Collapse all" }).first().click();
await page.getByRole("button", { name: "Expand all" }).first().click();
const references = page.locator(".json-schema-2020-12-keyword--\\$ref");
await references.first().waitFor();
const schema = {
  titles: await page.locator(".json-schema-2020-12__title").allTextContents(),
  references: await references.allTextContents(),
};
console.log(JSON.stringify({ tags, width, folded, left, samples, schema, faults }));
await browser.close();
