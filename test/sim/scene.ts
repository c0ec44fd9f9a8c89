/** How a run begins, and how it looks at any moment. */
import { mirrorName } from "#contract/document-name.ts";
import type { SourceAnswer } from "#contract/rest.ts";
import type { Scene, SeenTab } from "./checkers/checker.ts";
import { seatEditors } from "./edits/editing.ts";
import { MARK } from "./edits/mark.ts";
import type { SimClient } from "./sim-client.ts";
import type { World } from "./world.ts";

/** Boots a daemon, registers every workbook and lets the first readers in. */
export async function begin(world: World): Promise<void> {
  world.boot();
  await world.clock.advance(1_000);
  const { pollingIntervalMs: pollingInterval, clients } = world.options;
  for (const { source: id, url, credentials } of world.workbooks) {
    const body = { id, name: id, type: "googleSheet", url, credentials, pollingInterval };
    const { editing } = world.options;
    const writing = editing && {
      writable: true,
      conflictPolicy: editing.policy,
      ...(editing.keyed ? { keyColumns: { Prices: MARK } } : {}),
    };
    await world.ask("POST", "/datasources/register", { ...body, ...writing });
  }
  if (world.editing) await seatEditors(world, world.editing);
  const random = world.random.split("rooms");
  for (let index = 0; index < clients; index++) {
    world.addClient(`client-${index}`, mirrorName(random.pick(world.workbooks).source, "Prices"));
  }
}

/** Every tab that the daemon knows, each with a reader who came late. */
export async function look(world: World): Promise<Scene> {
  const tabs: SeenTab[] = [];
  for (const { source } of world.workbooks) {
    const answer = await world.ask<SourceAnswer>("GET", `/datasources/${source}`);
    for (const { name, title } of answer.tabs) {
      const room = mirrorName(source, name);
      tabs.push({ source, name, title, room, late: lateReader(world, room) });
    }
  }
  return { world, tabs };
}

function lateReader(world: World, room: string): SimClient {
  const name = `late ${room}`;
  return world.clients.find((client) => client.name === name) ?? world.addClient(name, room);
}
