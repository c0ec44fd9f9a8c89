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

/** How edits go back into a feed of JSON that is writable. */
export type FeedWrite =
  /** The whole document goes back by PUT to the feed's link, with If-Match where the feed tells a strong ETag. */
  | { readonly type: "document" }
  /** A request for each edit; of a kind without one, edits are refused. `keyField` must be given. */
  | {
      readonly type: "rows";
      readonly cell?: FeedRequest;
      readonly add?: FeedRequest;
      readonly remove?: FeedRequest;
    };

/**
 * In `url` and `body` `{key}` stands for the row's key, `{column}` and `{value}` for those of an edited cell, and any
 * column's header in braces for what its row holds.
 */
export interface FeedRequest {
  readonly method: "PATCH" | "PUT" | "POST" | "DELETE";
  /** Of the feed's own origin; what is filled in is percent-encoded. */
  readonly url: string;
  /**
   * JSON. A text that is one placeholder alone becomes the value itself, number or boolean as it is; `"{row}"` the row as an
   * object. Without it a cell sends its field, a new row its fields, a removal nothing.
   */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
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
