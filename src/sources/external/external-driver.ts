import { ok } from "#contract/result.ts";
import { type AllowedPlaces, createGuardedNet, NOTHING_ALLOWED } from "../../runtime/guarded-net.ts";
import type { Source, SourceDriver } from "../source.ts";
import { createWrittenSince } from "../written-since.ts";
import { createAccess } from "./access.ts";
import { FEED_LIMITS, type FeedLimits } from "./limits.ts";
import { planOf } from "./plan.ts";
import { pollFeed } from "./poll.ts";
import { checkSettings } from "./settings.ts";
import { watchEvents } from "./watch-events.ts";
import { writeFeed } from "./write/write-feed.ts";

export interface ExternalDriverOptions {
  /** Special addresses that feeds may be read from all the same. */
  readonly allowed?: AllowedPlaces;
  readonly limits?: Partial<FeedLimits>;
}

/** One answer of a million rows of ordinary width. */
const BODY_BYTES_MAX = 256 << 20;

/** Feeds of JSON, XML, NDJSON and CSV at any address of the open internet. */
export function createExternalDriver(options: ExternalDriverOptions = {}): SourceDriver {
  const { allowed = NOTHING_ALLOWED } = options;
  const limits: FeedLimits = { ...FEED_LIMITS, sourceBodyBytesMax: BODY_BYTES_MAX, ...options.limits };
  return {
    kind: "external",
    check: (settings) => checkSettings(settings, allowed),
    open(settings, { net, resolver, clock }): Source {
      const plan = planOf(settings);
      const guarded = createGuardedNet({ net, resolver, clock, allowed });
      const access = createAccess(plan.auth, { net: guarded, clock });
      const deps = { net: guarded, clock, access, plan, limits };
      const { events } = plan;
      const written = createWrittenSince();
      return {
        async poll(since, signal) {
          const polled = await pollFeed({ ...deps, written: written.tabs(since) }, since, signal);
          if (!polled.ok || polled.value.tag === "Pending") return polled;
          return ok({ ...polled.value, revision: written.compared(polled.value.revision, since) });
        },
        ...(plan.write && {
          write: (batch, signal) => {
            written.note(batch);
            return writeFeed({ ...deps, sourceId: settings.id, rules: settings.writes ?? {} }, batch, signal);
          },
        }),
        ...(events !== null && { watch: (onHint, signal) => watchEvents(deps, events, onHint, signal) }),
      };
    },
  };
}
