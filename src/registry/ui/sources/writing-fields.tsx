import { boundFields, type FormPart } from "../parts/bound-fields.tsx";
import type { Writing } from "./writing.ts";

/** Only for workbooks: a feed is read. */
export function WritingFields<Form extends Writing>(part: FormPart<Form>) {
  const { select } = boundFields(part as unknown as FormPart<Writing>);
  return (
    <div class="field-pair">
      {select("writable", { label: "Edits" }, [
        { value: "no", title: "Read only" },
        { value: "yes", title: "Are written into the workbook" },
      ])}
      {part.form.writable === "yes" &&
        select("conflictPolicy", { label: "When both sides changed a cell" }, [
          { value: "sheet", title: "The sheet's value stands" },
          { value: "client", title: "The edit's value stands" },
          { value: "latest", title: "The later one stands" },
          { value: "ask", title: "A person is asked" },
        ])}
    </div>
  );
}
