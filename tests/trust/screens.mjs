// For each line of a moment and the secrets of logins: what each of those logins sees at that moment, as a line.
import { createInterface } from "node:readline";
import { given, Phone } from "../web/phone.mjs";

const phone = await Phone.start("phone", given.looks[0]);
for await (const line of createInterface({ input: process.stdin })) {
  const { now, logins } = JSON.parse(line);
  const seen = [];
  for (const login of logins) {
    await phone.context.clearCookies();
    await phone.context.addCookies([{ name: "s", value: login, url: given.address, httpOnly: true, sameSite: "Strict" }]);
    await phone.at(now);
    seen.push(await phone.tabs());
  }
  console.log(JSON.stringify(seen));
}
await phone.context.close();
