/** Where rows stand when all steps of a batch are done. */
import type { Step } from "./decide.ts";

/** Where a row that stood at `row` before, or an added one, stands when all steps are done. */
export function rowAfter(steps: readonly Step[], step: Step | Pick<Step, "row">): number {
  let row = step.row;
  let seen = false;
  for (const other of steps) {
    if (other === step) seen = true;
    else if (other.tag === "remove" && other.row < step.row) row--;
    else if (other.tag === "add" && other.like !== "none") {
      // Of rows added at one place the first stands first, and what stood there comes after them.
      if (
        other.row < step.row ||
        (other.row === step.row && (!("tag" in step) || step.tag !== "add" || !seen))
      )
        row++;
    }
  }
  return row;
}

export function around(places: readonly number[]): number[] {
  return places.flatMap((at) => [at - 1, at, at + 1]);
}
