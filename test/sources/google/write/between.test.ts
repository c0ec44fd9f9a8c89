import { describe, expect, test } from "bun:test";
import { createStage, remembering, type Stage } from "./stage.ts";

type Person = Stage["person"];

const LOST = { kind: "reset", applied: true } as const;

const ACTS: [string, (person: Person) => void][] = [
  ["sorts", (person) => person.sortRange("Prices", "A2:D5", 1, true)],
  ["puts a row above", (person) => person.insertRows("Prices", 1)],
  ["puts three rows above", (person) => person.insertRows("Prices", 1, 3)],
  ["takes a row above away", (person) => person.deleteRows("Prices", 1)],
  ["moves the row", (person) => person.moveRows("Prices", 3, 1, 1)],
];

const PLAIN = [
  ["sku", "price", "stock"],
  ["a", 1, 10],
  ["b", 2, 20],
  ["c", 3, 30],
  ["d", 4, 40],
];

/** Keys with what stands beside them, in any order. */
const table = (rows: readonly (readonly unknown[])[]) =>
  Object.fromEntries(
    rows
      .slice(1)
      .filter((row) => row[0])
      .map(([key, price, stock]) => [key, [price, stock]]),
  );

function insertColumn(person: Person, at: number): void {
  person.insertColumns("Prices", at);
  person.setCells("Prices", `${"ABC"[at]}1`, [["new"], ["first"]]);
}

