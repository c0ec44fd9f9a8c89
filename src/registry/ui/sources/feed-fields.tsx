import { boundFields, type FormPart } from "../parts/bound-fields.tsx";
import { Choices } from "../parts/field.tsx";
import { problemsOf } from "../parts/form-problems.ts";
import { FeedSignIn } from "./feed-sign-in.tsx";
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

/** What a feed needs besides its name and link. */
export function FeedFields(part: FormPart<NewFeed>) {
  const { form, set, problems } = part;
  const { text, select } = boundFields(part);
  const odd = [...problemsOf(problems, "pagination"), ...problemsOf(problems, "events")].length > 0;
  return (
    <>
      {select("format", { label: "Format" }, FORMATS)}
      <FeedTabs {...part} />
      <FeedSignIn {...part} />
      {text("headers", {
        label: "More headers (optional)",
        rows: 2,
        hint: "One a line. They are stored encrypted and never shown again.",
        placeholder: "Accept-Language: en",
      })}
      <details class="more" open={form.pages !== "none" || form.events !== "" || odd}>
        <summary>Pages and events</summary>
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
      </details>
    </>
  );
}
