/**
 * Documents that nobody looks at leave memory: 10,000 are opened by a session each, closed, and left alone for a
 * minute of the daemon's time; twice, so that what a first time leaves for good is told from what grows.
 */
import { startChild } from "./children/child.ts";
import { print } from "./line.ts";

const DOCUMENTS = 10_000;
const TABLE = { rows: 50, columns: 8 };
const MIB = 2 ** 20;

const server = startChild("servers/idle.ts");
try {
  const before = await server.memory();
  await server.ask("create", { count: DOCUMENTS, ...TABLE });
  const start = await server.memory();
  const what = `${DOCUMENTS} documents of ${TABLE.rows} x ${TABLE.columns}`;
  print({ name: "memory of the process before any document", value: before / MIB, unit: "MiB" });
  print({ name: `memory with ${what} on disk, none open`, value: start / MIB, unit: "MiB" });
  for (const time of ["first", "second"]) {
    const startMs = performance.now();
    const open = await server.ask<number>("open", { count: DOCUMENTS });
    const openMs = performance.now() - startMs;
    const peak = await server.memory();
    const left = await server.ask<number>("close");
    const after = await server.memory();
    print({ name: `to load and join one, the ${time} time`, value: openMs / open, unit: "ms" });
    print({ name: `memory with ${what} open, the ${time} time`, value: peak / MIB, unit: "MiB" });
    print({
      name: `documents open after they were closed, the ${time} time`,
      value: left,
      unit: "documents",
      goal: "0",
    });
    print({
      name: `memory after they were closed, the ${time} time`,
      value: after / MIB,
      unit: "MiB",
      goal: "near the start",
    });
    const kept = (after - start) / (peak - start);
    print({
      name: `of what they took still held, the ${time} time`,
      value: kept * 100,
      unit: "%",
      goal: "<= 10",
    });
  }
} finally {
  await server.end();
}
