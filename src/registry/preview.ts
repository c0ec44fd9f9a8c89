/** A dry run of a source: read once as it would be, shown, and forgotten. */
import type { PreviewAnswer, PreviewTab } from "#contract/rest.ts";
import { err, ok, type Result } from "#contract/result.ts";
import { sourceProblem } from "../actors/problem.ts";
import { uniqueKeys } from "../model/mapping.ts";
import type { TabSnapshot } from "../model/snapshot.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { PollResult, SourceError } from "../sources/source.ts";
import * as validate from "./validate.ts";

export interface PreviewDeps {
  readonly drivers: validate.Drivers;
  readonly runtime: Runtime;
}

/** Enough to see whether the columns are right. */
const ROWS_MAX = 20;
/** A person waits for it; what takes longer is better registered and watched. */
const TIMEOUT_MS = 60_000;

/** `body` is what registers a source. Nothing is saved, and what cannot be read is an answer too. */
export async function previewSource(
  body: unknown,
  { drivers, runtime }: PreviewDeps,
): Promise<Result<PreviewAnswer, validate.Invalid>> {
  const parsed = validate.parseRegisterBody(body);
  if (!parsed.ok) return err({ tag: "Invalid", problems: parsed.error });
  const draft = validate.newDraft(parsed.value, parsed.value.id ?? "preview");
  const problems = validate.checkDraft(draft, drivers);
  if (problems.length > 0) return err({ tag: "Invalid", problems });
  const source = drivers.get(draft.settings.type)!.open(draft.settings, runtime);
  const end = new AbortController();
  const cancel = runtime.clock.wakeAt(runtime.clock.monotonicMs() + TIMEOUT_MS, () => end.abort());
  try {
    return ok(answerOf(await source.poll(null, end.signal)));
  } finally {
    cancel();
  }
}

function answerOf(result: Result<PollResult, SourceError>): PreviewAnswer {
  if (!result.ok) return { tabs: [], notices: [], error: sourceProblem(result.error) };
  if (result.value.tag !== "Changed") {
    return { tabs: [], notices: ["The content is not settled yet: ask again in a moment."] };
  }
  const { tabs, notices } = result.value.snapshot;
  return { tabs: tabs.filter((tab) => !tab.unchanged).map(previewTab), notices };
}

function previewTab({ title, columns, rows, keyColumn }: TabSnapshot): PreviewTab {
  const keys = uniqueKeys(columns);
  return {
    title,
    columns: columns.map((column, index) => ({ ...column, key: keys[index]! })),
    ...(keyColumn === undefined ? {} : { keyColumn: keys[keyColumn]! }),
    rows: rows.slice(0, ROWS_MAX).map((row) => columns.map((_, index) => row[index] ?? null)),
    rowCount: rows.length,
  };
}
