/**
 * `npm run interop:idle`: every stock client, with presence and without, under Bun and (3.1) in Chromium, for 100 s of
 * real time without a change. Prints one JSON line per client; exit code 1 when one reconnected.
 */
import { launchChromium } from "../support/browser.ts";
import { PORT_ROOM, PORT_TOKEN, startSyncPort } from "../support/sync-port.ts";
import { until } from "../support/until.ts";
import { STOCK_VERSIONS } from "./stock-clients.ts";

const IDLE_MS = 100_000;

interface Watched {
  readonly name: string;
  readonly presence: boolean;
  /** Times it reconnected, and whether it shows what was written at the end. */
  result(): Promise<{ readonly reconnects: number; readonly live: boolean }>;
}

const server = await startSyncPort();
await server.write([["x", 1]]);
const browser = await launchChromium();
const pages = await servePage();
const watched: Watched[] = [];
for (const presence of [true, false]) {
  for (const version of STOCK_VERSIONS) {
    const client = version.open({ url: server.url, room: PORT_ROOM, token: PORT_TOKEN });
    if (!presence) client.awareness.setLocalState(null);
    await until(`${client.name} is synced`, client.synced);
    watched.push({
      name: client.name,
      presence,
      result: async () => ({ reconnects: client.closes, live: client.list("order").length === 2 }),
    });
  }
  watched.push(await openInChromium(presence));
}
console.log(`${watched.length} clients are synced; now ${IDLE_MS / 1000} s without a change ...`);
await Bun.sleep(IDLE_MS);
await server.write([
  ["x", 1],
  ["y", 2],
]);
await Bun.sleep(1_000);

let bad = 0;
for (const { name, presence, result } of watched) {
  const { reconnects, live } = await result();
  if (reconnects > 0 || !live) bad++;
  console.log(
    JSON.stringify({ name: `100 s idle, ${name}`, presence, value: reconnects, unit: "reconnects", live }),
  );
}
await browser.close();
await pages.stop(true);
process.exit(bad > 0 ? 1 : 0);

async function servePage() {
  const built = await Bun.build({ entrypoints: [`${import.meta.dir}/browser-client.ts`], target: "browser" });
  const script = await built.outputs[0]!.text();
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) =>
      new URL(request.url).pathname === "/client.js"
        ? new Response(script, { headers: { "Content-Type": "text/javascript" } })
        : new Response('<!doctype html><script type="module" src="/client.js"></script>', {
            headers: { "Content-Type": "text/html" },
          }),
  });
}

async function openInChromium(presence: boolean): Promise<Watched> {
  // A context of its own: pages of one would speak with each other past the server.
  const page = await (await browser.newContext()).newPage();
  const query = new URLSearchParams({
    url: server.url,
    room: PORT_ROOM,
    token: PORT_TOKEN,
    presence: presence ? "on" : "off",
  });
  await page.goto(`http://127.0.0.1:${pages.port}/?${query}`);
  await page.waitForFunction("globalThis.seen?.synced()");
  return {
    name: `y-websocket 3.1.0 in Chromium ${browser.version()}`,
    presence,
    result: () => page.evaluate("({ reconnects: seen.closes, live: seen.order().length === 2 })"),
  };
}
