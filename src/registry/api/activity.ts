import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { ActivityAnswer } from "#contract/activity.ts";
import type { PollJournal } from "../poll-journal.ts";
import { answers } from "./answer-schemas.ts";
import type { Permits } from "./permits.ts";

export interface ActivityRoutesDeps {
  readonly polls: Pick<PollJournal, "list">;
  readonly permits: Permits;
}

/** How the latest polls of the sources went. */
export function activityRoutes({ polls, permits }: ActivityRoutesDeps) {
  return new Elysia({ name: "activity" })
    .use(permits)
    .get("/api/v1/activity", () => Response.json(answer(polls)), {
      permit: "admin",
      detail: {
        tags: ["Operation"],
        summary: "How the latest polls went",
        description: "Of each source the latest polls since the daemon's start, the oldest first.",
        responses: answers(200, "By source.", activitySchema),
      },
    });
}

function answer(polls: Pick<PollJournal, "list">): ActivityAnswer {
  const entries = Object.entries(polls.list()).map(([source, list]) => [source, { polls: list }]);
  return { sources: Object.fromEntries(entries) };
}

const poll = Type.Object({
  at: Type.String({ format: "date-time" }),
  outcome: Type.String(),
  tookMs: Type.Integer(),
});
const activitySchema = Type.Object({
  sources: Type.Record(Type.String(), Type.Object({ polls: Type.Array(poll) })),
});
