import type { CellValue } from "#contract/cell.ts";
import type { FaultAnswer } from "../../../../google-emulator/src/index.ts";
import { type FarRows, writableSourceContract } from "../../../contract/writable-source.ts";
import { createEmulated } from "../emulated.ts";

const ROWS = [
  ["id", "name", "price", "note"],
  ["a", "A", 1, "=UPPER(B2)"],
  ["b", "B", 2, "beside"],
  ["c", "C", 3, 7],
  ["d", "D", 4, ""],
];

for (const keyColumns of [{ Prices: "id" }, undefined]) {
  writableSourceContract(keyColumns ? "a workbook with a key column" : "a workbook without one", () => {
    const far = createEmulated({ tabs: [{ title: "Prices", rows: ROWS }] });
    far.emulator.share(far.id, far.email, "writer");
    const { person, emulator } = far;
    let between: (() => void) | null = null;
    far.net.answer((request) => {
      if (request.url.includes(":batchUpdate")) {
        between?.();
        between = null;
      }
      return far.carry(request);
    });
    const table = () => person.read("Prices").filter((row) => row.length > 0);
    const place = (key: string): { row: number; price: number } => {
      const rows = person.read("Prices");
      const header = rows.find((row) => row.includes("price"))!;
      return {
        row: rows.findIndex((row) => row[header.indexOf("id")] === key),
        price: header.indexOf("price"),
      };
    };
    const FAULTS: Record<string, FaultAnswer> = {
      "429": { kind: "quota" },
      "503": {
        kind: "answer",
        status: 503,
        body: { error: { code: 503, status: "UNAVAILABLE", message: "x" } },
      },
      "503 applied": { kind: "appliedThen503" },
      network: { kind: "reset", applied: false },
      "network applied": { kind: "reset", applied: true },
    };
    return {
      open: () => far.open({ writable: true, ...(keyColumns ? { keyColumns } : {}) }),
      read(): FarRows {
        const [header, ...rows] = table();
        const cell = (row: readonly unknown[], name: string): CellValue => {
          const value = row[header!.indexOf(name)] as CellValue;
          return value === "" || value === undefined ? null : value;
        };
        return Object.fromEntries(
          rows.map((row) => [
            String(cell(row, "id")),
            { name: cell(row, "name"), price: cell(row, "price"), note: cell(row, "note") },
          ]),
        );
      },
      others: {
        sort: () => person.sortRange("Prices", "A2:D5", 0, true),
        insert(key) {
          person.insertRows("Prices", 1);
          const { row: _, price } = place(key);
          person.setCell("Prices", `${price === 2 ? "A" : "B"}2`, key);
        },
        remove: (key) => person.deleteRows("Prices", place(key).row),
        moveColumns: () => person.moveColumns("Prices", 2, 1, 0),
        price: (key, value) => person.setCell("Prices", `C${place(key).row + 1}`, value as never),
      },
      fail(how, applied) {
        const answer = FAULTS[`${how}${applied ? " applied" : ""}`]!;
        emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
      },
      rest: () => far.clock.advance(122_000),
      between(act) {
        between = act;
      },
    };
  });
}
