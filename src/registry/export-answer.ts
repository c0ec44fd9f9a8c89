/** An export as its owner sees it. */
import type { ExportAnswer, ExportState } from "#contract/exports.ts";
import type { ExportRecord } from "../exports/jobs/record.ts";

export function exportAnswer(record: ExportRecord): ExportAnswer {
  const { phase, file, live, lastSync, lastUpdate, conversationId } = record;
  const [job, ...waiting] = record.jobs;
  const problem = "problem" in phase ? phase.problem : null;
  return {
    id: record.id,
    title: record.title,
    template: record.template,
    ...(conversationId !== null && { conversation_id: conversationId }),
    subject: record.subject,
    account: record.account,
    state: stateOf(record),
    ...(job && {
      progress: {
        type: job.type,
        rowsWritten: job.rowsWritten,
        rows: job.rows,
        percent: percentOf(job.rowsWritten, job.rows),
      },
    }),
    ...(file && { link: file.link }),
    ...(problem && { problem }),
    ...(live && { live }),
    ...(record.follow && { follow: { problem: record.follow } }),
    waitingUpdates: waiting.length,
    edits: record.edits,
    share: record.share,
    notices: record.notices,
    createdAt: new Date(record.createdAt).toISOString(),
    ...(lastSync !== null && { last_sync: new Date(lastSync).toISOString() }),
    ...(lastUpdate && { lastUpdate }),
    calls: record.calls,
  };
}

/** Whole only when nothing is left. */
function percentOf(written: number, rows: number): number {
  return rows === 0 ? 0 : Math.min(99, Math.floor((written / rows) * 100));
}

function stateOf({ phase, jobs }: ExportRecord): ExportState {
  switch (phase.tag) {
    case "Idle":
      return jobs.length > 0 ? "queued" : "done";
    case "Ready": {
      const [job] = jobs;
      return job && job.batches === 0 && job.intent === null ? "queued" : "writing";
    }
    case "Waiting":
      return "waiting";
    case "Failed":
      return phase.structure ? "structure-changed" : "failed";
    case "Cancelled":
    case "Removing":
      return "cancelled";
  }
}
