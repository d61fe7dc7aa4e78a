// A phone with the app on it, as a person holds it: it reads what is on the screen and taps what it finds there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "../../web/node_modules/playwright-core/index.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf-8");
const PATIENCE = 20_000;

/** A code that no person should read: `very_low`. */
const CODE = /\b[a-z]+_[a-z_]+\b/;

export class Phone {
  /** What was said to the API: `"level":"chronic"` and the like. */
  said = new Set();
  hosts = new Set();
  faults = [];
  screens = 0;

  static async start({ executablePath, folder, address, ...look }) {
    const context = await chromium.launchPersistentContext(folder, {
      executablePath,
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
      viewport: { width: 390, height: 800 },
      locale: "en-US",
      timezoneId: "Europe/Paris",
      reducedMotion: "reduce",
      ...look,
    });
    return new Phone(context, context.pages()[0], address, look.locale === "en-XA");
  }

  constructor(context, page, address, stretches) {
    Object.assign(this, { context, page, address, stretches });
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => this.faults.push(error.message));
    page.on("console", (message) => message.text().includes("Content Security Policy") && this.faults.push(message.text()));
    page.on("request", (request) => {
      this.hosts.add(new URL(request.url()).host);
      const body = request.postData();
      if (body && request.url().includes("/api/")) this.#remember(JSON.parse(body));
    });
  }

  /** Sets the present, for the page and for the API. */
  async at(now) {
    await this.context.setExtraHTTPHeaders({ "Rekindle-Test-Now": now });
    await this.page.clock.setFixedTime(new Date(now));
  }

  async open() {
    await this.page.goto(this.address);
    await this.look("Weekly");
    await this.tap("Open");
  }

  button(name) {
    return this.page.getByRole("button", { name: this.#asShown(name), exact: true });
  }

  async tap(name) {
    await this.button(name).first().click();
  }

  /** Finds a button with the Tab key alone and presses it. */
  async press(name) {
    const wanted = this.#asShown(name);
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await this.page.keyboard.press("Tab");
      const reached = await this.page.evaluate(() => document.activeElement?.textContent?.trim());
      if (reached === wanted) return this.page.keyboard.press("Enter");
    }
    return assert.fail(`no way to "${name}" by keyboard`);
  }

  async title() {
    return (await this.page.getByRole("heading", { level: 1 }).textContent()).trim();
  }

  /** Waits for a screen of the app by its title, and looks at it closely. */
  async look(title) {
    const heading = this.page.getByRole("heading", { level: 1, name: this.#asShown(title), exact: true });
    await heading.waitFor().catch(async () => assert.fail(`"${title}" was to come, and there is:\n${await this.text()}`));
    await this.page.locator(".wait").waitFor({ state: "detached" });
    await this.inspect(title);
  }

  /** Nothing for axe to find, nothing wider than the screen, no code where a word belongs, and nothing told outside. */
  async inspect(name) {
    this.screens += 1;
    const found = await this.page.evaluate(async (source) => {
      if (!("axe" in window)) (0, eval)(source);
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
      return {
        violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary ?? ""}`),
        tooWide: document.documentElement.scrollWidth > innerWidth,
        text: document.body.innerText,
        title: document.title,
        address: location.pathname + location.search + location.hash,
        entries: history.state,
      };
    }, AXE);
    assert.deepEqual(found.violations, [], name);
    assert.equal(found.tooWide, false, `"${name}" is wider than the screen`);
    assert.doesNotMatch(found.text, CODE, name);
    assert.deepEqual([found.title, found.address, found.entries], ["Weekly", "/", null], name);
  }

  async text() {
    return this.page.locator("body").innerText();
  }

  /** The words on the screen, without what the person holding it has just done. */
  async words() {
    await this.page.locator(".wait").waitFor({ state: "detached" });
    return this.page.locator("main").innerHTML();
  }

  /** Answers the question on the screen and goes on. `choose` picks one of so many by the question's text. */
  async answer(choose) {
    const question = await this.title();
    const levels = this.page.locator(".levels button, .chips button");
    const count = await levels.count();
    if (count) await levels.nth(choose(question, count)).click();
    else {
      if (await this.page.locator(".picks").count()) await this.page.locator(".picks button.love").nth(choose(question, 19)).click();
      else if (await this.page.locator(".checks input").count()) await this.page.locator(".checks input").first().check();
      await this.tap("Next");
    }
    await this.page.waitForFunction((before) => document.querySelector("h1")?.textContent !== before, question);
    return question;
  }

  /** Answers every question of a page for one person alone. */
  async answerAll(choose) {
    const groups = this.page.locator(".personal .levels");
    for (let place = 0; place < (await groups.count()); place += 1) {
      const levels = groups.nth(place).locator("button");
      const question = await groups.nth(place).getAttribute("aria-label");
      await levels.nth(choose(question, await levels.count())).click();
    }
  }

  /** Everything that a page can keep, and that another page or person could find. */
  async kept() {
    return this.page.evaluate(async () =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        location.href,
        document.title,
        history.length,
        history.state,
        await indexedDB.databases(),
        await caches.keys().catch(() => []),
      ]),
    );
  }

  #asShown(text) {
    if (!this.stretches) return text;
    const more = "~".repeat(Math.ceil(text.length * 0.4)).replace(/~{8}/g, "~~~~~~~ ");
    return `[${text.replace(/[aeiou]/g, (vowel) => "àéîöü"["aeiou".indexOf(vowel)])}${more}]`;
  }

  #remember(value, name) {
    if (typeof value !== "object" || value === null) this.said.add(`"${name}":${JSON.stringify(value)}`);
    else for (const [key, inner] of Object.entries(value)) this.#remember(inner, Array.isArray(value) ? name : key);
  }
}
