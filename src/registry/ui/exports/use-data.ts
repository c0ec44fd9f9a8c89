import { useMemo } from "preact/hooks";
import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { Result } from "../../../../client-sdk/src/contract/result.ts";
import type { ExportData } from "../../../../client-sdk/src/contract/templates.ts";
import { dataOf, type GivenForm, placesOf } from "./given-data.ts";

/** The data of a form, read anew only when they differ: they may be tens of megabytes, and the sources come every two seconds. */
export function useData(form: GivenForm, sources: readonly SourceAnswer[]): Result<ExportData, FieldProblem> {
  const { kind, text, file, place, view } = form;
  const places = kind === "live" ? placesOf(sources) : [];
  const known = JSON.stringify(places);
  return useMemo(() => dataOf(form, places), [kind, text, file, place, view, known]);
}
