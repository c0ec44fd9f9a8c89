import type { Column } from "./contract/layout.ts";
import { schemaHash } from "./schema-hash.ts";

export interface SchemaWatch {
  look(columns: readonly Column[]): void;
}

/** Says it once when the types that an application was compiled with are not those of the tab any more. */
export function createSchemaWatch(options: {
  readonly source: string;
  readonly tab: string;
  readonly schema: string | null;
  readonly warn: (message: string) => void;
}): SchemaWatch {
  const { source, tab, schema, warn } = options;
  let told = false;
  return {
    look(columns) {
      if (told || schema === null || columns.length === 0 || schemaHash(columns) === schema) return;
      told = true;
      warn(
        `The types of ${source}/${tab} are old: its columns have changed. Generate them again: sheetwire types`,
      );
    },
  };
}
