/**
 * A tab's document as one Yjs update over HTTP: compressed once per revision and coding, however many ask, and kept
 * for the next. Who has it goes on over the socket with what changed since.
 */
import type { LiveDocument } from "../../sync/documents.ts";
import { answers } from "./answer-schemas.ts";
import { CODINGS, type Coding, compress, negotiateCoding } from "./content-encoding.ts";
import { etagOf, matchesEtag } from "./etag.ts";
import { problem } from "./problems.ts";

export interface Snapshots {
  answer(document: LiveDocument, request: Request): Promise<Response>;
}

export interface SnapshotsOptions {
  /** Compressed bodies kept for the next who asks. */
  readonly bytesMax?: number;
  readonly compress?: (body: Uint8Array, coding: Coding) => Promise<Uint8Array>;
}

/** A million cells compress to about 1.5 MB. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024;

interface Kept {
  readonly revision: string;
  readonly body: Promise<Uint8Array>;
  /** 0 while it is being made. */
  bytes: number;
}

export function createSnapshots(options: SnapshotsOptions = {}): Snapshots {
  const { bytesMax = KEPT_BYTES_MAX, compress: make = compress } = options;
  /** By document and coding, one revision each; what was asked for last stands last. */
  const kept = new Map<string, Kept>();
  let keptBytes = 0;

  function forget(key: string, entry: Kept): void {
    if (kept.get(key) !== entry) return;
    kept.delete(key);
    keptBytes -= entry.bytes;
  }

  function add(key: string, revision: string, update: Uint8Array, coding: Coding): Kept {
    const old = kept.get(key);
    if (old) forget(key, old);
    const entry: Kept = { revision, body: make(update, coding), bytes: 0 };
    kept.set(key, entry);
    entry.body.then(
      ({ length }) => {
        if (kept.get(key) !== entry) return;
        entry.bytes = length;
        keptBytes += length;
        for (const [oldest, other] of kept) {
          if (keptBytes <= bytesMax) break;
          if (other.bytes > 0) forget(oldest, other);
        }
      },
      () => forget(key, entry),
    );
    return entry;
  }

  function bodyOf(name: string, revision: string, update: Uint8Array, coding: Coding): Promise<Uint8Array> {
    if (coding === "identity") return Promise.resolve(update);
    const key = `${coding} ${name}`;
    const known = kept.get(key);
    if (known?.revision !== revision) return add(key, revision, update, coding).body;
    kept.delete(key);
    kept.set(key, known);
    return known.body;
  }

  return {
    async answer(document, request) {
      const coding = negotiateCoding(request.headers.get("accept-encoding"));
      if (!coding) {
        return problem("not-acceptable", {
          detail: `A snapshot comes as ${CODINGS.join(", ")}: accept one of them.`,
          headers: { Vary: "Accept-Encoding" },
        });
      }
      const wanted = new URL(request.url).searchParams.get("revision");
      const headers = (revision: string): Record<string, string> => ({
        ETag: etagOf(document.meta().epoch, revision, coding),
        Vary: "Accept-Encoding",
        "Cache-Control": wanted === revision ? "private, max-age=31536000, immutable" : "private, no-cache",
      });
      const now = headers(document.revision());
      if (matchesEtag(request.headers.get("if-none-match"), now.ETag!)) {
        return new Response(null, { status: 304, headers: now });
      }
      const { revision, update } = await document.encoded();
      const body = await bodyOf(document.name, revision, update, coding);
      return new Response(body as Uint8Array<ArrayBuffer>, {
        headers: {
          ...headers(revision),
          "Content-Type": "application/octet-stream",
          ...(coding === "identity" ? {} : { "Content-Encoding": coding }),
        },
      });
    },
  };
}

export const SNAPSHOT_DETAIL = {
  tags: ["Tabs"],
  summary: "The document of a tab as one Yjs update",
  description:
    "What a client without a copy starts from: apply it to an empty Y.Doc, then connect the y-websocket provider, " +
    "which brings what changed since. As it is durable; the ETag names the revision.",
  parameters: [
    {
      name: "revision",
      in: "query" as const,
      description: "The revision that is expected: if it is the one that is given, the answer never changes.",
      schema: { type: "string" as const },
    },
    {
      name: "Accept-Encoding",
      in: "header" as const,
      description: `What the client can unpack: ${CODINGS.join(", ")}, with q-values.`,
      schema: { type: "string" as const },
    },
    {
      name: "If-None-Match",
      in: "header" as const,
      description: "An ETag from before: answers 304 when nothing changed.",
      schema: { type: "string" as const },
    },
  ],
  responses: {
    ...answers(200, "The update.", undefined, {
      "application/octet-stream": { schema: { type: "string", format: "binary" } },
    }),
    304: { description: "Nothing changed since the ETag." },
  },
};
