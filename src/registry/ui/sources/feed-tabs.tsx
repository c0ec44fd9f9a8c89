import { boundFields, type FormPart } from "../parts/bound-fields.tsx";
import { PlusIcon } from "../parts/icons.tsx";
import { EMPTY_FEED_TAB, type NewFeed, type NewFeedTab } from "./new-feed.ts";

const PATH_HINT = "Such as $.items in JSON or /rss/channel/item in XML. Left out, it is found by itself.";
const KEY_HINT = "The column whose values identify a row, such as id.";
const COLUMNS_WORDS = {
  label: "Columns (optional)",
  rows: 2,
  hint: "One a line: path = name : type. Left out, all are taken.",
  placeholder: "price.amount = Price : number",
};

/** Where the rows of a feed stand: one tab by itself, or several with their titles. */
export function FeedTabs(part: FormPart<NewFeed>) {
  const { form, set, problems } = part;
  const { feedTabs } = form;
  const setTab = (index: number, change: Partial<NewFeedTab>): void =>
    set({ feedTabs: feedTabs.map((tab, at) => (at === index ? { ...tab, ...change } : tab)) });
  const several = feedTabs.length > 0;
  const add = (): void => {
    const { rowsPath, keyField, columns } = form;
    // What was filled in for the one tab is that of the first.
    const first = several ? [] : [{ ...EMPTY_FEED_TAB, rowsPath, keyField, columns }];
    set({ feedTabs: [...feedTabs, ...first, EMPTY_FEED_TAB] });
  };
  return (
    <>
      {!several && <OneTab {...part} />}
      {feedTabs.map((tab, index) => (
        <TabFields
          key={index}
          index={index}
          form={tab}
          set={(change) => setTab(index, change)}
          problems={problems}
          onRemove={() => set({ feedTabs: feedTabs.filter((_, at) => at !== index) })}
        />
      ))}
      <div class="actions">
        <button type="button" class="small" onClick={add}>
          <PlusIcon /> {several ? "Another tab" : "Several tabs in this feed"}
        </button>
      </div>
    </>
  );
}

function OneTab(part: FormPart<NewFeed>) {
  const { text } = boundFields(part);
  return (
    <>
      <div class="field-pair">
        {text("rowsPath", { label: "Path to the rows (optional)", hint: PATH_HINT })}
        {text("keyField", { label: "Key field (optional)", hint: KEY_HINT })}
      </div>
      {text("columns", COLUMNS_WORDS)}
    </>
  );
}

function TabFields(props: FormPart<NewFeedTab> & { index: number; onRemove: () => void }) {
  const { index, form } = props;
  const { text } = boundFields(props);
  const at = (name: string) => ({ id: `tab-${index}-${name}`, field: `tabs[${index}].${name}` });
  return (
    <fieldset class="panel feed-tab">
      <legend>
        Tab {index + 1}
        {form.title && `: ${form.title}`}
      </legend>
      <div class="field-pair">
        {text("title", { ...at("title"), label: "Title" })}
        {text("rowsPath", { ...at("rowsPath"), label: "Path to its rows", hint: PATH_HINT })}
        {text("keyField", { ...at("keyField"), label: "Key field (optional)", hint: KEY_HINT })}
        {text("columns", { ...COLUMNS_WORDS, ...at("columns") })}
      </div>
      <div class="actions">
        <button type="button" class="small danger" onClick={props.onRemove}>
          Leave tab {index + 1} out
        </button>
      </div>
    </fieldset>
  );
}
