import { useEffect, useState } from "preact/hooks";
import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { EditsApi, TabPlace } from "../rest/edits-api.ts";
import { createTabWords, NO_TAB_WORDS, namingColumn, type TabWords } from "./tab-words.ts";

/** Rows beyond keep their number alone. */
const NAMED_ROWS_MAX = 10_000;

/** The words of each tab in `places`, once its columns are there; a tab that cannot be read has plain ones. */
export function useTabWords(
  api: EditsApi,
  sources: readonly SourceAnswer[],
  places: readonly TabPlace[],
): (place: TabPlace) => TabWords {
  const [known, setKnown] = useState<ReadonlyMap<string, TabWords>>(new Map());
  // The list comes anew every few seconds; only what names rows matters here.
  const asked = [...new Map(places.map((place) => [keyOf(place), place])).entries()].map(
    ([key, place]) => [key, place, keyHeaderOf(sources, place)] as const,
  );
  const question = JSON.stringify(asked);
  useEffect(() => {
    let ended = false;
    for (const [key, place, header] of JSON.parse(question) as typeof asked) {
      void readWords(api, place, header ?? undefined).then((words) => {
        if (!ended && words) setKnown((before) => new Map(before).set(key, words));
      });
    }
    return () => {
      ended = true;
    };
  }, [api, question]);
  return (place) => known.get(keyOf(place)) ?? NO_TAB_WORDS;
}

async function readWords(
  api: EditsApi,
  place: TabPlace,
  header: string | undefined,
): Promise<TabWords | null> {
  const first = await api.rows(place, { limit: "1" });
  if (!first.ok) return null;
  const { columns } = first.value;
  const naming = namingColumn(columns, header);
  const rows = naming && (await api.rows(place, { columns: naming.key, limit: String(NAMED_ROWS_MAX) }));
  return createTabWords(columns, rows?.ok ? rows.value.rows : [], header);
}

/** Settings name a tab by its title or by its name in documents. */
export function keyHeaderOf(sources: readonly SourceAnswer[], { source, tab }: TabPlace): string | null {
  const about = sources.find(({ id }) => id === source);
  if (!about) return null;
  const { keyColumns = {}, keyField, tabs, tabsWanted = [] } = about;
  const title = tabs.find(({ name }) => name === tab)?.title;
  const wanted = tabsWanted.find((one) => typeof one === "object" && one.title === tab);
  const ofTab = typeof wanted === "object" ? wanted.keyField : undefined;
  return (
    keyColumns[tab] ?? (title === undefined ? undefined : keyColumns[title]) ?? ofTab ?? keyField ?? null
  );
}

const keyOf = ({ source, tab }: TabPlace): string => `${source}/${tab}`;
