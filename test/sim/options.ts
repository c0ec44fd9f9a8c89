import type { SeededRandom } from "../support/seeded-random.ts";

/** Everything that may happen in a run, as data. Shares are per request, 0 to 1; a mean of 0 means never. */
export interface SimOptions {
  readonly workbooks: number;
  readonly clients: number;
  readonly pollingIntervalMs: number;
  /** How long people edit and faults happen; afterwards everything is left alone and must come right. */
  readonly stormMs: number;
  /** Mean time between two edits of one workbook. */
  readonly editEveryMs: number;
  /** Between the daemon and Google. */
  readonly network: {
    readonly delayMaxMs: number;
    readonly lost: number;
    readonly cut: number;
    readonly serverError: number;
    readonly tooMany: number;
    readonly truncated: number;
  };
  /** Between clients and the daemon. */
  readonly links: {
    readonly delayMaxMs: number;
    readonly cutEveryMs: number;
    /** Nothing arrives any more and nobody is told. */
    readonly muteEveryMs: number;
  };
  readonly disk: {
    readonly commitMaxMs: number;
    readonly fullEveryMs: number;
  };
  readonly crashEveryMs: number;
  readonly wallJumpEveryMs: number;
  /** Read by a service account, which Drive tells of changes; else by an API key. */
  readonly hinted: boolean;
  /** So many of the workbooks are edited this much more often. */
  readonly hot?: { readonly workbooks: number; readonly editEveryMs: number };
  /** Clients who edit; absent: there are none, and the workbooks are read only. */
  readonly editing?: EditingOptions;
}

export interface EditingOptions {
  /** Through edits documents; and without Yjs, over REST. */
  readonly editors: number;
  readonly posters: number;
  /** Mean time between two wishes of one editor. */
  readonly wishEveryMs: number;
  readonly offlineEveryMs: number;
  /** The column that people leave alone is the key column. */
  readonly keyed: boolean;
  readonly policy: "sheet" | "client" | "latest" | "ask";
  /** Share of the writes that arrive only after their sender has given them up. */
  readonly late: number;
  /** Mean number of writes of the disk and requests to Google between two kills, each right before or after one; 0: none. */
  readonly killAfterEffects: number;
}

/** All workbooks are read by one key: at the least interval they want more than it may read. */
const INTERVAL_PER_WORKBOOK_MS = 500;

/** A run in which clients edit as well, with any trouble that a run without may have. */
export function editingOptionsFor(random: SeededRandom): SimOptions {
  const options = optionsFor(random.split("all"));
  const chance = (share: number): boolean => random.float() < share;
  return {
    ...options,
    workbooks: Math.min(2, options.workbooks),
    clients: Math.min(2, options.clients),
    editEveryMs: 500 + random.int(6_000),
    hinted: false,
    editing: {
      editors: 1 + random.int(3),
      posters: random.int(2),
      wishEveryMs: 400 + random.int(4_000),
      offlineEveryMs: chance(0.5) ? 5_000 + random.int(20_000) : 0,
      keyed: chance(0.5),
      policy: random.pick(["sheet", "client", "latest", "ask"] as const),
      late: chance(0.3) ? random.float() * 0.2 : 0,
      killAfterEffects: chance(0.3) ? 20 + random.int(200) : 0,
    },
  };
}

/** Each kind of trouble is on or off by the seed, so that they meet in every combination. */
export function optionsFor(random: SeededRandom): SimOptions {
  const chance = (share: number): boolean => random.float() < share;
  const some = (most: number): number => (chance(0.5) ? random.float() * most : 0);
  const mean = (share: number, least: number, most: number): number =>
    chance(share) ? least + random.int(most - least) : 0;
  const workbooks = 1 + random.int(3);
  return {
    workbooks,
    clients: 1 + random.int(5),
    pollingIntervalMs: INTERVAL_PER_WORKBOOK_MS * workbooks + random.int(4_000),
    stormMs: 30_000 + random.int(60_000),
    editEveryMs: 200 + random.int(4_000),
    network: {
      delayMaxMs: chance(0.2) ? 8_000 : 20 + random.int(400),
      lost: some(0.1),
      cut: some(0.2),
      serverError: some(0.3),
      tooMany: some(0.3),
      truncated: some(0.2),
    },
    links: {
      delayMaxMs: chance(0.2) ? 3_000 : 5 + random.int(200),
      cutEveryMs: mean(0.5, 2_000, 20_000),
      muteEveryMs: mean(0.3, 10_000, 60_000),
    },
    disk: { commitMaxMs: random.int(30), fullEveryMs: mean(0.3, 10_000, 40_000) },
    crashEveryMs: mean(0.5, 5_000, 40_000),
    wallJumpEveryMs: mean(0.2, 10_000, 40_000),
    hinted: chance(0.3),
  };
}
