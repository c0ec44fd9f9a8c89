/**
 * Templates of exports and the data they are given, as JSON. A template says what a workbook is to be: its tabs,
 * their columns and looks. It speaks of columns by their keys, never by letters: people move columns.
 */

/** POST /api/v1/export/templates/create. An id that exists gets a new version. */
export interface TemplateBody {
  /** 1 to 64 of a to z, 0 to 9, "-" and "_". */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** Such as "en_GB": how numbers and dates are written. */
  readonly locale?: string;
  /** IANA name: dates of the data are shown in it. */
  readonly timeZone?: string;
  /** ISO 4217, of amounts that do not name theirs. */
  readonly currency?: string;
  readonly tabs: readonly TemplateTab[];
}

export interface TemplateAnswer extends TemplateBody {
  /** From 1; every change of a template is one. */
  readonly version: number;
  /** Comes with Sheetwire: neither changed nor deleted. */
  readonly ready: boolean;
  /** Data to try it with, of the ready ones. */
  readonly sample?: ExportData;
  /** ISO 8601, UTC; not of the ready ones. */
  readonly createdAt?: string;
}

export type TemplateSummary = Pick<TemplateAnswer, "id" | "name" | "description" | "version" | "ready"> & {
  readonly tabs: readonly string[];
};

export interface TemplateTab {
  /** Names the tab in formulas and over versions; the title in lower case when absent. */
  readonly id?: string;
  readonly title: string;
  /**
   * Where its rows stand in the data: a dotted path to a list, such as "orders" or "orders.lines" (the lines of all
   * orders). Absent: the data itself, or its only list.
   */
  readonly rows?: string;
  /** Path of a field: one row for each of its values. */
  readonly distinct?: string;
  /** Key of the column whose values identify a row: what an update goes by. */
  readonly key?: string;
  /** Absent: a column for every field of the data. */
  readonly columns?: readonly TemplateColumn[];
  /** Of lists inside a row where the columns come from the data. "columns" unless given. */
  readonly lists?: "columns" | "tabs";
  readonly headerStyle?: CellStyle;
  readonly bodyStyle?: CellStyle;
  readonly totals?: { readonly label?: string; readonly style?: CellStyle };
  readonly freeze?: { readonly rows?: number; readonly columns?: number };
  readonly filter?: boolean;
  readonly banding?: { readonly first: string; readonly second: string };
  readonly conditions?: readonly ConditionalFormat[];
  readonly charts?: readonly TemplateChart[];
  readonly protect?: readonly ProtectedPart[];
  readonly names?: readonly { readonly name: string; readonly column: string }[];
  readonly tabColor?: string;
  /** Pixels. */
  readonly rowHeight?: number;
  readonly headerHeight?: number;
}

export type ValueType =
  | "text"
  | "number"
  | "integer"
  | "percent"
  | "money"
  | "boolean"
  | "date"
  | "time"
  | "datetime"
  /** Hours: 1.5 is 1:30. */
  | "hours"
  | "link";

export interface TemplateColumn {
  readonly key: string;
  readonly header?: string;
  /** Absent: as the data show. */
  readonly type?: ValueType;
  /** Dotted path in a row of the data; "^." goes up to the row that holds the list. The key when absent. */
  readonly path?: string;
  /**
   * Instead of a path: "={quantity}*{price}". `{key}` is the cell of this row, `{key:all}` the whole column,
   * `{tab.key:all}` that of another tab.
   */
  readonly formula?: string;
  /** Formulas in the data (text that begins with "=") are taken as formulas; they stay text else. */
  readonly formulas?: boolean;
  readonly required?: boolean;
  /** Where the data have nothing. */
  readonly fallback?: string | number | boolean;
  /** A pattern such as "#,##0.00" or "d mmm yyyy". */
  readonly format?: string;
  /** Pixels; by the content when absent. */
  readonly width?: number;
  readonly style?: CellStyle;
  readonly note?: string;
  readonly hidden?: boolean;
  readonly total?: TotalFunction;
  readonly validation?: Validation;
}

export type TotalFunction = "sum" | "average" | "count" | "min" | "max";

