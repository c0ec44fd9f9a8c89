import type { Client } from "../../../../client-sdk/src/index.ts";

/** Live tables, once some page has asked for the first one: the SDK is fetched with that page. */
export interface ClientHolder {
  client: Client | null;
}