describe("a person acts between our look and our write", () => {
  for (const keyColumns of [{ Prices: "sku" }, {}]) {
    const how = "Prices" in keyColumns ? "with a key" : "without a key";
    test.each(ACTS)(
      `GOO-71 ${how}, who %s: every other cell is as it was, and the edit waits for its row`,
      async (_what, act) => {
        const stage = await createStage({ settings: { keyColumns } });
        const { person, hooks, read, cell, write } = stage;
        const before = table(read());
        hooks.between = () => act(person);
        const [outcome] = await write(cell("c", "price", 77));
        const kept = table(read());
        const expected = { ...before, ...(outcome!.tag === "written" ? { c: [77, 30] } : {}) };
        if (!("a" in kept)) delete expected.a;
        expect(kept).toEqual(expected);
        expect(read().filter((row) => row.length > 0)).toHaveLength(Object.keys(expected).length + 1);
        if (outcome!.tag === "written") return;
        expect(outcome).toMatchObject({ tag: "later" });
        expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "written", value: 77 }]);
        expect(table(read())).toEqual({ ...expected, c: [77, 30] });
      },
    );
  }

  test.each(ACTS)("GOO-71 who %s: a row that was removed by mistake comes back", async (_what, act) => {
    const { person, hooks, read, formulas, remove, write } = await createStage();
    const before = table(read());
    hooks.between = () => act(person);
    const [outcome] = await write(remove("c"));
    const { a, c: _c, ...rest } = before;
    const kept = table(read());
    const expected = { ...("a" in kept ? { a } : {}), ...rest };
    if (outcome!.tag === "later") {
      expect(kept).toEqual({ ...expected, c: before.c });
      expect(await write(remove("c"))).toMatchObject([{ tag: "written" }]);
    }
    expect(table(read())).toEqual(expected);
    for (const [row, cells] of formulas().entries()) {
      if (row > 0 && cells[0]) expect(cells[3]).toBe(`=B${row + 1}*C${row + 1}`);
    }
  });

  const COLUMN_ACTS: [string, (person: Person) => void][] = [
    ["moves a column", (person) => person.moveColumns("Prices", 1, 1, 3)],
    ["puts a column between", (person) => insertColumn(person, 1)],
    ["puts a column first", (person) => insertColumn(person, 0)],
    ["takes a column away", (person) => person.deleteColumns("Prices", 2)],
  ];
  for (const keyColumns of [{ Prices: "sku" }, {}]) {
    test.each(COLUMN_ACTS)(
      `GOO-71 who %s (${"Prices" in keyColumns ? "keyed" : "unkeyed"}): cells and a new row end under their own headers`,
      async (_what, act) => {
        const seed = { tabs: [{ title: "Prices", rows: PLAIN }] };
        const stage = await createStage({ seed, settings: { keyColumns } });
        const { person, hooks, read, cell, add, write } = stage;
        hooks.between = () => act(person);
        const outcomes = await write(cell("c", "price", 77), add(["e", 5, 50]));
        expect(outcomes[1]).toMatchObject({ tag: "written" });
        if (outcomes[0]!.tag === "later") await write(cell("c", "price", 77));
        const [header = [], ...kept] = read();
        const under = (name: string) => kept.map((row) => row[header.indexOf(name)] ?? null);
        expect(under("sku")).toEqual(["a", "b", "c", "d", "e"]);
        expect(under("price")).toEqual([1, 2, 77, 4, 5]);
        if (header.includes("stock")) expect(under("stock")).toEqual([10, 20, 30, 40, 50]);
        if (header.includes("new")) expect(under("new").filter((value) => value)).toEqual(["first"]);
      },
    );
  }

  describe.each([false, true])(
    "and types into the new row before the repair, whose answer is lost: %p",
    (isLost) => {
      const rows = [
        ["sku", "price", "stock"],
        ["a", 1, 10],
        ["b", 2, 20],
      ];

      test("GOO-71 what he typed stays, and the new row's value for that cell is told as missing", async () => {
        const stage = await createStage({ seed: { tabs: [{ title: "Prices", rows }] } });
        const { person, hooks, emulator, slot, read, add, write } = stage;
        hooks.between = () => insertColumn(person, 1);
        hooks.after = () => {
          person.setCell("Prices", "D4", "typed");
          if (isLost) emulator.placeFault({ match: { path: ":batchUpdate" }, answer: LOST, times: 1 });
        };
        const stock = slot("stock");
        expect(await write(add(["c", 3, 30]))).toMatchObject([
          { tag: "written", values: ["c", 3, "typed"], missing: [stock] },
        ]);
        expect(read()).toEqual([
          ["sku", "new", "price", "stock"],
          ["a", "first", 1, 10],
          ["b", "", 2, 20],
          ["c", "", 3, "typed"],
        ]);
      });

      test("GOO-71 the same where no answer to the row came", async () => {
        const stage = await createStage({ seed: { tabs: [{ title: "Prices", rows }] } });
        const { person, hooks, emulator, slot, read, add, batchOf, fail, send } = stage;
        const batch = remembering(batchOf(add(["c", 3, 30])));
        hooks.between = () => insertColumn(person, 1);
        const fault = { match: { path: ":batchUpdate" }, answer: LOST, times: 1 };
        emulator.placeFault(fault);
        await fail(batch);
        person.setCell("Prices", "D4", "typed");
        if (isLost) emulator.placeFault(fault);
        expect(await send({ ...batch, again: true })).toMatchObject([
          { tag: "written", values: ["c", 3, "typed"], missing: [slot("stock")] },
        ]);
        expect(read()[3]).toEqual(["c", "", 3, "typed"]);
      });
    },
  );

  test("GOO-71 who takes the last row away: what fell below the table is taken back, and the edit finds its row gone", async () => {
    const { person, hooks, read, cell, write, poll } = await createStage({ settings: { keyColumns: {} } });
    hooks.between = () => person.deleteRows("Prices", 4);
    const wish = cell("d", "price", 77, { policy: "client" });
    expect(await write(wish)).toMatchObject([{ tag: "later" }]);
    expect(read().flat()).not.toContain(77);
    expect(await write(wish)).toMatchObject([{ tag: "conflict", reason: "row-gone" }]);
    await poll();
    expect(read().flat()).not.toContain(77);
  });

  test("GOO-71 a repair that fails is begun anew; where all fail, the edits are tried again", async () => {
    for (const times of [2, 6]) {
      const stage = await createStage();
      const { person, hooks, emulator, read, cell, write } = stage;
      hooks.between = () => {
        person.insertRows("Prices", 1);
        person.setCells("Prices", "A2", [["z", 9, 90]]);
        const answer = { kind: "reset", applied: false } as const;
        emulator.placeFault({ match: { path: "getByDataFilter" }, answer, times });
      };
      expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "later" }]);
      emulator.clearFaults();
      if (times === 2)
        expect(table(read())).toMatchObject({ a: [1, 10], b: [2, 20], c: [3, 30], z: [9, 90] });
      expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "written", value: 77 }]);
    }
  });

  test("GOO-71 a repair for which the quota leaves no room waits for it", async () => {
    const { person, hooks, emulator, read, cell, write, clock } = await createStage();
    hooks.between = () => person.deleteRows("Prices", 1);
    hooks.after = () => {
      const answer = { kind: "quota" } as const;
      emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
    };
    const { a: _gone, ...rest } = table(read());
    const startedMs = clock.monotonicMs();
    expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "later" }]);
    expect(table(read())).toEqual(rest);
    expect(clock.monotonicMs() - startedMs).toBeGreaterThan(30_000);
  });

  test("GOO-71 who sorts while all of a row is written: the one row that is missing since comes back there", async () => {
    const rows = [["sku", "price"], ...["a", "b", "c", "d", "e"].map((sku, at) => [sku, 9 - at])];
    const seed = { tabs: [{ title: "Prices", rows }] };
    const { person, hooks, read, cell, write } = await createStage({ seed, settings: { keyColumns: {} } });
    hooks.between = () => person.sortRange("Prices", "A2:B6", 1);
    const wishes = [cell("b", "sku", "B"), cell("b", "price", 77)];
    expect(await write(...wishes)).toMatchObject([{ tag: "later" }, { tag: "later" }]);
    expect(read().slice(1).toSorted()).toEqual(rows.slice(1).toSorted());
  });

  describe("sorts under a removal", () => {
    const unsorted = async (...prices: [string, number][]) => {
      const rows = [["sku", "price", "stock"], ...prices.map(([sku, price]) => [sku, price, price * 9])];
      const seed = { tabs: [{ title: "Prices", rows }] };
      return await createStage({ seed, settings: { keyColumns: {} } });
    };

    test("GOO-71 and takes a row away: what its answer showed is not what went", async () => {
      const { person, hooks, read, remove, write } = await unsorted(
        ["a", 3],
        ["b", 2],
        ["c", 4],
        ["d", 1],
        ["e", 5],
      );
      hooks.between = () => person.sortRange("Prices", "A2:C6", 1);
      hooks.after = () => person.deleteRows("Prices", 2);
      expect(await write(remove("c"))).toMatchObject([{ tag: "later" }]);
      const kept = read()
        .slice(1)
        .map(([sku]) => sku);
      expect(kept.toSorted()).toEqual(["a", "c", "d", "e"]);
    });

    test("GOO-71 and rewrites a row: that one does not come back as it was", async () => {
      const { person, hooks, read, remove, write } = await unsorted(["a", 2], ["b", 1], ["c", 4], ["d", 3]);
      hooks.between = () => {
        person.sortRange("Prices", "A2:C5", 1);
        person.setCells("Prices", "B5", [[77, 78]]);
      };
      expect(await write(remove("b"))).toMatchObject([{ tag: "later" }]);
      expect(read().filter(([sku]) => sku === "c")).toEqual([["c", 77, 78]]);
    });
  });

  describe.each([1, 2, 4])("a removal of the last rows (%p)", (count) => {
    const keys = ["a", "b", "c", "d"].slice(-count);

    test.each([1, 3])(
      "GOO-71 who puts %p above the first of them: none that still stands is told as removed",
      async (more: number) => {
        const { person, hooks, read, remove, write } = await createStage({ settings: { keyColumns: {} } });
        hooks.between = () => {
          person.insertRows("Prices", 5 - count, more);
          person.setCell("Prices", `A${6 - count}`, "new");
        };
        const outcomes = await write(...keys.map(remove));
        const left = table(read());
        outcomes.forEach(({ tag }, at) => {
          if (keys[at]! in left) expect(tag).toBe("later");
        });
        expect(Object.keys(left).length).toBeGreaterThan(0);
        const again = keys.filter((key) => key in left);
        expect(await write(...again.map(remove))).toEqual(
          again.map(() => expect.objectContaining({ tag: "written" })),
        );
        expect(Object.keys(table(read()))).toEqual(["a", "b", "c", "d"].slice(0, -count));
      },
    );
  });

  test("GOO-71 who moves the last row away from its neighbours, which stay: the one that a removal took in its place comes back", async () => {
    const { person, hooks, read, remove, write } = await createStage({ settings: { keyColumns: {} } });
    const before = table(read());
    hooks.between = () => {
      person.moveRows("Prices", 4, 1, 1);
      person.moveRows("Prices", 2, 1, 5);
    };
    expect(await write(remove("d"))).toMatchObject([{ tag: "later" }]);
    expect(table(read())).toEqual(before);
    expect(await write(remove("d"))).toMatchObject([{ tag: "written" }]);
    const { d: _gone, ...rest } = before;
    expect(table(read())).toEqual(rest);
  });

  test("GOO-71 who moves rows so that those around a removal point below the table: the row that it took comes back", async () => {
    const rows = [...PLAIN, ["e", 5, 50]];
    const seed = { tabs: [{ title: "Prices", rows }] };
    const { person, hooks, read, remove, write } = await createStage({ seed, settings: { keyColumns: {} } });
    const before = table(read());
    hooks.between = () => {
      const moved = [rows[4]!, rows[1]!, rows[5]!, rows[2]!, ["c", 77, 78]];
      person.setCells("Prices", "A2", moved as (string | number)[][]);
    };
    expect(await write(remove("d"))).toMatchObject([{ tag: "later" }]);
    expect(table(read())).toEqual({ ...before, c: [77, 78] });
  });

  test("GOO-71 who takes a row away, so that a removal falls below the table: his row stays away", async () => {
    const { person, hooks, read, remove, write } = await createStage({ settings: { keyColumns: {} } });
    const { b: _gone, ...rest } = table(read());
    hooks.between = () => person.deleteRows("Prices", 2);
    expect(await write(remove("d"))).toMatchObject([{ tag: "later" }]);
    expect(table(read())).toEqual(rest);
  });

  test("GOO-71 who takes a row away, so that a removal falls among new rows below the table: his row stays away", async () => {
    const { person, hooks, read, add, remove, write } = await createStage({ settings: { keyColumns: {} } });
    const { b: _gone, ...rest } = table(read());
    hooks.between = () => person.deleteRows("Prices", 2);
    const outcomes = await write(remove("d"), add(["e", 5, 50]), add(["f", 6, 60]));
    expect(outcomes).toMatchObject([{ tag: "later" }, { tag: "written" }, { tag: "written" }]);
    expect(table(read())).toEqual({ ...rest, e: [5, 50], f: [6, 60] });
  });

  test.each([{ Prices: "sku" }, {}])(
    "GOO-71 a row that was removed by mistake comes back beside a new one like it (keys %p)",
    async (keyColumns: Record<string, string>) => {
      const rows = [
        ["sku", "status", "kind"],
        ["a", "done", "bug"],
        ["b", "open", "task"],
        ["c", "wait", "task"],
      ];
      const seed = { tabs: [{ title: "Prices", rows }] };
      const { person, hooks, read, add, remove, write } = await createStage({
        seed,
        settings: { keyColumns },
      });
      hooks.between = () => person.insertRows("Prices", 1);
      const wishes = [remove("c"), add(["e", "open", "task"])];
      expect(await write(...wishes)).toMatchObject([{ tag: "later" }, { tag: "written" }]);
      const kept = read().filter(([sku]) => sku);
      expect(kept.toSorted()).toEqual([...rows, ["e", "open", "task"]].toSorted());
    },
  );

  test("GOO-71 of a late repair and its repetition one lands", async () => {
    const { net, carry, person, read, cell, write } = await createStage();
    const before = table(read());
    const late: Parameters<typeof carry>[0][] = [];
    let writes = 0;
    net.answer((request) => {
      if (!request.url.includes(":batchUpdate")) return carry(request);
      writes++;
      if (writes === 1) person.deleteRows("Prices", 1);
      if (writes !== 2) return carry(request);
      late.push(request);
      return { tag: "TimedOut", timeoutMs: 180_000 };
    });
    expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "later" }]);
    const { a: _gone, ...rest } = before;
    expect([writes, table(read())]).toEqual([3, rest]);
    person.insertRows("Prices", 1);
    const landed = carry(late[0]!) as Response;
    expect([landed.status, await landed.text()]).toEqual([400, expect.stringContaining("already exists")]);
    expect(table(read())).toEqual(rest);
  });

  test("GOO-71 who edits beside the cell is not taken for one who moved rows", async () => {
    const { person, hooks, read, cell, write, calls } = await createStage();
    hooks.between = () => person.setCell("Prices", "C4", 31);
    expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "written", value: 77 }]);
    expect(calls).toHaveLength(2);
    expect(table(read()).c).toEqual([77, 31]);
  });

  describe.each([{ Prices: "sku" }, {}])("%p", (keyColumns: Record<string, string>) => {
    test("GOO-71 who moves it back before the repair looks: what was hit is told by the answer, and follows its row", async () => {
      const { person, hooks, read, cell, write } = await createStage({ settings: { keyColumns } });
      const before = table(read());
      hooks.between = () => person.deleteRows("Prices", 1);
      hooks.after = () => {
        person.insertRows("Prices", 1);
        person.setCells("Prices", "A2", [["z", 9, 90]]);
      };
      expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "later" }]);
      const { a: _gone, ...rest } = before;
      expect(table(read())).toEqual({ ...rest, z: [9, 90] });
      expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "written", value: 77 }]);
      expect(table(read())).toEqual({ ...rest, c: [77, 30], z: [9, 90] });
    });

    test("GOO-71 who edits the row that was hit and moves the column: it gets back what it held, wherever both stand", async () => {
      const { person, hooks, read, cell, write } = await createStage({ settings: { keyColumns } });
      hooks.between = () => person.deleteRows("Prices", 1);
      hooks.after = () => {
        person.setCell("Prices", "C4", 41);
        person.moveColumns("Prices", 1, 1, 4);
      };
      // Another row holds the same.
      expect(await write(cell("c", "price", 2))).toMatchObject([{ tag: "later" }]);
      const [header = [], ...rows] = read();
      const at = header.indexOf("price");
      expect(rows.map((row) => [row[0], row[at]])).toEqual([
        ["b", 2],
        ["c", 3],
        ["d", 4],
      ]);
    });

    test("GOO-71 who moves rows under the repair as well: both are put right", async () => {
      const { person, hooks, read, cell, write } = await createStage({ settings: { keyColumns } });
      const before = table(read());
      hooks.between = () => person.moveRows("Prices", 3, 1, 1);
      hooks.after = () => {
        hooks.between = () => person.moveRows("Prices", 1, 1, 5);
      };
      expect(await write(cell("c", "price", 77), cell("c", "stock", 78))).toMatchObject([
        { tag: "later" },
        { tag: "later" },
      ]);
      expect(table(read())).toEqual(before);
    });

    test.each([{ kind: "reset", applied: true }, { kind: "truncated" }, { kind: "appliedThen503" }] as const)(
      "GOO-75 who moves rows under a repair whose answer is lost (%p), and edits there: both are put right",
      async (answer) => {
        const { person, hooks, emulator, read, cell, write } = await createStage({
          settings: { keyColumns },
        });
        const before = table(read());
        hooks.between = () => person.moveRows("Prices", 3, 1, 1);
        hooks.after = () => {
          emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
          hooks.between = () => person.moveRows("Prices", 1, 1, 5);
          hooks.after = () => person.setCell("Prices", "C3", 31);
        };
        expect(await write(cell("c", "price", 77))).toMatchObject([{ tag: "later" }]);
        expect(table(read())).toEqual({ ...before, b: [2, 31] });
      },
    );

    test("GOO-71 who moves a new row under its repair: what of it stands where it should is not written again, and stands once", async () => {
      const seed = { tabs: [{ title: "Prices", rows: PLAIN }] };
      const { person, hooks, read, add, write } = await createStage({ seed, settings: { keyColumns } });
      hooks.between = () => insertColumn(person, 1);
      hooks.after = () => {
        hooks.between = () => person.moveRows("Prices", 5, 1, 1);
      };
      expect(await write(add(["e", 5]), add(["f"]))).toMatchObject([{ tag: "written" }, { tag: "written" }]);
      const kept = read().map(([sku, _new, ...rest]) => [sku, ...rest]);
      expect(kept).toEqual([...PLAIN.toSpliced(1, 0, ["e", 5]), ["f"]]);
    });

    test("GOO-71 who moves new rows under their repair: what of them stays tells which is which", async () => {
      const seed = { tabs: [{ title: "Prices", rows: PLAIN }] };
      const { person, hooks, read, add, write } = await createStage({ seed, settings: { keyColumns } });
      hooks.between = () => insertColumn(person, 0);
      hooks.after = () => {
        hooks.between = () => person.moveRows("Prices", 5, 1, 1);
      };
      expect(await write(add(["e"]), add(["f", 6]), add(["g", 7, 70]))).toMatchObject([
        { tag: "written" },
        { tag: "written" },
        { tag: "written" },
      ]);
      const kept = read().map(([_new, ...rest]) => rest);
      expect(kept).toEqual([...PLAIN.toSpliced(1, 0, ["e"]), ["f", 6], ["g", 7, 70]]);
    });

    test("GOO-75 who puts a row above new rows under their repair, whose answer is lost: nothing of others is hit", async () => {
      const seed = { tabs: [{ title: "Prices", rows: PLAIN }] };
      const { person, hooks, emulator, read, add, write } = await createStage({
        seed,
        settings: { keyColumns },
      });
      hooks.between = () => insertColumn(person, 0);
      hooks.after = () => {
        const answer = { kind: "reset", applied: true } as const;
        emulator.placeFault({ match: { path: ":batchUpdate" }, answer, times: 1 });
        hooks.between = () => person.insertRows("Prices", 1);
      };
      await write(add(["e"]), add(["f"]));
      const kept = read().map(([_new, ...rest]) => rest);
      expect(kept).toEqual([...PLAIN.toSpliced(1, 0, []), ["e"], ["f"]]);
    });

    test("GOO-71 who takes a row away, in a table with a blank one: what fell below it is taken back", async () => {
      const rows = PLAIN.toSpliced(2, 0, []);
      const seed = { tabs: [{ title: "Prices", rows }] };
      const { person, hooks, read, cell, write } = await createStage({ seed, settings: { keyColumns } });
      hooks.between = () => person.deleteRows("Prices", 1);
      expect(await write(cell("d", "price", 77))).toMatchObject([{ tag: "later" }]);
      expect(read()).toEqual(rows.toSpliced(1, 1));
    });

    test("GOO-71 who moves rows under a repair below the table: which row that hit says the row itself, not those around it", async () => {
      const rows = [
        ["sku", "price", "note"],
        ["a", 1, "no"],
        ["b", 2, "no"],
        ["c", 3, "no"],
        ["d", 4],
      ];
      const seed = { tabs: [{ title: "Prices", rows }] };
      const { person, hooks, read, cell, write } = await createStage({ seed, settings: { keyColumns } });
      hooks.between = () => person.deleteRows("Prices", 1);
      hooks.after = () => {
        hooks.between = () => {
          person.moveRows("Prices", 4, 1, 2);
          person.moveRows("Prices", 1, 1, 4);
          person.moveRows("Prices", 2, 1, 1);
        };
      };
      expect(await write(cell("d", "note", "wish"))).toMatchObject([{ tag: "later" }]);
      expect(read()).toEqual([["sku", "price", "note"], ["c", 3, "no"], [], ["b", 2, "no"], ["d", 4]]);
    });

    test("GOO-71 who moves a row of which all is written: those around it tell", async () => {
      const rows = [["sku", "price"], ...["a", "b", "c", "d", "e"].map((sku, at) => [sku, at])];
      const seed = { tabs: [{ title: "Prices", rows }] };
      const { person, hooks, read, cell, write } = await createStage({ seed, settings: { keyColumns } });
      hooks.between = () => person.deleteRows("Prices", 1);
      const wishes = [cell("c", "sku", "C"), cell("c", "price", 77)];
      expect(await write(...wishes)).toMatchObject([{ tag: "later" }, { tag: "later" }]);
      const kept = [
        ["sku", "price"],
        ["b", 1],
        ["c", 2],
        ["d", 3],
        ["e", 4],
      ];
      expect(read()).toEqual(kept);
      expect(await write(...wishes)).toMatchObject([{ tag: "written" }, { tag: "written" }]);
      expect(read()).toEqual(kept.with(2, ["C", 77]));
    });
  });

  test("GOO-71 who takes a row away: of two that are gone the one comes back that the removal hit", async () => {
    const { person, hooks, read, remove, write } = await createStage({ settings: { keyColumns: {} } });
    const { a: _a, b: _gone, ...rest } = table(read());
    hooks.between = () => person.deleteRows("Prices", 2);
    expect(await write(remove("c"))).toMatchObject([{ tag: "later" }]);
    expect(table(read())).toEqual({ a: _a, ...rest });
  });

  const ALIKE: [string, (string | number)[][]][] = [
    [
      "like others but for what is written",
      [
        ["food", 5],
        ["food", 6],
        ["food", 7],
        ["rent", 8],
      ],
    ],
    ["of formulas but for what is written", [2, 3, 4, 5].map((row) => [`=B${row}*2`, row])],
  ];
  for (const [what, rows] of ALIKE) {
    const MOVES: [string, (person: Person) => void, gone: number[]][] = [
      ["puts a row above", (person) => person.insertRows("Prices", 1), []],
      ["takes a row above away", (person) => person.deleteRows("Prices", 1), [rows[0]![1] as number]],
    ];
    test.each(MOVES)(`GOO-71 who %s, of a row ${what}: those around it tell`, async (_what, act, gone) => {
      const seed = { tabs: [{ title: "Prices", rows: [["kind", "amount"], ...rows] }] };
      const stage = await createStage({ seed, settings: { keyColumns: {} } });
      const { person, hooks, baseline, read, write } = stage;
      hooks.between = () => act(person);
      const place = { row: baseline().order[1]!, slot: stage.slot("amount"), base: rows[1]![1]! };
      const wish = {
        ...place,
        id: "e1",
        atMs: 0,
        tag: "cell",
        value: 60,
        theirsAtMs: 0,
        policy: "sheet",
      } as const;
      expect(await write(wish)).toMatchObject([{ tag: "later" }]);
      const amounts = read()
        .slice(1)
        .flatMap((row) => row.slice(1));
      expect(amounts).toEqual(
        rows.map((row) => row[1]!).filter((amount) => !gone.includes(amount as number)),
      );
    });
  }
});
