import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { boundFields, type FormPart } from "../parts/bound-fields.tsx";
import { Choices } from "../parts/field.tsx";
import { problemsOf } from "../parts/form-problems.ts";
import { FeedTabs } from "./feed-tabs.tsx";
import type { NewFeed } from "./new-feed.ts";

const FORMATS: readonly { value: NewFeed["format"]; title: string }[] = [
  { value: "auto", title: "As the feed says itself" },
  { value: "json", title: "JSON" },
  { value: "ndjson", title: "NDJSON: one JSON object a line" },
  { value: "xml", title: "XML" },
  { value: "csv", title: "CSV" },
];

const PAGES: readonly { value: NewFeed["pages"]; title: string; about: string }[] = [
  { value: "none", title: "One page", about: "All at one address." },
  { value: "link", title: "Link header", about: 'rel="next" leads on.' },
  { value: "cursor", title: "Cursor", about: "A part of each page says how to go on." },
  { value: "page", title: "Page number", about: "A parameter that counts up." },
];

const EDITS: readonly { value: NewFeed["feedWrites"]; title: string }[] = [
  { value: "no", title: "Read only" },
  { value: "document", title: "The whole document goes back by PUT" },
  { value: "rows", title: "A request for each edit" },
];
const KEEP_EDITS = { value: "keep", title: "Are written as before" } as const;

/** What a feed needs besides its name and link. */
export function FeedFields(
  part: FormPart<NewFeed> & {
    /** How the daemon signs in. */
    children: ComponentChildren;
    headersHint?: string;
  },
) {
  const { form, set, problems, headersHint = "One a line." } = part;
  const { text, select } = boundFields(part);
  const [wasWritten] = useState(form.feedWrites === "keep");
  const odd = ["pagination", "events", "emptyPolicy", "bytesMax"].some(
    (name) => problemsOf(problems, name).length > 0,
  );
  return (
    <>
      {select("format", { label: "Format" }, FORMATS)}
      <FeedTabs {...part} />
      {part.children}
      {text("headers", {
        label: "More headers (optional)",
        rows: 2,
        hint: `${headersHint} They are stored encrypted and never shown again.`,
        placeholder: "Accept-Language: en",
      })}
      {select("feedWrites", { label: "Edits", field: "write" }, wasWritten ? [KEEP_EDITS, ...EDITS] : EDITS)}
      {form.feedWrites === "rows" &&
        text("feedRequests", {
          label: "Requests",
          field: "write",
          rows: 5,
          hint: "JSON with cell, add and remove; {key}, {column} and {value} are filled in. Of a kind without a request, edits are refused.",
          placeholder:
            '{ "cell": { "method": "PATCH", "url": "https://example.com/items/{key}", "body": { "price": "{value}" } } }',
        })}
      <details class="more" open={form.pages !== "none" || form.events !== "" || odd}>
        <summary>Pages, events and limits</summary>
        <Choices
          legend="Pages"
          name="pages"
          value={form.pages}
          choices={PAGES}
          onPick={(pages) => set({ pages })}
        />
        {form.pages !== "none" && (
          <div class="field-pair">
            {form.pages === "cursor" &&
              text("nextPath", {
                label: "Path to the next page",
                field: "pagination.path",
                hint: "Such as $.next: a cursor or an address.",
              })}
            {form.pages !== "link" &&
              text("pageParameter", {
                label: form.pages === "page" ? "Parameter" : "Parameter (optional)",
                field: "pagination.parameter",
                hint: "Of the address, such as page or cursor.",
              })}
            {form.pages === "page" &&
              text("pageFirst", {
                label: "First page (optional)",
                field: "pagination.first",
                type: "decimal",
                short: true,
              })}
            {text("pagesMax", {
              label: "Pages at most (optional)",
              field: "pagination.pagesMax",
              type: "decimal",
              short: true,
            })}
          </div>
        )}
        {text("events", {
          label: "Address of events (optional)",
          type: "url",
          hint: "Where the feed streams server-sent events: each leads to a check at once.",
        })}
        <div class="field-pair">
          {select("emptyPolicy", { label: "When it turns up empty" }, [
            { value: "keep", title: "Its rows are kept" },
            { value: "accept", title: "Its rows go" },
          ])}
          {text("bytesMax", {
            label: "Bytes at most (optional)",
            type: "decimal",
            short: true,
            hint: "Of all pages together.",
          })}
        </div>
      </details>
    </>
  );
}
