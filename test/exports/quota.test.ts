import { expect, test } from "bun:test";
import type { ExportRecord } from "../../src/exports/jobs/record.ts";
import { newJob } from "../../src/exports/jobs/record.ts";
import { createExportQuota } from "../../src/registry/export-quota.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const limits = {
  exportsPerSubjectMax: 2,
  exportJobsPerSubjectMax: 3,
  exportMailsPerAccountPerHourMax: 2,
};
const mail = { role: "reader", email: "ann@example.com", notify: true } as const;

function setUp() {
  const { clock } = createTestRuntime();
  const records: ExportRecord[] = [];
  const quota = createExportQuota({ list: () => records, clock, limits });
  const enter = (subject: string, share: readonly (typeof mail)[] = [], account = "robot") =>
    quota.enter({ subject, account, share });
  function keep(subject: string, more: Partial<ExportRecord> = {}): void {
    const record = { subject, account: "robot", share: [], jobs: [], createdAt: clock.nowMs(), ...more };
    records.push(record as unknown as ExportRecord);
  }
  return { clock, quota, enter, keep };
}

const detailOf = (result: { ok: boolean; error?: { detail: string } }) => result.error?.detail;

test("EXP-38 exports of one subject are bounded, those that are being made too", () => {
  const { enter, keep } = setUp();
  keep("ann");
  const making = enter("ann");
  expect(making.ok).toBe(true);
  expect(detailOf(enter("ann"))).toStartWith("You have 2 exports, the most of one subject: delete some");
  expect(enter("bob").ok).toBe(true);
  if (making.ok) making.value.leave();
  expect(enter("ann").ok).toBe(true);
});

test("EXP-38 jobs that wait are bounded by subject", () => {
  const { enter, keep, quota } = setUp();
  const jobs = ["1", "2", "3"].map((id) => newJob(id, "append", 0, 1));
  keep("ann", { jobs });
  expect(detailOf(quota.checkJobs("ann"))).toStartWith("3 jobs of your exports wait");
  expect(detailOf(enter("ann"))).toStartWith("3 jobs of your exports wait");
  expect(quota.checkJobs("bob").ok).toBe(true);
});

test("EXP-38 mails of an hour are bounded by account, those from before a start too", async () => {
  const { enter, keep, clock } = setUp();
  keep("ann", { share: [mail] });
  expect(enter("bob", [mail]).ok).toBe(true);
  expect(detailOf(enter("bob", [mail]))).toContain(
    "2 mails an hour go out for the account robot, and 0 are left",
  );
  expect(enter("bob").ok).toBe(true);
  expect(enter("eve", [mail, mail], "other").ok).toBe(true);
  await clock.advance(3_600_000);
  expect(enter("cid", [mail, mail]).ok).toBe(true);
});
