/** What the ways of writing a feed share. */
import type { WriteRules } from "#contract/rest.ts";
import type { WriteOutcome } from "../../../model/write.ts";
import type { ExchangeDeps } from "../exchange.ts";
import type { FeedStep } from "./decide.ts";

export interface FeedWriteDeps extends ExchangeDeps {
  readonly sourceId: string;
  readonly rules: WriteRules;
}

/** What was sent; the steps that are done, and outcomes of the others. */
export interface Sent {
  readonly outcomes: readonly WriteOutcome[];
  readonly done: readonly FeedStep[];
}

/** Of the answer to a write: nothing of it is needed. */
export const ANSWER_BYTES_MAX = 16 << 20;

/** The same for the same edit of the same batch, and for no other. */
export function idempotencyKey(source: string, receipt: number, edit: string): string {
  return `sheetwire-${Bun.hash(`${source} ${edit}`).toString(36)}-${receipt}`;
}
