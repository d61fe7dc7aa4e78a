import type { VNode } from "preact";
import type { HelpLine } from "../api.ts";
import { texts } from "../texts.ts";

type Line = Pick<HelpLine, "name" | "for_whom" | "contact" | "links" | "hours">;

const digitsOf = (text: string): string => text.replace(/\D/g, "");

/** Returns what a link says: whether it calls or writes, and to which number, set as the line's own text sets it. */
function nameOf(link: string, contact: string): string {
  const [, scheme, rest = link] = /^(tel|sms|https?):(?:\/\/(?:www\.)?)?([^/?#]+)/.exec(link) ?? [];
  if (scheme !== "tel" && scheme !== "sms") return rest;
  const asSet = (contact.match(/\d[\d ()-]*\d/g) ?? []).find((number) => digitsOf(rest).endsWith(digitsOf(number).replace(/^0/, "")));
  return scheme === "tel" ? texts.support.call(asSet ?? rest) : texts.support.write(asSet ?? rest);
}

/** Help lines, with numbers to tap. A page that is opened from here is not told where it was opened from. */
export function Lines({ lines }: { lines: Line[] }): VNode {
  return (
    <ul class="lines" aria-label={texts.support.lines}>
      {lines.map((line) => (
        <li key={line.name} class="card">
          <h2>{line.name}</h2>
          {line.for_whom && <p>{line.for_whom}</p>}
          <p>{line.contact}</p>
          <p class="small">{line.hours}</p>
          <p class="links">
            {line.links.map((link) => (
              <a key={link} href={link} rel="noreferrer noopener" target={link.startsWith("http") ? "_blank" : undefined}>
                {nameOf(link, line.contact)}
              </a>
            ))}
          </p>
        </li>
      ))}
    </ul>
  );
}
