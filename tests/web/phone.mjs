// A phone with the app on it, as a person holds it: it reads what is on the screen and taps what it finds there.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "../../web/node_modules/playwright-core/index.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf-8");
const PATIENCE = 20_000;
/** A browser magnifies by a factor of 1.2 from level to level. */
const TWICE = Math.log(2) / Math.log(1.2);

/** A code that no person should read: `very_low`. */
const CODE = /\b[a-z]+_[a-z_]+\b/;

/** What the script was given to walk with. */
export const given = JSON.parse(process.argv[2]);

export class Phone {
  /** What was said to the API, with where it belongs: `conflict.level`, `"level":"chronic"`. */
  said = new Map();
  hosts = new Set();
  faults = [];
  screens = 0;
  #pending = 0;

  /** A phone with a profile of its own; with `zoom` every page is magnified to 200 %, with `keys` it is used by keyboard. */
  static async start(name, { zoom = false, keys = false, ...look } = {}) {
    const folder = join(given.folder, name);
    if (zoom) {
      mkdirSync(join(folder, "Default"), { recursive: true });
      const preferences = { partition: { default_zoom_level: { x: TWICE } } };
      writeFileSync(join(folder, "Default", "Preferences"), JSON.stringify(preferences));
    }
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: given.executablePath,
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
      viewport: { width: 390, height: 800 },
      locale: "en-US",
      timezoneId: "Europe/Paris",
      reducedMotion: "reduce",
      ...look,
    });
    const phone = new Phone(context, context.pages()[0], look.locale === "en-XA", keys);
    const { width } = { width: 390, ...look.viewport };
    assert.equal(await phone.page.evaluate(() => innerWidth), zoom ? width / 2 : width, "the width of the page");
    return phone;
  }

  constructor(context, page, stretches, keys) {
    Object.assign(this, { context, page, stretches, keys });
    page.setDefaultTimeout(PATIENCE);
    page.on("request", () => (this.#pending += 1));
    for (const end of ["requestfinished", "requestfailed"]) page.on(end, () => (this.#pending -= 1));
    // A browser that keeps an answer, even one that is the same for everyone, tells who looks at the phone what was read.
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      const isKept = pathname.startsWith("/api/") && response.headers()["cache-control"] !== "no-store";
      if (isKept) this.faults.push(`the browser may keep ${pathname}`);
    });
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
    await this.page.goto(given.address);
    await this.look("Weekly");
    await this.tap("Open");
  }

  button(name) {
    return this.page.getByRole("button", { name: this.#asShown(name), exact: true });
  }

  async tap(name) {
    await this.use(this.button(name).first());
  }

  /** Taps something; on a phone with a keyboard alone, goes there with the Tab key and presses Space. */
  async use(thing) {
    if (!this.keys) return thing.click();
    await thing.waitFor();
    const wanted = await thing.elementHandle();
    const isReached = (element) => document.activeElement !== document.body && document.activeElement.contains(element);
    for (let tabs = 0; tabs < 150; tabs += 1) {
      await this.page.keyboard.press("Tab");
      if (await wanted.evaluate(isReached)) return this.page.keyboard.press("Space");
    }
    return assert.fail(`no way to "${await wanted.textContent()}" by keyboard`);
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

  /** What is on the screen, once nothing is on its way any more. */
  async content() {
    await this.page.locator(".wait").waitFor({ state: "detached" });
    do await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    while (this.#pending > 0);
    return this.page.locator("main").innerHTML();
  }

  /** The four screens behind the tabs as they are now, with all that is folded. */
  async tabs() {
    await this.open();
    const tabs = this.page.locator(".tabs button");
    await tabs.first().waitFor();
    const screens = [];
    for (const tab of await tabs.all()) {
      await this.use(tab);
      screens.push(await this.content());
    }
    return screens;
  }

  /** Answers the question on the screen and goes on. `choose` picks one of so many by the question's text. */
  async answer(choose) {
    const question = await this.title();
    const levels = this.page.locator(".levels button, .chips button");
    const count = await levels.count();
    if (count) await this.use(levels.nth(choose(question, count)));
    else {
      await this.#fill(question, choose);
      await this.use(this.page.locator(".actions .main"));
    }
    await this.page.waitForFunction((before) => document.querySelector("h1")?.textContent !== before, question);
    return question;
  }

  async #fill(question, choose) {
    const [loves, boxes, scales] = [".picks button.love", ".checks input", ".ratings select"].map((one) => this.page.locator(one));
    if (await loves.count()) await this.use(loves.nth(choose(question, await loves.count())));
    else if (await boxes.count()) {
      const box = boxes.nth(choose(question, await boxes.count()));
      if (!(await box.isChecked())) await this.use(box);
    }
    for (const scale of await scales.all()) {
      await scale.selectOption({ index: choose(question, (await scale.locator("option").count()) - 1) + 1 });
    }
  }

  /** How many words there are to read on the screen, without the lines in `read`, to which it adds the new ones. */
  async wordCount(read) {
    const lines = (await this.page.locator("main").innerText()).split("\n");
    const fresh = lines.filter((line) => !read.has(line) && read.add(line));
    return fresh.join(" ").split(/\s+/).filter((word) => /\p{L}|\d/u.test(word)).length;
  }

  /** Answers every question of a page for one person alone. */
  async answerAll(choose) {
    const groups = this.page.locator(".personal .levels");
    for (let place = 0; place < (await groups.count()); place += 1) {
      const levels = groups.nth(place).locator("button");
      const question = await groups.nth(place).getAttribute("aria-label");
      await this.use(levels.nth(choose(question, await levels.count())));
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

  #remember(value, path = "", name = "") {
    if (typeof value !== "object" || value === null) {
      const said = `"${name}":${JSON.stringify(value)}`;
      if (said.length > 12) this.said.set(`${path.replace(/^\.answers/, "")} ${said}`, said);
      return;
    }
    for (const [key, inner] of Object.entries(value)) {
      if (Array.isArray(value)) this.#remember(inner, path, name);
      else this.#remember(inner, `${path}.${key}`, key);
    }
  }
}

/** What the servers have written: two logs, and the logins of the app. */
export function logged() {
  return given.logs.map((path) => readFileSync(path, "latin1"));
}

/** All that the phones have kept on the disk, and what the servers have written. Ask when the phones are closed. */
export function written() {
  const files = readdirSync(given.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const kept = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  return [...kept, ...logged()];
}

/** Which of the things said are to be found in any of the places, as they are, or within a string of JSON. */
export function foundIn(places, said) {
  const isIn = (text, one) => text.includes(one) || text.includes(one.replaceAll('"', '\\"'));
  return said.filter((one) => places.some((text) => isIn(text, one)));
}
