import { useCallback } from "preact/hooks";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { SelectField } from "../parts/field.tsx";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";

/** Which template, and what it is for. */
export function TemplateField(props: {
  api: Api;
  value: string;
  problems: readonly FieldProblem[];
  onPick: (template: string) => void;
}) {
  const { api, value } = props;
  const templates = useAnswer(useCallback(() => api.templates(), [api])).value ?? [];
  const picked = templates.find(({ id }) => id === value);
  const options = templates.map(({ id, name }) => ({ value: id, title: name }));
  return (
    <SelectField
      id="export-template"
      label="Template"
      hint={
        <>
          {picked?.description}{" "}
          <a href={formatRoute(picked ? { page: "template", id: picked.id } : { page: "templates" })}>
            {picked ? "See how it looks" : "See them all"}
          </a>
        </>
      }
      problems={props.problems}
      value={value}
      options={picked ? options : [{ value, title: value }, ...options]}
      onPick={props.onPick}
    />
  );
}
