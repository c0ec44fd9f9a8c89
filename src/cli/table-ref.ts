import { SOURCE_ID_PATTERN } from "#contract/document-name.ts";
import type { SourceAnswer } from "#contract/rest.ts";
import { path } from "./api.ts";
import { Failure } from "./failure.ts";

/** A tab as people name it: "shop/Price list". What follows the first "/" is the tab's name as it is. */
export interface TableRef {
  readonly source: string;
  readonly tab: string;
  /** Of its REST resources. */
  readonly path: string;
}

export function parseTableRef(text: string): TableRef {
  const slash = text.indexOf("/");
  const [source, tab] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash > 0 && tab !== "" && SOURCE_ID_PATTERN.test(source)) {
    return { source, tab, path: path("datasources", source, "tabs", tab) };
  }
  throw new Failure("usage", {
    title: "That is no tab",
    detail: `"${text}" names no tab: write it as SOURCE/TAB, such as "shop/Price list"; \`sheetwire sources list\` shows them.`,
  });
}

/** What the source says identifies a row of the tab: a header or a key; undefined where it says nothing. */
export function keyColumnOf(source: SourceAnswer, tab: string): string | undefined {
  const { keyColumns = {}, keyField, tabsWanted = [] } = source;
  const known = source.tabs.find(({ name }) => name === tab);
  const wanted = tabsWanted.find((one) => typeof one === "object" && one.title === tab);
  const named = Object.entries(keyColumns).find(([name]) => name === tab || name === known?.title);
  return named?.[1] ?? (typeof wanted === "object" ? wanted.keyField : undefined) ?? keyField;
}
