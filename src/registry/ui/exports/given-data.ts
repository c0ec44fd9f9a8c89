/** What a form holds of the data of an export, and the data of the request. */
import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { err, ok, type Result } from "../../../../client-sdk/src/contract/result.ts";
import type { ExportData } from "../../../../client-sdk/src/contract/templates.ts";

export interface GivenForm {
  readonly kind: "rows" | "live";
  /** JSON as it was pasted. */
  readonly text: string;
  /** Taken instead of what was pasted; too long to be shown. */
  readonly file: GivenFile | null;
  /** "source/tab"; empty: the first there is. */
  readonly place: string;
  /** Name of a view of the tab; empty: the tab itself. */
  readonly view: string;
}

export interface GivenFile {
  readonly name: string;
  readonly text: string;
}

export const EMPTY_GIVEN: GivenForm = { kind: "rows", text: "", file: null, place: "", view: "" };

export interface Place {
  readonly value: string;
  readonly title: string;
  readonly source: string;
  readonly tab: string;
}

export function placesOf(sources: readonly SourceAnswer[]): readonly Place[] {
  return sources.flatMap(({ id, name, tabs }) =>
    tabs.map((tab) => ({
      value: `${id}/${tab.name}`,
      title: `${name}: ${tab.title}`,
      source: id,
      tab: tab.name,
    })),
  );
}

export function dataOf(form: GivenForm, places: readonly Place[]): Result<ExportData, FieldProblem> {
  if (form.kind === "rows") return parseJson<ExportData>(form.file?.text ?? form.text, "data", EXAMPLE_FIX);
  const place = places.find(({ value }) => value === form.place) ?? places[0];
  if (!place) {
    const fix = "add a source first, or paste the data";
    return err({ field: "data", problem: "there is no tab to follow", fix });
  }
  const { source, tab } = place;
  return ok({ source, tab, ...(form.view !== "" && { view: form.view }) });
}

const EXAMPLE_FIX = 'paste a list of objects such as [{"item": "Tea", "price": 2.5}]';

/** What was typed as JSON, or where it stops being JSON. */
export function parseJson<T>(text: string, field: string, example: string): Result<T, FieldProblem> {
  if (text.trim() === "") return err({ field, problem: "is missing", fix: example });
  try {
    return ok(JSON.parse(text) as T);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    // The engine repeats the text around the place: its first line says enough.
    return err({
      field,
      problem: `is not JSON: ${why.split("\n")[0]}`,
      fix: "mend that place, then send it again",
    });
  }
}
