/** Runs in the browser: y-websocket 3.1 as a page uses it, with what becomes of its connection in a global. */
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const query = new URLSearchParams(location.search);
const doc = new Y.Doc();
const provider = new WebsocketProvider(query.get("url")!, query.get("room")!, doc, {
  params: { token: query.get("token")! },
});
if (query.get("presence") === "off") provider.awareness.setLocalState(null);
const seen = { closes: 0, synced: () => provider.synced, order: () => doc.getArray("order").toJSON() };
provider.on("connection-close", () => {
  seen.closes++;
});
Object.assign(globalThis, { seen });