export interface CellStyle {
  readonly bold?: boolean;
  readonly italic?: boolean;
  /** "#rrggbb". */
  readonly color?: string;
  readonly background?: string;
  /** Points. */
  readonly size?: number;
  readonly font?: string;
  readonly align?: "left" | "center" | "right";
  readonly vertical?: "top" | "middle" | "bottom";
  readonly wrap?: boolean;
}

/** What people may write into a column's cells. `strict`: anything else is refused, else marked. */
export type Validation = { readonly strict?: boolean; readonly help?: string } & (
  | { readonly type: "list"; readonly values: readonly string[] }
  /** The values of a column of the template: "key" or "tab.key". */
  | { readonly type: "column"; readonly column: string }
  | { readonly type: "number"; readonly min?: number; readonly max?: number }
  /** ISO dates, both included; any date when neither is given. */
  | { readonly type: "date"; readonly from?: string; readonly to?: string }
  | { readonly type: "checkbox" }
);

/** How cells of `columns` look where the rule holds of them. */
export interface ConditionalFormat {
  readonly columns: readonly string[];
  readonly rule: ConditionalRule;
  /** Not of a scale, which brings its colours. */
  readonly style?: CellStyle;
}

export type ConditionalRule =
  | { readonly type: "below" | "above" | "equal"; readonly value: number }
  | { readonly type: "between"; readonly from: number; readonly to: number }
  | { readonly type: "is" | "contains"; readonly text: string }
  | { readonly type: "blank" | "filled" }
  /** As a column's formula; it holds where the result is TRUE. */
  | { readonly type: "formula"; readonly formula: string }
  /** From the lowest value to the highest. */
  | { readonly type: "scale"; readonly low: string; readonly middle?: string; readonly high: string };

export interface TemplateChart {
  readonly type: "column" | "bar" | "line" | "area" | "pie";
  readonly title: string;
  /** Keys: of the column that labels, and of those that are drawn; of this tab. */
  readonly labels: string;
  readonly values: readonly string[];
  readonly stacked?: boolean;
  readonly colors?: readonly string[];
}

/** Cells that people are warned to leave alone; `strict`: only the account that exports may change them. */
export interface ProtectedPart {
  readonly part: "header" | "column" | "totals" | "tab";
  /** Of part "column". */
  readonly column?: string;
  readonly strict?: boolean;
  readonly description?: string;
}

/** What an export shows. Rows as objects; rows as lists; lists by name; or a live tab or view, which it follows. */
export type ExportData =
  | readonly DataObject[]
  | ColumnTable
  | LiveData
  | { readonly [name: string]: DataValue };

export type DataObject = { readonly [field: string]: DataValue };

/** Beside plain JSON: {amount, currency} is money, {text, url} a link. Dates are ISO 8601 texts. */
export type DataValue =
  | null
  | boolean
  | number
  | string
  | readonly DataValue[]
  | { readonly [field: string]: DataValue };

export interface ColumnTable {
  readonly columns: readonly (string | TableColumn)[];
  readonly rows: readonly (readonly DataValue[])[];
}

export interface TableColumn {
  readonly key: string;
  readonly header?: string;
  readonly type?: ValueType;
  readonly format?: string;
}

export interface LiveData {
  readonly source: string;
  readonly tab: string;
  readonly view?: string;
}

/** POST /api/v1/export/templates/{id}/preview and .../download. */
export interface TryTemplateBody {
  /** The template's own sample when absent. */
  readonly data?: ExportData;
  /** The template's name when absent. */
  readonly title?: string;
  /** The newest when absent. */
  readonly version?: number;
  readonly locale?: string;
  readonly timeZone?: string;
  readonly currency?: string;
}

/** A preview asked for as JSON: markup and its style sheet, for a shadow root. */
export interface PreviewParts {
  readonly body: string;
  readonly css: string;
}

/** What is wrong with data, before anything was written. */
export interface DataReport {
  /** The first of them. */
  readonly problems: readonly DataProblem[];
  /** How many there are in all. */
  readonly count: number;
}

export interface DataProblem {
  /** Of the list, from 1; absent where the whole is meant. */
  readonly row?: number;
  readonly tab?: string;
  readonly field: string;
  readonly problem: string;
  readonly fix: string;
}
