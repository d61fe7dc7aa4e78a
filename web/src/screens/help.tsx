import type { VNode } from "preact";
import { api } from "../api.ts";
import { guessedCountry } from "../countries.ts";
import { useLoaded, Waiting } from "../parts/loading.tsx";
import { Page } from "../parts/page.tsx";
import { Lines } from "../parts/support.tsx";
import { texts } from "../texts.ts";

/** Help lines, the same for everybody. It asks who the person is only for their country, and does without that, too. */
export function Help(): VNode {
  const help = useLoaded(async () => {
    const me = await api.get("/v1/me").catch(() => undefined);
    const country = me?.country ?? guessedCountry();
    return api.get("/v1/help", { query: country ? { country } : {} });
  });
  return (
    <Page title={texts.support.where}>
      <p class="small">{texts.support.forAll}</p>
      {help.data ? (
        <>
          {help.data.text && <p>{help.data.text}</p>}
          <Lines lines={help.data.data} />
        </>
      ) : (
        <Waiting loaded={help} />
      )}
    </Page>
  );
}
