import type { AccountAnswer } from "../../../../client-sdk/src/contract/accounts.ts";
import { boundFields, type FormPart } from "../parts/bound-fields.tsx";
import type { Api } from "../rest/api.ts";
import { CredentialsField } from "./credentials-field.tsx";
import { FeedFields } from "./feed-fields.tsx";
import type { NewSource } from "./new-source.ts";
import { WritingFields } from "./writing-fields.tsx";

/** The fields of a request whose problems are shown at a field of the form, by kind. */
const COMMON_FIELDS = ["name", "url", "pollingInterval"];
const SHOWN_FIELDS: Readonly<Record<NewSource["kind"], readonly string[]>> = {
  googleSheet: [...COMMON_FIELDS, "credentials", "keyColumns", "tabs", "conflictPolicy"],
  external: [
    ...COMMON_FIELDS,
    "format",
    "rowsPath",
    "keyField",
    "columns",
    "tabs",
    "pagination",
    "headers",
    "events",
  ],
};
const AUTH_FIELDS: Readonly<Record<NewSource["signIn"], readonly string[]>> = {
  none: [],
  bearer: ["auth.token"],
  basic: ["auth.username", "auth.password"],
  apiKey: ["auth.in", "auth.name", "auth.key"],
  oauth2: ["auth.tokenUrl", "auth.clientId", "auth.clientSecret", "auth.scope"],
};

export function shownFields({ kind, signIn }: NewSource): readonly string[] {
  return kind === "external" ? [...SHOWN_FIELDS.external, ...AUTH_FIELDS[signIn]] : SHOWN_FIELDS.googleSheet;
}

/** The fields of a source of the kind that was picked. */
export function SourceFields(props: FormPart<NewSource> & { api: Api; accounts: readonly AccountAnswer[] }) {
  const { form, set, problems, accounts, api } = props;
  const part = { form, set, problems };
  const { text } = boundFields(part);
  const isFeed = form.kind === "external";
  return (
    <>
      {text("name", { label: "Name", hint: "What people here call it." })}
      {text("url", {
        label: "Link",
        type: "url",
        hint: isFeed ? "Where the feed answers." : "Copied from the browser's address bar.",
        placeholder: isFeed ? "https://..." : "https://docs.google.com/spreadsheets/d/...",
      })}
      {isFeed ? (
        <FeedFields {...part} />
      ) : (
        <>
          <CredentialsField {...part} api={api} accounts={accounts} />
          {text("tabsWanted", {
            label: "Tabs (optional)",
            field: "tabs",
            rows: 2,
            hint: "Titles, ranges such as Prices!B3:F, or named ranges; one a line. Left out, all are taken.",
          })}
          {text("keyColumns", {
            label: "Key columns (optional)",
            rows: 2,
            hint: "The column whose values identify a row, for each tab that has one. One tab a line.",
            placeholder: "Prices = SKU",
          })}
          <WritingFields {...part} />
        </>
      )}
      {text("interval", {
        label: "Check every (seconds)",
        field: "pollingInterval",
        type: "decimal",
        short: true,
        hint: isFeed
          ? "Shorter is fresher and asks the feed more often."
          : "Shorter is fresher and uses more of Google's quota.",
      })}
    </>
  );
}
