import { useCallback } from "preact/hooks";
import type { FieldProblem, SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { SelectField } from "../parts/field.tsx";
import type { Api } from "../rest/api.ts";
import { useAnswer } from "../rest/use-answer.ts";
import { formatRoute } from "../shell/routes.ts";

/** Whose Google Drive the workbook is made in. */
export function AccountField(props: {
  api: Api;
  sources: readonly SourceAnswer[];
  value: string;
  problems: readonly FieldProblem[];
  onPick: (account: string) => void;
}) {
  const { api } = props;
  const accounts = useAnswer(useCallback(() => api.accounts(), [api]));
  const connected = (accounts.value ?? [])
    .filter(({ state, scopes }) => state === "connected" && scopes.includes("drive.file"))
    .map(({ id, email }) => ({ value: id, title: email ?? id }));
  const own = props.sources
    .filter(({ credentials }) => credentials && credentials.type !== "apiKey")
    .map(({ id, name }) => ({ value: `source:${id}`, title: `The account of the source ${name}` }));
  return (
    <SelectField
      id="export-account"
      label="Made with"
      hint={
        <>
          Whose Google Drive it is made in.{" "}
          <a href={formatRoute({ page: "accounts" })}>Connect an account for making workbooks</a>
        </>
      }
      problems={props.problems}
      value={props.value}
      options={[
        { value: "", title: "Chosen by the daemon, where only one fits" },
        ...connected,
        { value: "ambient", title: "The daemon's own key file" },
        ...own,
      ]}
      onPick={props.onPick}
    />
  );
}
