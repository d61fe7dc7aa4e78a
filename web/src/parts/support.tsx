import type { VNode } from "preact";
import type { HelpLine } from "../api.ts";
import { texts } from "../texts.ts";

type Line = Pick<HelpLine, "name" | "for_whom" | "contact" | "links" | "hours">;

const SHOWN: [RegExp, (rest: string) => string][] = [
  [/^tel:(.+)$/, (number) => number],
  [/^sms:(.+)$/, (number) => number],
  [/^https?:\/\/(?:www\.)?([^/?#]+)/, (host) => host],
];

const name = (link: string): string => {
  for (const [pattern, shown] of SHOWN) {
    const found = pattern.exec(link)?.[1];
    if (found) return shown(found);
  }
  return link;
};

/** Help lines, with numbers to tap. A page that is opened from here is not told where it was opened from. */
export function Lines({ lines }: { lines: Line[] }): VNode {
  return (
    <ul class="lines" aria-label={texts.support.call}>
      {lines.map((line) => (
        <li key={line.name} class="card">
          <h2>{line.name}</h2>
          {line.for_whom && <p>{line.for_whom}</p>}
          <p>{line.contact}</p>
          <p class="small">{line.hours}</p>
          <p class="links">
            {line.links.map((link) => (
              <a key={link} href={link} rel="noreferrer noopener" target={link.startsWith("http") ? "_blank" : undefined}>
                {name(link)}
              </a>
            ))}
          </p>
        </li>
      ))}
    </ul>
  );
}
