// Two phones, four weeks of the test clock; the second one's language needs 40 % more room.
import assert from "node:assert/strict";
import { foundIn, given, logged, Phone, written } from "./phone.mjs";

const WEEKS = ["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"].map((day) => `${day}T18:00:00Z`);
const AN_HOUR_LATER = WEEKS[0].replace("T18", "T19");
const calm = (question, count) => (/skip|would rather not say/.test(question) ? 0 : Math.min(1, count - 1));
const none = () => 0;
const ACTIVITY_TITLES = ".first h2, details.card .title";

const a = await Phone.start("a", given.looks[0]);
const b = await Phone.start("b", given.looks[1]);
const told = { words: 0 };

// The API's own words for whoever is the only one heard.
const ALONE = "based on your answers alone";

async function begin(phone, code) {
  await phone.open();
  await phone.look("Welcome");
  await phone.use(phone.page.getByRole("checkbox"));
  await phone.tap(code ? "I have a code from my partner" : "Begin");
  await phone.look("Before we start");
  await phone.tap("I agree");
  if (!code) return;
  await phone.look("Enter your code");
  await phone.page.getByRole("textbox").fill("NOT-A-CODE-AT-ALL");
  await phone.tap("Continue");
  await phone.page.getByRole("alert").waitFor();
  await phone.inspect("a code that does not work");
  await phone.page.getByRole("textbox").fill(code);
  await phone.tap("Continue");
  await phone.look("Using both your answers");
  await phone.tap("I agree");
}

/** Answers at most twelve questions, and the personal ones where the person is alone. */
async function sit(phone, personal) {
  await phone.look("Are you on your own right now?");
  await phone.tap(personal ? "Yes, I’m on my own" : "No, leave those out");
  let asked = 0;
  let words = 0;
  const read = new Set();
  while ((await phone.page.locator("progress").count()) || (await phone.page.locator(".wait").count())) {
    if (await phone.page.locator("progress").count()) {
      if (asked < 5) await phone.inspect("a question");
      words += await phone.wordCount(read);
      await phone.answer(calm);
      asked += 1;
    }
    await phone.page.locator(".wait").waitFor({ state: "detached" });
  }
  assert.ok(asked >= 4 && asked <= 12, `${asked} questions`);
  if (personal) await answerPersonal(phone, none);
  told.words ||= words;
  return asked;
}

async function answerPersonal(phone, safety) {
  for (const [group, last] of [["Just for you"], ["If you both agree"], ["Your safety", true]]) {
    await phone.page.getByRole("heading", { level: 1, name: group, exact: true }).waitFor();
    await phone.inspect(group);
    await phone.answerAll(last ? safety : calm);
    await phone.tap(last ? "Show me" : "Next");
  }
}

async function checkIn(phone, week) {
  await phone.open();
  await phone.look("For the two of you");
  await phone.tap("Answer them");
  await phone.page.locator("progress").waitFor();
  await phone.inspect("the check-in");
  const other = (_, count) => week % count;
  for (let asked = 0; asked < 8; asked += 1) await phone.answer(other);
  await phone.tap("The rest is as before");
  await phone.look("For the two of you");
}

/** Leaves, and tells how long the neutral page took to come. */
async function leaveWith(phone, leave) {
  const began = performance.now();
  await leave();
  await phone.page.waitForURL(/measures/);
  told.exit = [...(told.exit ?? []), Math.round(performance.now() - began)];
}

async function tab(phone, name, title) {
  await phone.tap(name);
  await phone.look(title);
}

async function choose(phone, title) {
  const activity = phone.page.locator(".card", { hasText: title });
  if (await activity.locator("> summary").count()) await phone.use(activity.locator("> summary"));
  await phone.use(activity.locator(".choosing .main"));
  await activity.getByRole("status").waitFor();
  await phone.inspect("a yes");
}

// Week 1: the first phone, alone.
await a.at(WEEKS[0]);
await b.at(WEEKS[0]);
await a.page.goto(given.address);
await a.look("Weekly");
await a.tap("Open");
await a.look("Welcome");
await a.use(a.page.getByRole("checkbox"));
await a.tap("Begin");
await a.look("Before we start");
await a.tap("I agree");
told.asked = [await sit(a, true)];
await a.look("For the two of you");
await a.use(a.page.getByText("What we went by"));
assert.ok((await a.content()).includes(ALONE), "alone, it says so");
const change = a.button("What would change this?");
if (await change.count()) {
  await a.use(change.first());
  await a.page.locator("main div[role=status]").first().waitFor();
  await a.inspect("what would change it");
}
await a.tap("Help lines");
await a.look("Where to find help");
await a.use(a.page.locator(".top .quiet"));

await a.tap("Invite your partner");
await a.look("Invite your partner");
await a.tap("Make an invitation");
const code = await a.page.locator(".code").textContent();
await a.inspect("the invitation");
await a.tap("Go on");
await a.look("For the two of you");

// The second phone, an hour later.
for (const phone of [a, b]) await phone.at(AN_HOUR_LATER);
await begin(b, code);

// The first one agrees before the second has answered, so that both count from the second one's report on: that first
// time is the one moment at which a view moves between two Mondays.
await a.open();
await a.look("For the two of you");
await a.tap("Use both your answers");
await a.look("Using both your answers");
await a.tap("I agree");
await a.look("For the two of you");
told.asked.push(await sit(b, true));
await b.look("For the two of you");

