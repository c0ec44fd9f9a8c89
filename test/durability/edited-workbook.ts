/** A workbook that clients edit while a person types beside them and sorts it, behind an emulated Google on a port. */
import { createEmulator, type Emulator, type Json, serveEmulator } from "../../google-emulator/src/index.ts";
import type { SeededRandom } from "../support/seeded-random.ts";

export interface EditedWorkbook {
  readonly endpoint: string;
  /** Body that registers it as a source. */
  readonly registration: object;
  /** Below the header. */
  rows(): Json[][];
  /** What writes hit under which a sort slipped, after the daemon's last look: cells such as "row 3/one", and values. */
  readonly raced: ReadonlySet<Json>;
  /** Resolves soon after something that a client wished for has arrived. */
  nextWrite(): Promise<void>;
  shake(): void;
  rest(): void;
  stop(): Promise<void>;
}

export const SOURCE = "orders";
export const TAB = "Orders";
/** The first names the row. Each client has a column of its own; the last is the person's. */
export const HEADER = ["id", "one", "two", "three", "four", "posted", "typed"] as const;
export const ROWS = 40;

const SHAKE_MS = 60;
/** One in so many changes is a sort. */
const SORTS = 12;

export async function serveEditedWorkbook(random: SeededRandom): Promise<EditedWorkbook> {
  const emulator = createEmulator({ nowMs: Date.now, random: random.float, quota: null });
  const raced = new Set<Json>();
  let sorts = 0;
  const served = await serveEmulator(watched(emulator, { rows: () => rows(), sorts: () => sorts, raced }), {
    port: 0,
  });
  const firstRows = Array.from({ length: ROWS }, (_, row) => [`row ${row}`, 0, 0, 0, 0, 0, row]);
  const id = emulator.addWorkbook({
    title: SOURCE,
    tabs: [{ title: TAB, rows: [[...HEADER], ...firstRows] }],
  });
  const key = emulator.accounts.registerServiceAccount();
  emulator.share(id, key.client_email, "writer");
  const person = emulator.person(id);
  let shaking = false;
  const timer = setInterval(() => {
    if (!shaking) return;
    const height = person.read(TAB).length;
    if (random.int(SORTS) === 0) {
      sorts++;
      person.sortRange(TAB, `A2:G${height}`, random.int(HEADER.length), random.int(2) === 0);
    } else person.setCell(TAB, `G${2 + random.int(height - 1)}`, random.int(1_000_000));
  }, SHAKE_MS);
  let over = false;
  const rows = (): Json[][] => person.read(TAB, undefined, "UNFORMATTED_VALUE").slice(1);
  /** Of the clients' columns, in whatever order the rows stand. */
  const sum = (): number => rows().reduce((all, row) => row.slice(1, 6).reduce(add, all), 0);
  const add = (all: number, cell: Json): number => all + (Number(cell) || 0);
  return {
    endpoint: served.url,
    registration: {
      id: SOURCE,
      name: SOURCE,
      type: "googleSheet",
      url: `${served.url}/spreadsheets/d/${id}/edit`,
      pollingInterval: 2_000,
      credentials: { type: "serviceAccount", key },
      keyColumns: { [TAB]: HEADER[0] },
      writable: true,
    },
    rows,
    raced,
    async nextWrite() {
      for (const before = sum(); !over && sum() === before; ) await Bun.sleep(1);
    },
    shake() {
      shaking = true;
    },
    rest() {
      shaking = false;
    },
    async stop() {
      over = true;
      clearInterval(timer);
      await served.stop();
    },
  };
}

interface Watch {
  readonly rows: () => Json[][];
  readonly sorts: () => number;
  readonly raced: Set<Json>;
}

/** Google has no compare-and-set for rows: a sort between a daemon's look and its write is nobody's fault, and is noted. */
function watched(emulator: Emulator, { rows, sorts, raced }: Watch): Emulator {
  let sortsAtLook = -1;
  const image = (): ReadonlyMap<Json, Json[]> => new Map(rows().map((row) => [row[0] ?? null, row]));
  return {
    ...emulator,
    handle(request) {
      if (!request.url.includes(":batchUpdate")) {
        if (request.url.includes("/v4/spreadsheets/")) sortsAtLook = sorts();
        return emulator.handle(request);
      }
      const before = image();
      const answer = emulator.handle(request);
      if (sortsAtLook === sorts()) return answer;
      const after = image();
      for (const name of new Set([...before.keys(), ...after.keys()])) {
        HEADER.forEach((header, at) => {
          const [was, is] = [before.get(name)?.[at] || 0, after.get(name)?.[at] || 0];
          if (was !== is) raced.add(`${name}/${header}`).add(is);
        });
      }
      raced.delete(0);
      return answer;
    },
  };
}
