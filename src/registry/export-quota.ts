/** How much one subject may ask of exports, and how many mails may go out in the name of an account. */
import type { ExportShare } from "#contract/exports.ts";
import { err, ok, type Result } from "#contract/result.ts";
import type { ExportRecord } from "../exports/jobs/record.ts";
import type { Clock } from "../runtime/clock.ts";

export interface ExportQuota {
  /** Takes a place for a new export, whose mails count from now on. `leave` once it is listed, or is not to be. */
  enter(asked: NewcomerAsked): Result<{ leave(): void }, TooManyExports>;
  /** Whether one more job may wait. */
  checkJobs(subject: string): Result<void, TooManyExports>;
}

export interface NewcomerAsked {
  readonly subject: string;
  readonly account: string;
  readonly share: readonly ExportShare[];
}

export interface TooManyExports {
  readonly tag: "TooManyExports";
  /** Names the limit and the cure. */
  readonly detail: string;
  readonly retryAfterS?: number;
}

export interface ExportQuotaDeps {
  /** All that there are. */
  readonly list: () => readonly ExportRecord[];
  readonly clock: Clock;
  readonly limits?: Partial<Record<keyof typeof EXPORT_LIMITS, number>>;
}

export const EXPORT_LIMITS = {
  /** Each is held in memory, and its data on disk while an update needs them. */
  exportsPerSubjectMax: 1_000,
  /** An account writes some 40 times a minute: a hundred jobs are minutes of everybody's turns. */
  exportJobsPerSubjectMax: 100,
  /** Mails to strangers cost an account its good name; a person tells colleagues, not a mailing list. */
  exportMailsPerAccountPerHourMax: 100,
} as const;

const HOUR_MS = 3_600_000;

export function createExportQuota({ list, clock, limits }: ExportQuotaDeps): ExportQuota {
  const { exportsPerSubjectMax, exportJobsPerSubjectMax, exportMailsPerAccountPerHourMax } = {
    ...EXPORT_LIMITS,
    ...limits,
  };
  /** Subjects of those that are being made and not listed yet. */
  const entering: string[] = [];
  /** Of the last hour, deleted exports too. After a start: of the exports that there are. */
  let mails: { readonly account: string; readonly count: number; readonly atMs: number }[] | null = null;

  function mailsOf(account: string): number {
    const after = clock.nowMs() - HOUR_MS;
    mails ??= list().map((record) => ({
      account: record.account,
      count: mailCount(record.share),
      atMs: record.createdAt,
    }));
    mails = mails.filter(({ count, atMs }) => count > 0 && atMs > after);
    return mails.reduce((sum, mail) => sum + (mail.account === account ? mail.count : 0), 0);
  }

  const own = (subject: string) => list().filter((record) => record.subject === subject);
  const tooMany = (detail: string, retryAfterS?: number) =>
    err({ tag: "TooManyExports" as const, detail, ...(retryAfterS !== undefined && { retryAfterS }) });

  function checkJobs(subject: string, more = 0): Result<void, TooManyExports> {
    const jobs = own(subject).reduce((sum, record) => sum + record.jobs.length, more);
    if (jobs < exportJobsPerSubjectMax) return ok(undefined);
    const cure = "try again when some are done, or cancel some";
    return tooMany(
      `${exportJobsPerSubjectMax} jobs of your exports wait, the most of one subject: ${cure}.`,
      60,
    );
  }

  return {
    checkJobs: (subject) => checkJobs(subject),
    enter({ subject, account, share }) {
      const making = entering.filter((other) => other === subject).length;
      if (own(subject).length + making >= exportsPerSubjectMax) {
        const cure = "delete some that nobody updates any more, their workbooks stay";
        return tooMany(`You have ${exportsPerSubjectMax} exports, the most of one subject: ${cure}.`);
      }
      const jobs = checkJobs(subject, making);
      if (!jobs.ok) return jobs;
      const count = mailCount(share);
      const sent = mailsOf(account);
      if (count > 0 && sent + count > exportMailsPerAccountPerHourMax) {
        const left = Math.max(0, exportMailsPerAccountPerHourMax - sent);
        const cure = 'try again later, or leave "notify" out';
        const most = `${exportMailsPerAccountPerHourMax} mails an hour go out for the account ${account}`;
        return tooMany(`${most}, and ${left} are left: ${cure}.`, HOUR_MS / 1_000);
      }
      entering.push(subject);
      if (count > 0) mails!.push({ account, count, atMs: clock.nowMs() });
      return ok({ leave: () => void entering.splice(entering.indexOf(subject), 1) });
    },
  };
}

const mailCount = (share: readonly ExportShare[]): number =>
  share.filter(({ notify }) => notify === true).length;
