/** A table that is kept in IndexedDB. `?subject=` names whose. */
import { connect, warnBeforeUnload } from "../../src/index.ts";
import { indexedDbStore } from "../../src/offline.ts";

const subject = new URLSearchParams(location.search).get("subject") ?? "ann";
const offline = indexedDbStore({ subject });
const client = connect({ url: location.origin, token: "t", offline, fetch: null });
const table = client.table("demo/Prices");
const states: string[] = [table.status.state];
table.subscribe(() => {
  if (states.at(-1) !== table.status.state) states.push(table.status.state);
});
Object.assign(globalThis, { table, client, states, offline, warn: () => warnBeforeUnload(client) });
