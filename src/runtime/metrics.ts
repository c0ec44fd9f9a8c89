/**
 * What the daemon counts about itself. Plain functions, so that whoever counts knows nothing of how it is
 * published; the names on the wire are in registry/prometheus.ts. Labels must stay few: never a row, a cell, an
 * address or a subject.
 */
export interface Metrics {
  /** A client's socket opened (1) or closed (-1). */
  connections(change: 1 | -1): void;
  /** A document was loaded (1) or unloaded (-1). */
  documents(change: 1 | -1): void;
  /** An update became durable. */
  update(origin: "source" | "client"): void;
  /** From the beginning of the poll that read a change until it is durable and leaves for the clients. */
  propagation(seconds: number): void;
  sourcePoll(source: string, outcome: string): void;
  googleRequest(account: string, kind: string, status: number): void;
  /** Share of the account's read quota used in the running minute, 0 to 1. */
  googleQuotaUsed(account: string, ratio: number): void;
  writeback(outcome: string): void;
  /** About what a mirror takes in its log. */
  documentBytes(source: string, tab: string, bytes: number): void;
  /** Bytes handed to client sockets. */
  egress(bytes: number): void;
  /** Edits parked for a person. */
  deadletters(count: number): void;
  /** How late the event loop ran a timer. */
  loopLag(seconds: number): void;
  /** The source is gone: its series end. */
  forget(source: string): void;
}

/** Counts nothing. */
export const noMetrics: Metrics = {
  connections() {},
  documents() {},
  update() {},
  propagation() {},
  sourcePoll() {},
  googleRequest() {},
  googleQuotaUsed() {},
  writeback() {},
  documentBytes() {},
  egress() {},
  deadletters() {},
  loopLag() {},
  forget() {},
};
