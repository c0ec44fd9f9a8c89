#!/usr/bin/env node
/** `google-emulator --port P [--open]`: the emulator alone, all Google hosts on one port by path. */
import { parseArgs } from "node:util";
import { createEmulator } from "./emulator.ts";
import { sampleWorkbook } from "./sample.ts";
import { serveEmulator } from "./serve.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8900" },
    host: { type: "string", default: "127.0.0.1" },
    open: { type: "boolean", default: false },
    empty: { type: "boolean", default: false },
  },
});

const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port ${values.port} is no port: give a number from 0 to 65535.`);
  process.exit(2);
}
const emulator = createEmulator({ nowMs: Date.now, random: Math.random, open: values.open });
const served = await serveEmulator(emulator, { port, hostname: values.host });
console.log(`Google emulator on ${served.url}${values.open ? ", open: no credentials, no quota" : ""}`);
if (!values.empty) {
  const id = emulator.addWorkbook(sampleWorkbook());
  emulator.share(id, "anyone", "reader");
  console.log(`Sample workbook: ${served.url}/workbook/${id}`);
  console.log(`API key for public workbooks: ${emulator.accounts.registerApiKey()}`);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => void served.stop().then(() => process.exit(0)));
}
