/**
 * `npm run rotate-key`: has the running daemon replace its master key, with the settings that the daemon is started
 * with. Nothing stops meanwhile; cut short, the daemon goes on at its next start.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, systemInput } from "../src/config.ts";

const loaded = loadConfig(systemInput(process.argv.slice(2)));
if (!loaded.ok) {
  for (const { key, problem, fix } of loaded.error) console.error(`${key} ${problem}: ${fix}.`);
  process.exit(2);
}
const { host, port, dataDir, adminToken, tlsCert } = loaded.value;

const reached = ["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host;
const scheme = tlsCert === null ? "http" : "https";
const address = `${scheme}://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
const token = adminToken ?? readFileSync(join(dataDir, "admin-token"), "utf8").trim();
// The daemon's own certificate is for the name that people use, not for the address that it is reached by here.
const tls =
  tlsCert === null ? {} : { ca: readFileSync(tlsCert, "utf8"), checkServerIdentity: () => undefined };

const response = await fetch(`${address}/api/v1/admin/rotate-master-key`, {
  method: "POST",
  headers: { Authorization: `Bearer ${token}` },
  tls,
} as RequestInit).catch((error: unknown) => {
  console.error(`No daemon answers at ${address}: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
const answer = (await response.json()) as { resealed?: number; unreadable?: number; detail?: string };
if (!response.ok) {
  console.error(answer.detail ?? `The daemon answered ${response.status}.`);
  process.exit(1);
}
console.log(`The master key was replaced; ${answer.resealed} records were sealed anew.`);
if (answer.unreadable) console.log(`${answer.unreadable} records cannot be opened by any key: see the log.`);
