/** Server-sent events as hints: each one leads to a poll, and what it says is not looked at. */
import { err, ok, type Result } from "#contract/result.ts";
import type { NetPart } from "../../runtime/net.ts";
import type { SourceError } from "../source.ts";
import { askFeed, type ExchangeDeps } from "./exchange.ts";
import { malformed } from "./feed-document.ts";

/** Streams without any sign of life, heartbeats included, count as lost after this. */
const SILENCE_MS_MAX = 300_000;

/** Resolves when the stream has ended; it is not opened again. */
export async function watchEvents(
  deps: ExchangeDeps,
  url: string,
  onHint: () => void,
  signal: AbortSignal,
): Promise<Result<void, SourceError>> {
  const wrongType = new AbortController();
  const count = createEventCounter();
  const answer = await askFeed(deps, {
    url,
    headers: { accept: "text/event-stream", "cache-control": "no-cache" },
    bytesMax: Number.POSITIVE_INFINITY,
    endMs: Number.POSITIVE_INFINITY,
    signal: AbortSignal.any([signal, wrongType.signal]),
    stream: {
      silenceMsMax: SILENCE_MS_MAX,
      onPart({ status, headers, bytes }: NetPart) {
        if (status !== 200) return;
        if (!/^text\/event-stream\b/i.test(headers["content-type"] ?? "")) wrongType.abort();
        else if (count(bytes) > 0) onHint();
      },
    },
  });
  if (wrongType.signal.aborted) return malformed("events", "is no stream of server-sent events");
  if (answer.ok) return ok(undefined);
  return err(answer.error.tag === "TooLarge" ? { tag: "Unreachable", detail: "too much" } : answer.error);
}

const [LF, CR, COLON] = [10, 13, 58];
const DATA = new TextEncoder().encode("data");

/**
 * Counts the events that end in each part of a stream (HTML, 9.2.6): a blank line after at least one data field.
 * Nothing of a stream is kept but where in a line it stands.
 */
export function createEventCounter(): (part: Uint8Array) => number {
  /** Length of the line so far; of its beginning, how much spells "data". */
  let length = 0;
  let spelled = 0;
  let isData = false;
  let pending = false;
  let afterCr = false;
  return (part) => {
    let events = 0;
    for (const byte of part) {
      const second = afterCr && byte === LF;
      afterCr = byte === CR;
      if (second) continue;
      if (byte === LF || byte === CR) {
        if (length === 0) {
          if (pending) events++;
          pending = false;
        } else if (isData || (spelled === DATA.length && length === DATA.length)) pending = true;
        length = 0;
        spelled = 0;
        isData = false;
        continue;
      }
      if (spelled === length && byte === DATA[spelled]) spelled++;
      else if (length === DATA.length && spelled === DATA.length && byte === COLON) isData = true;
      length++;
    }
    return events;
  };
}
