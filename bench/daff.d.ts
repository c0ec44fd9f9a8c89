declare module "daff" {
  class TableView {
    constructor(rows: readonly (readonly unknown[])[]);
  }
  class CompareFlags {
    addPrimaryKey(column: string): void;
  }
  interface Alignment {
    readonly opaque: unique symbol;
  }
  class TableDiff {
    constructor(alignment: Alignment, flags: CompareFlags);
    hilite(output: TableView): boolean;
  }
  function compareTables(a: TableView, b: TableView, flags: CompareFlags): { align(): Alignment };
  const daff: {
    TableView: typeof TableView;
    CompareFlags: typeof CompareFlags;
    TableDiff: typeof TableDiff;
    compareTables: typeof compareTables;
  };
  export = daff;
}
