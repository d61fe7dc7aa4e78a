import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { encode } from "uqr";
import { invite, type Schemas } from "../api.ts";
import { useApp } from "../context.ts";
import { useAction } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { asDay } from "../dates.ts";
import { texts } from "../texts.ts";

export function Invite(): VNode {
  const app = useApp();
  const { act, busy, problem } = useAction();
  const [invitation, setInvitation] = useState<Schemas["Invitation"]>();
  const make = (): void => act(async () => setInvitation(await invite()));
  return (
    <Page title={texts.invite.title} step={invitation && "made"}>
      <p>{invitation ? texts.invite.text : texts.invite.before}</p>
      {invitation ? (
        <>
          <Invitation invitation={invitation} />
          <button type="button" class="main" disabled={busy} onClick={() => act(app.resume)}>
            {texts.invite.onwards}
          </button>
        </>
      ) : (
        <button type="button" class="main" disabled={busy} onClick={make}>
          {texts.invite.make}
        </button>
      )}
      <ProblemNote problem={problem} />
    </Page>
  );
}

function Invitation({ invitation: { code, expires_at } }: { invitation: Schemas["Invitation"] }): VNode {
  const [copied, setCopied] = useState(false);
  const link = `${location.origin}/#code=${code}`;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link);
    setCopied(true);
  };
  return (
    <>
      <p>
        {texts.invite.code}: <strong class="code">{code}</strong>
      </p>
      <Square text={link} />
      <p class="actions">
        {"share" in navigator && (
          <button type="button" onClick={() => void navigator.share({ url: link }).catch(() => undefined)}>
            {texts.invite.share}
          </button>
        )}
        {"clipboard" in navigator && (
          <button type="button" onClick={() => void copy()}>
            {texts.invite.copy}
          </button>
        )}
      </p>
      <p role="status">{copied ? texts.invite.copied : ""}</p>
      <p>{texts.invite.other}</p>
      <p class="small">{texts.invite.until(asDay(expires_at))}</p>
    </>
  );
}

/** The link as a square to be scanned. */
function Square({ text }: { text: string }): VNode {
  const { data, size } = encode(text, { border: 3 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg class="square" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={texts.invite.qr} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
