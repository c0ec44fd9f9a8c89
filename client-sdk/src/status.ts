import type { Connection, DisconnectReason, RefusalReason } from "./connection.ts";

/** How far the rows of a table can be trusted. */
export type TableStatus =
  /** No content yet. */
  | { readonly state: "loading" }
  /** The rows are those that were kept on this device at `savedAtMs` (ms since 1970); the server was not reached yet. */
  | { readonly state: "offline-copy"; readonly savedAtMs: number }
  /** In step with the server. */
  | { readonly state: "live" }
  /** The rows are those of `sinceMs` (ms since 1970); epoch: a new history is being read. */
  | { readonly state: "stale"; readonly sinceMs: number; readonly reason: DisconnectReason | "epoch" }
  /** Will not be live again by itself; the rows are the last known. */
  | { readonly state: "error"; readonly reason: RefusalReason | "token" }
  | { readonly state: "closed"; readonly reason: "closed" };

/** The status that follows from a change of the connection. */
export function statusAfter(status: TableStatus, connection: Connection, nowMs: number): TableStatus {
  if (connection.state === "closed") return connection;
  if ("detail" in connection) return { state: "error", reason: connection.reason };
  if (connection.state !== "disconnected" || status.state !== "live") return status;
  return { state: "stale", sinceMs: nowMs, reason: connection.reason };
}
