import type { Result } from "#contract/result.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Backend } from "./backend.ts";

export interface WatchedBackend extends Backend {
  /** Whether the last write was refused: true from a full disk's first refusal until something is stored again. */
  readonly refusing: boolean;
}

/** The same backend, which logs when its storage begins to refuse writes, and when that is over. */
export function watchRefusals({ log, kv, close }: Backend, logger: Logger): WatchedBackend {
  let refusing = false;

  async function watched<R extends Result<unknown, { readonly tag: string }>>(
    writing: Promise<R>,
  ): Promise<R> {
    const written = await writing;
    const refusal = !written.ok && written.error.tag === "StorageError" ? written.error : null;
    if ((refusal !== null) !== refusing) {
      refusing = refusal !== null;
      if (refusal) logger.warn("storage refuses writes", { ...refusal });
      else logger.info("storage takes writes again");
    }
    return written;
  }

  return {
    get refusing() {
      return refusing;
    },
    log: {
      ...log,
      append: (document, entry) => watched(log.append(document, entry)),
      compact: (document, upTo, checkpoint) => watched(log.compact(document, upTo, checkpoint)),
      remove: (document) => watched(log.remove(document)),
    },
    kv: {
      ...kv,
      put: (key, value, expectedVersion) => watched(kv.put(key, value, expectedVersion)),
      remove: (key, expectedVersion) => watched(kv.remove(key, expectedVersion)),
    },
    close,
  };
}
