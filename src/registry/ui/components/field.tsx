import type { ComponentChildren } from "preact";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";

/** A labelled control with its hint and what is wrong with it. The control needs `id` and `aria-describedby`. */
export function Field(props: {
  id: string;
  label: string;
  hint?: ComponentChildren;
  problems: readonly FieldProblem[];
  children: ComponentChildren;
}) {
  return (
    <div class="field" data-invalid={props.problems.length > 0}>
      <label for={props.id}>{props.label}</label>
      {props.children}
      <div id={`${props.id}-help`}>
        {props.problems.map(({ field, problem, fix }) => (
          <p key={field + problem} class="field-problem">
            {sentence(problem)} {sentence(fix)}
          </p>
        ))}
        {props.hint && <p class="hint">{props.hint}</p>}
      </div>
    </div>
  );
}

/** "is not a link" reads "Is not a link."; a field's name keeps its spelling. */
function sentence(text: string): string {
  if (text === "") return "";
  const first = /^[a-z]+_/.test(text) ? text[0]! : text[0]!.toUpperCase();
  return first + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
