/** Workbooks that a person changes all the time, behind an emulated Google on a port. */
import { createEmulator, type Json, type Person, serveEmulator } from "../../google-emulator/src/index.ts";
import type { SeededRandom } from "../support/seeded-random.ts";

/** Each has its own way of wearing storage out. */
export const WORKBOOKS = ["cells", "sweeps", "rows"] as const;
export type WorkbookName = (typeof WORKBOOKS)[number];

export const TAB = "Board";
export const KEY_HEADER = "id";

export interface ShakingWorkbooks {
  readonly endpoint: string;
  /** Bodies that register the workbooks as sources of the same names. */
  readonly registrations: readonly object[];
  /** Goes on changing until `rest`. */
  shake(): void;
  rest(): void;
  /** While down, every request is answered 503. */
  down(isDown: boolean): void;
  /** What the tab shows, as text without empty ends. */
  shown(name: WorkbookName): string[][];
  /** Values typed so far. */
  readonly typed: number;
  stop(): Promise<void>;
}

const SHAKE_MS = 20;
const ROWS = { cells: 60, sweeps: 300, rows: 80 } as const;
const COLUMNS = 8;
/** The least that the daemon takes. */
const POLLING_INTERVAL_MS = 500;

export async function serveShakingWorkbooks(random: SeededRandom): Promise<ShakingWorkbooks> {
  const emulator = createEmulator({ nowMs: Date.now, random: random.float, quota: null });
  const served = await serveEmulator(emulator, { port: 0 });
  const people = new Map<WorkbookName, Person>();
  const registrations = WORKBOOKS.map((name) => {
    const id = emulator.addWorkbook({ title: name, tabs: [{ title: TAB, rows: firstRows(ROWS[name]) }] });
    emulator.share(id, "anyone", "reader");
    people.set(name, emulator.person(id));
    // A key each: the daemon counts a user's quota by it.
    const credentials = { type: "apiKey", key: emulator.accounts.registerApiKey() };
    const url = `${served.url}/spreadsheets/d/${id}/edit`;
    const pollingInterval = POLLING_INTERVAL_MS;
    return {
      id: name,
      name,
      type: "googleSheet",
      url,
      pollingInterval,
      credentials,
      keyColumns: { [TAB]: KEY_HEADER },
    };
  });

  let typed = 0;
  let [shaking, isDown] = [false, false];
  const timer = setInterval(() => {
    if (!shaking) return;
    for (const [name, person] of people) CHANGES[name](person, () => ++typed, random);
  }, SHAKE_MS);

  return {
    endpoint: served.url,
    registrations,
    shake() {
      shaking = true;
    },
    rest() {
      shaking = false;
    },
    down(next) {
      if (next && !isDown)
        emulator.placeFault({ match: {}, answer: { kind: "answer", status: 503, body: {} } });
      if (!next) emulator.clearFaults();
      isDown = next;
    },
    shown: (name) =>
      people
        .get(name)!
        .read(TAB, undefined, "UNFORMATTED_VALUE")
        .map((row) => row.map((cell) => String(cell ?? ""))),
    get typed() {
      return typed;
    },
    async stop() {
      clearInterval(timer);
      await served.stop();
    },
  };
}

function firstRows(rows: number): Json[][] {
  const header = [KEY_HEADER, ...Array.from({ length: COLUMNS - 1 }, (_, i) => `column ${i + 1}`)];
  const body = Array.from({ length: rows }, (_, row) => [
    `row ${row}`,
    ...header.slice(1).map((_, i) => row * COLUMNS + i),
  ]);
  return [header, ...body];
}

/** One change each; `next` gives a number that no cell has had. */
const CHANGES: Record<WorkbookName, (person: Person, next: () => number, random: SeededRandom) => void> = {
  /** Single cells, scattered: entries, folds. */
  cells(person, next, random) {
    const column = String.fromCharCode(66 + random.int(COLUMNS - 1));
    person.setCell(TAB, `${column}${2 + random.int(ROWS.cells)}`, next());
  },
  /** Whole blocks: many superseded entries a poll, a sweep each time and a checkpoint every few polls. */
  sweeps(person, next, random) {
    const height = 60;
    const block = Array.from({ length: height }, () =>
      Array.from({ length: COLUMNS - 1 }, () => `value number ${next()}`),
    );
    person.setCells(TAB, `B${2 + random.int(ROWS.sweeps - height)}`, block);
  },
  /** Rows come, go, move and are sorted. */
  rows(person, next, random) {
    const height = person.read(TAB).length;
    const at = 1 + random.int(height - 1);
    const deed = random.int(20);
    if (deed === 0) person.sortRange(TAB, `A2:H${height}`, 1 + random.int(COLUMNS - 1), random.int(2) === 0);
    else if (deed < 5 || height < ROWS.rows / 2) {
      person.insertRows(TAB, at);
      person.setCells(TAB, `A${at + 1}`, [[`new ${next()}`, next(), `n ${next()}`]]);
    } else if (deed < 10 && height > ROWS.rows / 2) person.deleteRows(TAB, at);
    else if (deed < 14) person.moveRows(TAB, at, 1, 1 + ((at + 1 + random.int(height - 3)) % (height - 1)));
    else person.setCell(TAB, `B${at + 1}`, next());
  },
};
