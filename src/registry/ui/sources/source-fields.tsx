import type { ComponentChildren } from "preact";
import type { AccountAnswer } from "../../../../client-sdk/src/contract/accounts.ts";
import { boundFields, type FormPart } from "../parts/bound-fields.tsx";
import type { Api } from "../rest/api.ts";
import { CredentialsField } from "./credentials-field.tsx";
import { FeedFields } from "./feed-fields.tsx";
import { FeedSignIn } from "./feed-sign-in.tsx";
import type { NewSource } from "./new-source.ts";
import { WorkbookOptionsFields } from "./workbook-options-fields.tsx";
import { WritingFields } from "./writing-fields.tsx";

/** The fields of a request whose problems are shown at a field of the form, by kind. */
const COMMON_FIELDS = ["name", "url", "pollingInterval"];
const SHOWN_FIELDS: Readonly<Record<NewSource["kind"], readonly string[]>> = {
  googleSheet: [
    ...COMMON_FIELDS,
    "credentials",
    "keyColumns",
    "tabs",
    "conflictPolicy",
    "headerRow",
    "hidden",
    "formulas",
    "writes",
  ],
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
    "emptyPolicy",
    "bytesMax",
    "write",
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
export function SourceFields(
  props: FormPart<NewSource> & {
    /** How the daemon signs in. */
    children: ComponentChildren;
    headersHint?: string;
  },
) {
  const { form, set, problems, children, headersHint } = props;
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
        <FeedFields {...part} {...(headersHint !== undefined && { headersHint })}>
          {children}
        </FeedFields>
      ) : (
        <>
          {children}
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
          <WorkbookOptionsFields {...part} />
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

/** How the daemon signs in at a source of the kind that was picked. */
export function SignInFields(props: FormPart<NewSource> & { api: Api; accounts: readonly AccountAnswer[] }) {
  const { api, accounts, ...part } = props;
  if (part.form.kind === "external") return <FeedSignIn {...part} />;
  return <CredentialsField {...part} api={api} accounts={accounts} />;
}
