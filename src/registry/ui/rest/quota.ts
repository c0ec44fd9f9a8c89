import type { SourceProblem } from "../../../../client-sdk/src/contract/rest.ts";

/** An entry of GET /api/v1/quota: what an account may read, has read in the running minute, and for whom. */
export interface QuotaAnswer {
  readonly account: string;
  readonly project: string;
  readonly readsPerMinute: number;
  readonly readsUsed: number;
  readonly usedRatio: number;
  readonly error?: SourceProblem;
  readonly sources: readonly {
    readonly id: string;
    readonly intervalMs: number;
    readonly watched: boolean;
    readonly hinted: boolean;
    readonly changesPerHour: number;
  }[];
}
