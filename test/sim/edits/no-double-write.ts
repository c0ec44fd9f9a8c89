/** No edit is written twice, but for one that went astray under somebody's change; no new row stands twice in the sheet. */
import type { Json } from "../../../google-emulator/src/index.ts";
import type { Checker } from "../checkers/checker.ts";

import { MARK } from "./mark.ts";
import { told } from "./no-lost-edit.ts";
import type { Written } from "./witness.ts";

type Landed = Extract<Written, { tag: "landed" }>;

export const noDoubleWrite: Checker = ({ world: { editing, workbooks } }) => {
  if (!editing) return [];
  const landed = Map.groupBy(
    editing.witness.written.filter((write) => write.tag === "landed" && !write.raced),
    (write) => (write as Landed).wish,
  );
  const twice = [...landed]
    .filter(([, writes]) => writes.length > 1)
    .map(([wish, writes]) => `${told(wish)}: was written ${writes.length} times`);
  const marks = workbooks.flatMap(({ source, person }) => {
    const tab = person.tabs()[0]!;
    const [header = [], ...rows] = person.read(tab);
    const at = header.indexOf(MARK);
    const names = person.notes(tab, at);
    // A mark that went astray makes no other row of the one that it stands in.
    const isAstray = (mark: Json, row: number): boolean => Boolean(names[row]) && names[row] !== mark;
    const all = rows
      .map((row) => row[at] ?? null)
      .filter((mark, i) => typeof mark === "string" && mark !== "" && !isAstray(mark, i + 1));
    return all.length === new Set(all).size ? [] : [`${source}: a row stands there twice: ${all.join(", ")}`];
  });
  return [...twice, ...marks];
};
