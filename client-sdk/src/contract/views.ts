/** Bodies of /api/v1/views, as JSON. */

/** What a view shows of its tab. */
export interface ViewBody {
  readonly description?: string;
  /** Keys of columns, in this order; all when absent. */
  readonly columns?: readonly string[];
  /** Such as `region = claims.region and Price < 100`; all rows when absent. */
  readonly where?: string;
  /** The tab's own order when absent. */
  readonly order?: readonly { readonly key: string; readonly descending?: boolean }[];
  /** At most so many rows. */
  readonly limit?: number;
}

export interface CreateViewBody extends ViewBody {
  readonly source: string;
  readonly tab: string;
  readonly name: string;
}

export interface ViewAnswer extends CreateViewBody {
  /** The document's name for y-websocket, percent-encoded: `{source}/{tab}@{view}`. */
  readonly document: string;
  /** What a reader's token must say of its bearer. */
  readonly claims: readonly string[];
}
