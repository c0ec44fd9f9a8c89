/** The feeds of changes that sources are told of by, each read once for all of its sources. */
import type { Runtime } from "../../runtime/runtime.ts";
import type { ChangeFeed, Source } from "../../sources/source.ts";
import { createFeedReader, type FeedReader } from "./feed-reader.ts";
import type { PushCall, PushOptions, PushVerdict } from "./push.ts";

export interface Feeds {
  /** Hints the source whenever its feed names it, until the returned function is called. */
  join(source: Source, onHint: () => void): () => void;
  /** A call by the far end. */
  take(call: PushCall): PushVerdict;
}

export interface FeedsDeps {
  readonly runtime: Pick<Runtime, "clock" | "random" | "logger">;
  /** Absent: nobody can call us. */
  readonly push?: PushOptions | undefined;
  /** Whether hints arrive for the account's sources at present. */
  readonly onCovered: (account: string, covered: boolean) => void;
}

export function createFeeds({ runtime, push, onCovered }: FeedsDeps): Feeds {
  const readers = new Map<ChangeFeed, FeedReader>();

  function readerOf(feed: ChangeFeed, account: string | undefined): FeedReader {
    const known = readers.get(feed);
    if (known) return known;
    const made = createFeedReader({
      runtime,
      feed,
      push: push ?? null,
      onCovered: (covered) => {
        if (account !== undefined) onCovered(account, covered);
      },
      onEmpty: () => readers.delete(feed),
    });
    readers.set(feed, made);
    return made;
  }

  return {
    join({ hints, budget }, onHint) {
      if (!hints) return () => {};
      return readerOf(hints.feed, budget?.account).add(hints.key, onHint);
    },
    take(call) {
      for (const reader of readers.values()) {
        const verdict = reader.push?.take(call) ?? "unknown";
        if (verdict === "news") reader.kick();
        if (verdict !== "unknown") return verdict;
      }
      return "unknown";
    },
  };
}
