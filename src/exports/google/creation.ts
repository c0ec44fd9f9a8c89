/** All that makes an empty workbook the plan, as calls in order: the same plan always gives the same calls. */
import type { SheetPlan } from "../plan.ts";
import { type Batch, pack, pieceOf } from "./batches.ts";
import { layout } from "./layout.ts";
import { newPlaces } from "./places.ts";
import { rowPieces } from "./rows.ts";

export function* creationBatches(
  plan: SheetPlan,
  exportId: string,
  before: readonly number[],
): Generator<Batch> {
  const places = newPlaces(plan, exportId);
  function* pieces() {
    yield pieceOf(layout(plan, exportId, places, before));
    for (const tab of plan.tabs) {
      const place = places.get(tab.id)!;
      yield* rowPieces(tab, place, tab.rows, place.headerRow + 1);
    }
  }
  yield* pack(pieces());
}
