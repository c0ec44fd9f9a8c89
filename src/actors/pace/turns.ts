/** Turns for all sources: each account its own share, each project one bound above its accounts. */
import { heatFromLastChange } from "../../model/heat.ts";
import { NOTHING_PAID } from "../../model/spread.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import { type AccountTurns, createAccountTurns, type ProjectBound } from "./account-turns.ts";
import type { AccountView } from "./account-view.ts";
import type { Feeds } from "./feeds.ts";
import type { SeatOwner } from "./member.ts";
import { createFreeSeat, createSeat, type Seat } from "./seat.ts";

/** Hands out turns to poll. */
export interface Turns {
  join(source: string, owner: SeatOwner): Seat;
  /** Somebody looks at a document of the source until the returned function is called. */
  watch(source: string): () => void;
  /** Somebody asked for its rows: watched for a while. */
  looked(source: string): void;
  /** Every account that some source asks by. */
  accounts(): readonly AccountView[];
  /** Whether hints of this account's changes arrive at present. */
  cover(account: string, covered: boolean): void;
}

export interface TurnsDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Reads a minute of each account that polls leave to others: read-backs of writes. */
  readonly reserve?: number;
  /** Where hints come from that are for many sources at once. */
  readonly feeds?: Pick<Feeds, "join">;
  /** Told the share of an account's reads that the running minute has used. */
  readonly onUsed?: (account: string, ratio: number) => void;
}

/** Who asks for rows over and over does so within a minute. */
const LOOKED_MS = 60_000;

export function createTurns({ clock, random, reserve = 0, feeds, onUsed = () => {} }: TurnsDeps): Turns {
  const accounts = new Map<string, AccountTurns>();
  const projects = new Map<string, ProjectBound>();
  const watchers = new Map<string, number>();
  const lookedAt = new Map<string, number>();

  function watched(source: string): boolean {
    if (watchers.has(source)) return true;
    return clock.monotonicMs() - (lookedAt.get(source) ?? Number.NEGATIVE_INFINITY) < LOOKED_MS;
  }

  function accountOf(name: string, projectName: string): AccountTurns {
    const key = `${projectName}\n${name}`;
    const known = accounts.get(key);
    if (known) return known;
    const project = projects.get(projectName) ?? { paidUntil: NOTHING_PAID };
    projects.set(projectName, project);
    const onEmpty = (): void => {
      accounts.delete(key);
      onUsed(name, 0);
    };
    const made = createAccountTurns({
      name,
      project: projectName,
      bound: project,
      clock,
      random,
      reserve,
      watched,
      onUsed,
      onEmpty,
    });
    accounts.set(key, made);
    return made;
  }

  return {
    join: (source, owner) =>
      createSeat({
        source,
        owner,
        free: createFreeSeat(clock),
        heatAfterStart: (lastChangeMs) =>
          heatFromLastChange(lastChangeMs === undefined ? null : clock.nowMs() - lastChangeMs),
        accountOf: ({ account, project }) => accountOf(account, project),
        joinFeed: (opened, onHint) => feeds?.join(opened, onHint) ?? (() => {}),
        onLeave: () => lookedAt.delete(source),
      }),
    watch(source) {
      watchers.set(source, (watchers.get(source) ?? 0) + 1);
      let watching = true;
      return () => {
        if (!watching) return;
        watching = false;
        const left = watchers.get(source)! - 1;
        if (left > 0) watchers.set(source, left);
        else watchers.delete(source);
      };
    },
    looked(source) {
      lookedAt.set(source, clock.monotonicMs());
    },
    accounts: () => [...accounts.values()].map((account) => account.view()),
    cover(name, covered) {
      for (const account of accounts.values()) if (account.name === name) account.cover(covered);
    },
  };
}
