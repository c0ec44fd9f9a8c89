/**
 * Follows the logs of loaded documents and brings what they changed into segments. Only what is durable in the log is
 * followed, and a log is compacted only once its changes are here: so each change is told once, whenever the daemon
 * dies, without a second write on its way to the clients.
 */
import { parseDocumentName } from "#contract/document-name.ts";
import type { Backend, Position } from "../backend/backend.ts";
import type { Baseline, Delta } from "../model/delta.ts";
import type { ChangeOrigin } from "../model/origin.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { describeChange, encodeChange } from "./change.ts";
import { createTabRecorder, type TabRecorder } from "./tab-recorder.ts";

export interface Recorder {
  /** What goes into the log with an update; to be asked before `before` holds the delta. */
  describe(step: {
    readonly epoch: string;
    readonly before: Baseline;
    readonly delta: Delta;
    readonly origin?: ChangeOrigin | undefined;
  }): Uint8Array | undefined;
  /** Records what the document's log holds and whatever comes, until the result is called. */
  follow(document: string, epoch: string): () => void;
  /** Whether everything up to `position` is durable in the history; resolves once that can be said. */
  recorded(document: string, position: Position): Promise<boolean>;
}

export interface Recording extends Recorder {
  /** Ends following what is of the source, and resolves when nothing of it is on its way. */
  drop(source: string): Promise<void>;
  /** Resolves when nothing that is durable in the log of a followed document waits any more. */
  caughtUp(document: string): Promise<void>;
  close(): Promise<void>;
}

export interface RecordingDeps extends Pick<Backend, "log" | "kv"> {
  readonly runtime: Pick<Runtime, "clock" | "logger">;
  /** Of a full segment; SEGMENT_BYTES when absent. */
  readonly segmentBytes?: number | undefined;
  /** Called when a segment is full; `base` is where the tab's keys begin. */
  readonly onFull: (base: string, bytes: number) => void;
}

export function createRecorder(deps: RecordingDeps): Recording {
  const tabs = new Map<string, TabRecorder>();
  const { clock } = deps.runtime;

  return {
    describe(step) {
      const change = describeChange({ ...step, atMs: Math.floor(clock.nowMs()) });
      return change === null ? undefined : encodeChange(change);
    },
    follow(document, epoch) {
      const parsed = parseDocumentName(document);
      if (!parsed.ok || parsed.value.kind !== "mirror") return () => {};
      const { source, tab: name } = parsed.value;
      const before = tabs.get(document);
      const ended = before?.close();
      const tab = createTabRecorder({ source, tab: name }, { ...deps, document, epoch, after: ended });
      tabs.set(document, tab);
      return () => {
        void tab.close();
        if (tabs.get(document) === tab) tabs.delete(document);
      };
    },
    recorded: async (document, position) => tabs.get(document)?.recorded(position) ?? false,
    async drop(source) {
      for (const [document, tab] of tabs) {
        if (tab.place.source !== source) continue;
        tabs.delete(document);
        await tab.close();
      }
    },
    caughtUp: async (document) => tabs.get(document)?.idle(),
    async close() {
      await Promise.all([...tabs.values()].map((tab) => tab.close()));
      tabs.clear();
    },
  };
}
