/** Those who edit in a run, the ledger of their wishes and the witness of what became of them. */
import { mirrorName } from "#contract/document-name.ts";
import type { SourceAnswer } from "#contract/rest.ts";
import type { CreatedTokenAnswer, CreateTokenBody } from "#contract/tokens.ts";
import type { EditingOptions } from "../options.ts";
import type { World } from "../world.ts";
import { createEditor, type Editor } from "./editor.ts";
import type { Ledger } from "./ledger.ts";
import { createPoster, type Poster } from "./poster.ts";
import type { Witness } from "./witness.ts";

export interface Editing {
  readonly options: EditingOptions;
  readonly ledger: Ledger;
  readonly witness: Witness;
  readonly editors: Editor[];
  readonly posters: Poster[];
  /** A name for a row that no row had. */
  nextMark(): string;
}

/** Gives every editor a token of its own and a tab of a workbook. */
export async function seatEditors(world: World, editing: Editing): Promise<void> {
  const { options, ledger } = editing;
  const { clock } = world;
  const random = world.random.split("seats");
  const seat = async (name: string) => {
    const { source } = random.pick(world.workbooks);
    const scopes = [
      { action: "read", source },
      { action: "write", source },
    ] as const;
    const body: CreateTokenBody = { name, scopes };
    const { token } = await world.ask<CreatedTokenAnswer>("POST", "/api/v1/tokens", body);
    return { source, tab: await firstTab(world, source), token };
  };
  for (let index = 0; index < options.editors; index++) {
    const name = `editor-${index}`;
    const { source, tab, token } = await seat(name);
    const room = mirrorName(source, tab);
    const mirror = world.addClient(`${name} reads`, room, { token });
    const edits = world.addClient(`${name} writes`, `${room}~edits`, { token, writes: true });
    editing.editors.push(createEditor({ name, source, tab, mirror, edits, ledger, clock }));
  }
  for (let index = 0; index < options.posters; index++) {
    const name = `poster-${index}`;
    const { source, tab, token } = await seat(name);
    const ask = <T>(method: string, path: string, body?: unknown, headers?: object): Promise<T> =>
      world.ask<T>(method, path, body, { authorization: `Bearer ${token}`, ...headers });
    editing.posters.push(createPoster({ name, source, tab, ledger, clock, ask }));
  }
}

const FIRST_READ_STEPS_MAX = 100;
const FIRST_READ_STEP_MS = 5_000;

/** Waits until the source was read, whatever the network does to it. */
async function firstTab(world: World, source: string): Promise<string> {
  for (let step = 0; step < FIRST_READ_STEPS_MAX; step++) {
    const { tabs } = await world.ask<SourceAnswer>("GET", `/datasources/${source}`);
    if (tabs[0]) return tabs[0].name;
    await world.clock.advance(FIRST_READ_STEP_MS);
  }
  throw new Error(`${source} is not read`);
}
