import { Elysia } from "elysia";
import type { Feeds } from "../../actors/pace/feeds.ts";
import type { AppsScripts } from "../apps-script.ts";
import type { Registry } from "../registry.ts";
import { answers } from "./answer-schemas.ts";
import { readText } from "./body.ts";
import type { Permits } from "./permits.ts";
import { problem, registryProblem } from "./problems.ts";

/** Calls from outside that say that something changed. Each leads to a poll at most, and proves itself. */
export interface Hooks {
  readonly feeds: Pick<Feeds, "take">;
  readonly scripts: AppsScripts;
  /** Where the outside reaches this daemon, without a slash at its end; null: nowhere. */
  readonly publicUrl: string | null;
}

export interface HookRoutesDeps {
  readonly hooks: Hooks | undefined;
  readonly registry: Registry;
  readonly permits: Permits;
}

export const DRIVE_HOOK_PATH = "/hooks/google/drive";
/** What the script sends has two bytes. */
const BODY_BYTES_MAX = 1_024;

export function hookRoutes({ hooks, registry, permits }: HookRoutesDeps) {
  const tags = ["Hints"];
  return new Elysia({ name: "hooks" })
    .use(permits)
    .post(
      DRIVE_HOOK_PATH,
      ({ request: { headers } }) => {
        const verdict = hooks?.feeds.take({
          channel: headers.get("x-goog-channel-id") ?? "",
          token: headers.get("x-goog-channel-token") ?? "",
          message: Number(headers.get("x-goog-message-number") ?? Number.NaN),
          state: headers.get("x-goog-resource-state") ?? "",
        });
        return verdict === undefined || verdict === "unknown"
          ? refused()
          : new Response(null, { status: 204 });
      },
      {
        detail: {
          tags,
          summary: "Drive calls here when something changed",
          description: "Proves itself by the id and token of a channel that this daemon opened.",
          responses: answers(204, "Taken."),
        },
      },
    )
    .post(
      "/hooks/google/apps-script/:id",
      async ({ params: { id }, request }) => {
        const { headers } = request;
        const body = await readText(request, BODY_BYTES_MAX);
        const source = await registry.get(id);
        if (!hooks || !source.ok) return refused();
        const verdict = hooks.scripts.judge(source.value, {
          timestamp: headers.get("x-sheetwire-timestamp") ?? "",
          nonce: headers.get("x-sheetwire-nonce") ?? "",
          signature: headers.get("x-sheetwire-signature") ?? "",
          body,
        });
        if (verdict === "bad signature" || verdict === "too old") return refused();
        if (verdict === "good") await registry.poll(id);
        return new Response(null, { status: 204 });
      },
      {
        detail: {
          tags,
          summary: "A workbook's script calls here after an edit",
          description:
            "Proves itself by a signature with the source's own secret, five minutes long and once.",
          responses: answers(204, "Taken; a repeat changes nothing."),
        },
      },
    )
    .get(
      "/datasources/:id/apps-script",
      async ({ params: { id } }) => {
        const source = await registry.get(id);
        if (!source.ok) return registryProblem(source.error);
        if (!hooks?.publicUrl) {
          return problem("no-public-url", {
            detail:
              "Google must be able to reach this daemon: set SHEETWIRE_PUBLIC_URL to the address it has from outside.",
          });
        }
        const url = `${hooks.publicUrl}/hooks/google/apps-script/${encodeURIComponent(id)}`;
        return new Response(hooks.scripts.script(source.value, url), {
          headers: { "Content-Type": "text/plain; charset=utf-8" },
        });
      },
      {
        permit: "admin",
        detail: {
          tags,
          summary: "The Apps Script trigger of a source, ready to paste",
          description: "Holds the secret that its calls are signed with.",
          responses: answers(200, "The script.", undefined, { "text/plain": {} }),
        },
      },
    );
}

/** Says nothing of which sources and channels there are. */
function refused(): Response {
  return problem("not-proven", { detail: "The call does not prove that it may hint anything." });
}
