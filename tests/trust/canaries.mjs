// One phone answers all that it is asked, otherwise every week, and whatever was said is looked for afterwards.
import { appendFileSync } from "node:fs";
import { foundIn, given, Phone, written } from "../web/phone.mjs";

// A few of the things said are no answers, such as the version of a consent.
const ENOUGH = 210;
const WEEKS = 8;
const PAGES = ["Just for you", "If you both agree", "Your safety"];
const weekOf = (week) => new Date(Date.UTC(2026, 11, 1 + 7 * week, 18)).toISOString().replace(".000", "");

const phone = await Phone.start("phone", given.looks[0]);
let week = 0;
const times = new Map();

/** Another answer each time that a question comes. */
function otherwise(question, count) {
  times.set(question, (times.get(question) ?? -1) + 1);
  return times.get(question) % count;
}

/** Takes all that can be picked on the screen. */
async function pickAll() {
  for (const [place, pick] of (await phone.page.locator(".picks li").all()).entries()) {
    await pick.locator(place < 3 ? ".love" : ".avoid").click();
  }
  for (const box of await phone.page.locator(".checks input").all()) if (await box.isEnabled()) await box.check();
}

async function answerAlone() {
  await phone.look("Are you on your own right now?");
  await phone.tap("Yes, I’m on my own");
}

async function answerPersonal() {
  for (const title of PAGES) {
    await phone.page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    await phone.answerAll(otherwise);
    await phone.tap(title === PAGES.at(-1) ? "Show me" : "Next");
  }
  // Support is shown once, and then there is the view.
  await phone.page.locator(".tabs, .lines").first().waitFor();
}

async function answerQuestions() {
  await phone.page.locator("progress").waitFor();
  while (await phone.page.locator("progress").count()) {
    await pickAll();
    await phone.answer(otherwise);
    await phone.page.locator(".wait").waitFor({ state: "detached" });
  }
}

await phone.at(weekOf(week));
await phone.open();
await phone.page.getByRole("checkbox").check();
await phone.tap("Begin");
await phone.tap("I agree");
await answerAlone();
await answerQuestions();
await answerPersonal();
while (phone.said.size < ENOUGH && week < WEEKS) {
  week += 1;
  await phone.at(weekOf(week));
  await phone.open();
  await phone.tap("Answer them");
  await answerQuestions();
  await phone.tap("Done for this week");
  await phone.page.locator(".tabs, .lines").first().waitFor();
  await phone.open();
  await phone.tap("Settings");
  await phone.page.getByText("Personal questions", { exact: true }).first().click();
  await phone.tap("Answer the personal questions");
  await answerAlone();
  await answerPersonal();
}

const said = [...phone.said.values()];
const kept = await phone.kept();
await phone.context.close();
const told = { said: said.length, weeks: week + 1, found: foundIn([kept, ...written()], said) };

// The control: in the same storage and in the same log, each of them is found.
const again = await Phone.start("phone", given.looks[0]);
await again.page.goto(given.address);
await again.page.evaluate((all) => localStorage.setItem("control", all), said.join());
told.in_storage = foundIn([await again.kept()], said).length;
await again.context.close();
appendFileSync(given.logs[0], said.join("\n"));
told.in_a_log = foundIn(written(), said).length;
console.log(JSON.stringify(told));
