/** Answer of /api/v1/activity, as JSON. */

export interface ActivityAnswer {
  /** By source. */
  readonly sources: Readonly<Record<string, SourceActivity>>;
}

export interface SourceActivity {
  /** The latest polls, the oldest first; since the daemon's start. */
  readonly polls: readonly PollAnswer[];
}

export interface PollAnswer {
  /** When it ended, ISO 8601, UTC. */
  readonly at: string;
  /** "changed", "unchanged", "pending", or why it failed, such as "rateLimited". */
  readonly outcome: string;
  readonly tookMs: number;
}