// Both say yes to something that is on both lists; it is in both plans after a Monday.
for (const phone of [a, b]) {
  await phone.open();
  await phone.look("For the two of you");
}
const titles = await a.page.locator(ACTIVITY_TITLES).allTextContents();
const others = await b.page.locator(ACTIVITY_TITLES).allTextContents();
const common = titles.find((title) => others.includes(title));
assert.ok(common, `nothing on both lists: ${titles}; ${others}`);
for (const phone of [a, b]) await choose(phone, common);

// While the first one acts in private, nothing moves on the second phone.
const before = await b.tabs();
await a.tap("Settings");
await a.look("Settings");
await a.use(a.page.getByText("Personal questions", { exact: true }).first());
await a.tap("Answer the personal questions");
await a.look("Are you on your own right now?");
await a.tap("Yes, I’m on my own");
await answerPersonal(a, (_, count) => (count === 3 ? 1 : 0));
await a.look("You are not alone with this");
assert.ok((await a.page.locator("a[href^='tel:']").count()) > 0, "numbers to tap");
const now = await b.tabs();
assert.equal(before[0].includes(ALONE), false, "both count before the screens are compared");
for (const [place, screen] of now.entries()) assert.ok(screen === before[place], `private answers move screen ${place} of the other's phone`);

// Gone at once, and nothing to go back to.
await leaveWith(a, async () => {
  for (let presses = 0; presses < 3; presses += 1) await a.page.keyboard.press("Shift");
});
await a.page.goBack().catch(() => null);
assert.doesNotMatch(await a.page.content(), /alone with this|Rekindle|Weekly/, "the back button shows it");
await a.open();
await a.page.locator(".tabs").waitFor();
await a.page.locator(".wait").waitFor({ state: "detached" });
assert.doesNotMatch(await a.text(), /alone with this/);
await leaveWith(a, async () => {
  // In the same moment, before the other page has come, there is nothing left to read.
  const left = await a.page.evaluate(() => (document.querySelector(".exit").click(), document.body.innerText));
  assert.equal(left.trim(), "");
});

// A week later: the plan, a time, the calendar, how it was.
for (const phone of [a, b]) await phone.at(WEEKS[1]);
await b.open();
await b.look("For the two of you");
assert.notEqual(await b.content(), before[0], "a week later nothing has moved");
await tab(b, "Plan", "Your plan");
await b.use(b.page.locator("details", { has: b.page.locator("input[type=datetime-local]") }).first().locator("summary"));
await b.page.locator("input[type=datetime-local]").first().fill("2026-12-11T20:30");
await b.tap("Save");
await b.page.getByText(/11 Dec|December 11/).waitFor();
await b.tap("Make an address");
const calendar = await b.page.locator(".address").textContent();
assert.match(await (await fetch(calendar, { headers: { "Rekindle-Test-Now": WEEKS[1] } })).text(), /BEGIN:VEVENT/);
await b.inspect("the plan");
await b.use(b.page.locator("section", { hasText: "Föür wééks" }).getByRole("button"));
await b.look("Four weeks ahead");
for (const day of ["Tuesday", "Friday"]) await b.use(b.page.getByRole("button", { name: day }));
await b.tap("Lay it out");
await b.page.locator("main div[role=status] > *").first().waitFor();
await b.inspect("four weeks ahead");
await b.use(b.page.locator(".top .quiet"));
await b.look("Your plan");
await b.tap("We did it");
await b.look("How was it?");
await b.use(b.page.locator(".scale").first().getByRole("button").nth(4));
await b.tap("Send");
await b.look("Your plan");
await checkIn(b, 1);

// Weeks three and four.
for (const week of [2, 3]) {
  await b.at(WEEKS[week]);
  await checkIn(b, week);
}
await tab(b, "So far", "How it has been");
assert.ok((await b.page.locator("figure").count()) > 0, "a picture of one's own weeks");
await tab(b, "Today", "For the two of you");
await b.tap("Look at the paths");
await b.look("Paths");
await b.use(b.page.locator("details.card summary").first());
await b.tap("Begin");
await b.button("Stop").waitFor();
await b.inspect("a path begun");

// Leaving: the link, then everything.
await b.use(b.page.locator(".top .quiet"));
await tab(b, "Settings", "Settings");
for (const summary of await b.page.locator("main > details > summary").all()) await b.use(summary);
await b.inspect("all settings");
await b.use(b.page.getByRole("button", { name: /^\[Délété/ }));
await b.use(b.page.getByRole("button", { name: /^\[Yés, délété/ }));
await b.look("Your data is deleted.");

// Nothing of what was said is to be found: in what pages keep, in the profile on the disk, in any log.
const said = [...new Set([...a.said.values(), ...b.said.values()])];
told.said = said.length;
const kept = [await a.kept(), await b.kept()];
await a.page.evaluate(() => localStorage.setItem("control", '"planted_answer":"planted"'));
for (const phone of [a, b]) {
  assert.deepEqual(phone.faults, []);
  assert.deepEqual([...phone.hosts], [new URL(given.address).host]);
  for (const { httpOnly, sameSite, value } of await phone.context.cookies()) {
    assert.deepEqual([httpOnly, sameSite], [true, "Strict"]);
    assert.deepEqual(foundIn(logged(), [value]), [], "who reads the logins of the app can log in with none of them");
  }
  await phone.context.close();
}
const places = [...kept, ...written()];
told.found = foundIn(places, said);
told.control = foundIn(places, ["planted_answer"]).length === 1;
told.screens = a.screens + b.screens;
console.log(JSON.stringify(told));
