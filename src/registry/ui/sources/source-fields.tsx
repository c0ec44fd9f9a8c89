import type { AccountAnswer } from "../../../../client-sdk/src/contract/accounts.ts";
import type { FieldProblem } from "../../../../client-sdk/src/contract/rest.ts";
import { TextField } from "../parts/field.tsx";
import { CredentialsField } from "./credentials-field.tsx";
import { FeedFields } from "./feed-fields.tsx";
import { type NewSource, problemsOf } from "./new-source.ts";

/** The fields of a request whose problems are shown at a field of the form, by kind. */
const COMMON_FIELDS = ["name", "url", "pollingInterval"];
const SHOWN_FIELDS: Readonly<Record<NewSource["kind"], readonly string[]>> = {
  googleSheet: [...COMMON_FIELDS, "credentials", "keyColumns"],
  external: [...COMMON_FIELDS, "format", "rowsPath", "keyField", "headers"],
};
const AUTH_FIELDS: Readonly<Record<NewSource["signIn"], readonly string[]>> = {
  none: [],
  bearer: ["auth.token"],
  basic: ["auth.username", "auth.password"],
  apiKey: ["auth.in", "auth.name", "auth.key"],
};

export function shownFields({ kind, signIn }: NewSource): readonly string[] {
  return kind === "external" ? [...SHOWN_FIELDS.external, ...AUTH_FIELDS[signIn]] : SHOWN_FIELDS.googleSheet;
}

/** The fields of a source of the kind that was picked. */
export function SourceFields(props: {
  form: NewSource;
  set: (part: Partial<NewSource>) => void;
  problems: readonly FieldProblem[];
  accounts: readonly AccountAnswer[];
}) {
  const { form, set, problems, accounts } = props;
  const isFeed = form.kind === "external";
  return (
    <>
      <TextField
        id="name"
        name="name"
        label="Name"
        hint="What people here call it."
        problems={problemsOf(problems, "name")}
        value={form.name}
        onText={(name) => set({ name })}
      />
      <TextField
        id="url"
        name="url"
        type="url"
        label="Link"
        hint={isFeed ? "Where the feed answers." : "Copied from the browser's address bar."}
        placeholder={isFeed ? "https://..." : "https://docs.google.com/spreadsheets/d/..."}
        problems={problemsOf(problems, "url")}
        value={form.url}
        onText={(url) => set({ url })}
      />
      {isFeed ? (
        <FeedFields form={form} set={set} problems={problems} />
      ) : (
        <>
          <CredentialsField
            form={form}
            accounts={accounts}
            set={set}
            problems={problemsOf(problems, "credentials")}
          />
          <TextField
            id="keyColumns"
            name="keyColumns"
            label="Key columns (optional)"
            rows={2}
            hint="The column whose values identify a row, for each tab that has one. One tab a line."
            placeholder="Prices = SKU"
            problems={problemsOf(problems, "keyColumns")}
            value={form.keyColumns}
            onText={(keyColumns) => set({ keyColumns })}
          />
        </>
      )}
      <TextField
        id="interval"
        name="pollingInterval"
        label="Check every (seconds)"
        type="decimal"
        short
        hint={
          isFeed
            ? "Shorter is fresher and asks the feed more often."
            : "Shorter is fresher and uses more of Google's quota."
        }
        problems={problemsOf(problems, "pollingInterval")}
        value={form.interval}
        onText={(interval) => set({ interval })}
      />
    </>
  );
}
