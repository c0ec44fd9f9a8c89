/** What Drive tells of changes in all workbooks that an account sees: one call for all of them, from Drive's own quota. */
import { drive_v3 } from "googleapis/build/src/apis/drive/v3.js";
import { err, ok, type Result } from "#contract/result.ts";
import type { NetResponse } from "../../runtime/net.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { ChangeFeed, Channel, FeedNews, RequestObserver, SourceError } from "../source.ts";
import type { Account } from "./account.ts";
import { exchange, type Via } from "./google-client.ts";
import { explainNetError, explainRefusal } from "./problems.ts";

export interface DriveFeedDeps {
  readonly runtime: Runtime;
  readonly account: Account;
  /** Replaces Google's host; without a slash at its end. */
  readonly endpoint?: string | undefined;
  readonly observe?: RequestObserver | undefined;
}

/** The least scope that shows changes; it shows no content. */
export const DRIVE_SCOPE = "https://www.googleapis.com/auth/drive.metadata.readonly";

const TIMEOUT_MS = 30_000;
/** A page of 1,000 changes of these fields has about 60 kB. */
const BYTES_MAX = 4 * 1024 * 1024;
const PAGE_SIZE = 1_000;
/** More at once mean that the daemon was away for long: the rest comes with the next look. */
const PAGES_MAX = 10;

export function createDriveFeed({ runtime, account, endpoint, observe }: DriveFeedDeps): ChangeFeed {
  const { changes, channels } = new drive_v3.Drive({
    rootUrl: `${endpoint ?? "https://www.googleapis.com"}/`,
  });

  async function call(
    kind: string,
    make: (via: Via) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<Result<unknown, SourceError>> {
    const authorized = await account.authorize(signal);
    if (!authorized.ok) return authorized;
    const header = authorized.value;
    const answer = await exchange(make, (request) =>
      runtime.net.request({
        ...request,
        headers: { ...request.headers, ...(header === null ? {} : { authorization: header }) },
        timeoutMs: TIMEOUT_MS,
        bytesMax: BYTES_MAX,
        signal,
      }),
    );
    observe?.({ account: account.consumer.user, kind, status: answer.ok ? answer.value.status : 0 });
    if (!answer.ok) return err(explainNetError(answer.error));
    return readAnswer(answer.value, header);
  }

  function readAnswer(answer: NetResponse, header: string | null): Result<unknown, SourceError> {
    if (answer.status === 401 && header !== null) account.forgetToken(header);
    if (answer.status < 200 || answer.status >= 300) {
      const error = explainRefusal(answer, account);
      return err(
        error.tag === "BadRange" ? { tag: "Malformed", path: "request", detail: error.detail } : error,
      );
    }
    if (answer.body.length === 0) return ok(null);
    try {
      return ok(JSON.parse(new TextDecoder().decode(answer.body)));
    } catch {
      return err({ tag: "Malformed", path: "body", detail: "Drive's answer is not JSON" });
    }
  }

  async function begin(signal: AbortSignal): Promise<Result<FeedNews, SourceError>> {
    const answer = await call("startPageToken", (via) => changes.getStartPageToken({}, via), signal);
    if (!answer.ok) return answer;
    const cursor = textAt(answer.value, "startPageToken");
    return cursor === null ? noToken() : ok({ cursor, changed: [] });
  }

  return {
    async read(cursor, signal) {
      if (cursor === null) return begin(signal);
      const changed = new Set<string>();
      let pageToken = cursor;
      for (let page = 0; page < PAGES_MAX; page++) {
        const params = {
          pageToken,
          pageSize: PAGE_SIZE,
          includeItemsFromAllDrives: true,
          supportsAllDrives: true,
          fields: "nextPageToken,newStartPageToken,changes(fileId)",
        };
        const answer = await call("changes", (via) => changes.list(params, via), signal);
        if (!answer.ok) return answer;
        for (const id of fileIds(answer.value)) changed.add(id);
        const last = textAt(answer.value, "newStartPageToken");
        const next = last ?? textAt(answer.value, "nextPageToken");
        if (next === null) return noToken();
        pageToken = next;
        if (last !== null) break;
      }
      return ok({ cursor: pageToken, changed: [...changed] });
    },
    async watch({ id, token, address, endsAtMs }, cursor, signal) {
      const requestBody = { id, type: "web_hook", address, token, expiration: String(Math.floor(endsAtMs)) };
      const params = {
        pageToken: cursor,
        includeItemsFromAllDrives: true,
        supportsAllDrives: true,
        requestBody,
      };
      const answer = await call("watch", (via) => changes.watch(params, via), signal);
      if (!answer.ok) return answer;
      const resourceId = textAt(answer.value, "resourceId");
      const ends = Number(textAt(answer.value, "expiration"));
      return resourceId === null ? noToken() : ok({ resourceId, endsAtMs: ends > 0 ? ends : endsAtMs });
    },
    async stop({ id, resourceId }: Pick<Channel, "id"> & { readonly resourceId: string }, signal) {
      const requestBody = { id, resourceId };
      const answer = await call("stop", (via) => channels.stop({ requestBody }, via), signal);
      return answer.ok ? ok(undefined) : answer;
    },
  };
}

function noToken(): Result<never, SourceError> {
  return err({ tag: "Malformed", path: "body", detail: "Drive's answer does not say where to go on" });
}

function fileIds(answer: unknown): string[] {
  const changes = (answer as { changes?: unknown } | null)?.changes;
  if (!Array.isArray(changes)) return [];
  return changes.map((change) => textAt(change, "fileId")).filter((id) => id !== null);
}

function textAt(value: unknown, name: string): string | null {
  const field = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : null;
  return typeof field === "string" && field !== "" ? field : null;
}
