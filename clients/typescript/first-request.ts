// Compiled with --strict against the generated client, then run against a server on this machine.
import { readFileSync } from "node:fs";
import { createRecommendation, type ActivityOut, type RecommendationRequest } from "./generated";
import { client } from "./generated/client.gen";

const [, , server, file] = process.argv;

async function main(): Promise<void> {
  client.setConfig({ baseUrl: server });
  const body: RecommendationRequest = JSON.parse(readFileSync(file!, "utf-8"));
  const { data, response } = await createRecommendation({ body });
  if (!data) throw new Error(`answered ${response?.status}`);
  const first: ActivityOut | undefined = data.views.b?.activities[0];
  const refused = await createRecommendation({ body: { ...body, max_activities: 99 } });
  console.log(
    JSON.stringify({
      basis: data.basis,
      first: first?.id,
      minutes: first?.minutes,
      refused: refused.error?.code,
      language: response?.headers.get("content-language"),
    }),
  );
}

void main();
