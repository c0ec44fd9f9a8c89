import { boundFields, type FormPart } from "../parts/bound-fields.tsx";
import { problemsOf } from "../parts/form-problems.ts";
import { DEFAULT_OPTIONS, type WorkbookOptions } from "./workbook-options.ts";
import type { Writing } from "./writing.ts";

const NO_YES = [
  { value: "no", title: "No" },
  { value: "yes", title: "Yes" },
] as const;

/** The finer points of a workbook, folded away until one of them is not as usual. */
export function WorkbookOptionsFields(part: FormPart<WorkbookOptions & Writing>) {
  const { form, problems } = part;
  const { text, select } = boundFields(part);
  const odd = ["headerRow", "hidden", "formulas", "writes"].some(
    (name) => problemsOf(problems, name).length > 0,
  );
  const unusual = (Object.keys(DEFAULT_OPTIONS) as (keyof WorkbookOptions)[]).some(
    (name) => form[name] !== DEFAULT_OPTIONS[name],
  );
  return (
    <details class="more" open={odd || unusual}>
      <summary>Headers, hidden parts, formulas and rules</summary>
      <div class="field-pair">
        {text("headerRow", {
          label: "Row of the header (optional)",
          rows: 2,
          hint: "first, none or a row's number; or one tab a line, such as Prices = 3.",
          placeholder: "first",
        })}
        {select("formulas", { label: "Sync formulas beside values" }, NO_YES)}
        {select("hiddenTabs", { label: "Sync hidden tabs", field: "hidden" }, NO_YES)}
        {select("hiddenRows", { label: "Sync hidden rows", field: "hidden" }, NO_YES)}
      </div>
      {form.writable === "yes" && (
        <>
          <div class="field-pair">
            {select("writeFormulas", { label: "Edits may write formulas", field: "writes.formulas" }, NO_YES)}
            {select(
              "writeProtected",
              { label: "Edits may touch cells protected by a warning", field: "writes.protectedCells" },
              NO_YES,
            )}
            {select(
              "writeHidden",
              { label: "Edits may touch hidden cells", field: "writes.hiddenCells" },
              NO_YES,
            )}
            {select("newRows", { label: "New rows go", field: "writes.newRows" }, [
              { value: "end", title: "To the end" },
              { value: "top", title: "To the top" },
            ])}
          </div>
          {text("columnRules", {
            label: "Rules of columns (optional)",
            field: "writes",
            rows: 3,
            hint: "One a line: tab / column = two-way, read-only or new-rows; behind a comma who wins: sheet, client, latest or ask.",
            placeholder: "Prices / Cost = read-only",
          })}
        </>
      )}
    </details>
  );
}
