/** The settings of a source of type "external": a feed of JSON, XML, NDJSON or CSV. */

export type FeedFormat = "json" | "xml" | "csv" | "ndjson";

/** One tab of a feed. Without `columns` every field of the rows is a column. */
export interface FeedTab {
  readonly title: string;
  /** Where its rows stand: a JSONPath such as `$.items`, or in XML a path such as `/rss/channel/item` or `//item`. */
  readonly rowsPath?: string;
  /** The name of the column whose values identify a row. */
  readonly keyField?: string;
  readonly columns?: readonly FeedColumn[];
}

export interface FeedColumn {
  /** A flattened name such as `price.amount` or `price.@currency`, a JSONPath from the row, or in XML a path from it. */
  readonly path: string;
  /** The header; the path when absent. */
  readonly name?: string;
  /** What the values are made into; a value that cannot be one stays as it is. */
  readonly type?: FeedColumnType;
}

export type FeedColumnType = "text" | "number" | "boolean" | "date" | "datetime";

/** How to go on to the next page of a feed. At most `pagesMax` pages are read. */
export type Pagination =
  /** By the answer's Link header with rel="next". */
  | { readonly type: "link"; readonly pagesMax?: number }
  /** By what stands at `path` in each page: the value of the query parameter, or without one the next address. */
  | {
      readonly type: "cursor";
      readonly path: string;
      readonly parameter?: string;
      readonly pagesMax?: number;
    }
  /** By counting a query parameter up, until a page has no rows. */
  | {
      readonly type: "page";
      readonly parameter: string;
      /** 1 unless given. */
      readonly first?: number;
      readonly pagesMax?: number;
    };

export type FeedAuth =
  | {
      readonly type: "apiKey";
      readonly key: string;
      readonly in: "header" | "query";
      /** Of the header or the query parameter. */
      readonly name: string;
    }
  | { readonly type: "bearer"; readonly token: string }
  | { readonly type: "basic"; readonly username: string; readonly password: string }
  | {
      /** OAuth 2 client credentials, RFC 6749, 4.4. */
      readonly type: "oauth2";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope?: string;
      readonly audience?: string;
      /** Where id and secret of the client go: "header" (Basic, as the RFC wants it) unless given. */
      readonly clientAuth?: "header" | "body";
    };

/** What becomes of a tab whose feed turns up empty though it never was: "keep" its rows (unless given), or "accept". */
export type EmptyPolicy = "keep" | "accept";
