/** A page that keeps a table with the client, as an application does. `?fetch=off`: all of it over the socket. */
import { connect } from "../../client-sdk/src/index.ts";

const params = new URLSearchParams(location.search);
const client = connect({
  url: location.origin,
  token: "bench",
  ...(params.get("fetch") === "off" && { fetch: null }),
});
const table = client.table("bench/tab");
const state = { loadedMs: 0, changes: 0, total: 0 };
void table.ready.then(() => {
  state.total = table.rows.length;
  state.loadedMs = performance.now();
});
table.subscribe((change) => {
  if (state.loadedMs === 0) return;
  state.changes += change.cells.length;
  state.total = table.rows.length;
});
Object.assign(globalThis, { state });
