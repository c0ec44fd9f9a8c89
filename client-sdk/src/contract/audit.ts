/** Answers of /api/v1/audit, as JSON; each line of its NDJSON is one entry. */

export interface AuditEntryAnswer {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** "admin", "token:{id}", "user:{name}", or "daemon" for its own doing. */
  readonly subject: string;
  /** Such as "source.update". */
  readonly action: string;
  /** Such as "source/shop"; absent for the daemon as a whole. */
  readonly target?: string;
  /** The client's address; absent for the daemon's own doing. */
  readonly address?: string;
}

export interface AuditAnswer {
  /** The newest first. */
  readonly entries: readonly AuditEntryAnswer[];
  /** The cursor of the next page; absent on the last one. */
  readonly next?: string;
}
