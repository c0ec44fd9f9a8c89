/** Gathers what is wrong with data; of many problems the first are kept and all are counted. */
import type { DataProblem, DataReport } from "#contract/templates.ts";

/** More than a person mends before asking again. */
export const PROBLEMS_MAX = 100;
/** A field's name comes from the data and may be anything. */
const FIELD_CHARACTERS_MAX = 200;

export interface Report {
  add(problem: DataProblem): void;
  readonly count: number;
  done(): DataReport;
}

export function createReport(): Report {
  const problems: DataProblem[] = [];
  let count = 0;
  return {
    add(problem) {
      count++;
      if (problems.length < PROBLEMS_MAX) {
        problems.push({ ...problem, field: problem.field.slice(0, FIELD_CHARACTERS_MAX) });
      }
    },
    get count() {
      return count;
    },
    done: () => ({ problems, count }),
  };
}
