import { describe, expect, test } from "bun:test";
import type { TemplateBody } from "#contract/templates.ts";
import { createMemoryBackend, createMemoryStore } from "../../src/backend/memory.ts";
import type { GivenData } from "../../src/exports/items.ts";
import { planExport } from "../../src/exports/plan-export.ts";
import { readyTemplates } from "../../src/exports/ready/ready-templates.ts";
import { checkTemplate } from "../../src/exports/template-check.ts";
import { createTemplateStore } from "../../src/exports/template-store.ts";
import { checkShape } from "../../src/registry/check-shape.ts";
import { templateSchema } from "../../src/registry/template-schema.ts";
import { createTestRuntime } from "../support/test-runtime.ts";

const small: TemplateBody = { id: "mine", name: "Mine", tabs: [{ title: "A", columns: [{ key: "a" }] }] };

describe("checks", () => {
  test("TPL-8 each mistake of a template's names is told by field, with a fix", () => {
    const problems = checkTemplate({
      ...small,
      locale: "xx_YY",
      timeZone: "Mars",
      currency: "EUX",
      tabs: [
        {
          id: "a",
          title: "A",
          key: "c",
          columns: [
            { key: "a", header: "X", formula: "={nope}" },
            { key: "a", header: "x", format: '"' },
            { key: "c", formula: "1+1", path: "p", fallback: 1 },
            { key: "d", formula: '=IMPORTXML("u","x")' },
            { key: "e", validation: { type: "column", column: "b.none" } },
            { key: "f", validation: { type: "number", min: 2, max: 1 } },
            { key: "g", validation: { type: "date", from: "2026-02-30", to: "2026-01-01" } },
          ],
          conditions: [{ columns: ["z"], rule: { type: "formula", formula: "={b.x:all}" } }],
          charts: [{ type: "bar", title: "t", labels: "y", values: ["a", "w"] }],
          protect: [{ part: "column" }],
          names: [
            { name: "Abc", column: "v" },
            { name: "ABC", column: "a" },
          ],
          lists: "tabs",
        },
        { id: "a", title: "a", lists: "tabs" },
      ],
    });
    for (const { fix } of problems) expect(fix).not.toBe("");
    expect(problems.map(({ field }) => field).sort()).toEqual(
      [
        "currency",
        "locale",
        "tabs[0].charts[0].labels",
        "tabs[0].charts[0].values[1]",
        "tabs[0].columns[0].formula",
        "tabs[0].columns[1].format",
        "tabs[0].columns[1].header",
        "tabs[0].columns[1].key",
        "tabs[0].columns[2].fallback",
        "tabs[0].columns[2].formula",
        "tabs[0].columns[2].path",
        "tabs[0].columns[3].formula",
        "tabs[0].columns[4].validation.column",
        "tabs[0].columns[5].validation.min",
        "tabs[0].columns[6].validation.from",
        "tabs[0].conditions[0].columns[0]",
        "tabs[0].conditions[0].rule.formula",
        "tabs[0].key",
        "tabs[0].lists",
        "tabs[0].names",
        "tabs[0].names[0].column",
        "tabs[0].protect[0].column",
        "tabs[1].id",
        "tabs[1].lists",
        "tabs[1].title",
        "timeZone",
      ].sort(),
    );
  });

  test("TPL-8 the form is checked field by field", () => {
    const body = {
      id: "Not An Id",
      name: "x",
      tabs: [
        {
          title: "a/b",
          colums: [],
          tabColor: "red",
          columns: [
            { key: "k", type: "euro", width: 5, validation: { type: "list" }, style: { font: "a;b" } },
          ],
          conditions: [{ columns: ["k"], rule: { type: "below", value: "5" } }],
        },
      ],
    };
    expect(checkShape(templateSchema, body).map(({ field }) => field)).toEqual([
      "id",
      "tabs[0].title",
      "tabs[0].colums",
      "tabs[0].tabColor",
      "tabs[0].columns[0].type",
      "tabs[0].columns[0].width",
      "tabs[0].columns[0].validation.values",
      "tabs[0].columns[0].style.font",
      "tabs[0].conditions[0].rule.value",
    ]);
    expect(checkShape(templateSchema, small)).toEqual([]);
  });

  test("TPL-9 the ready templates are well formed, and their samples are planned without a word", () => {
    expect(readyTemplates.map(({ id }) => id)).toEqual([
      "sales_analysis",
      "table",
      "price_list",
      "event_schedule",
      "timesheet",
    ]);
    for (const { version, ready, sample, ...body } of readyTemplates) {
      expect([body.id, checkShape(templateSchema, body), checkTemplate(body), version, ready]).toEqual([
        body.id,
        [],
        [],
        1,
        true,
      ]);
      const planned = planExport({ ...body, version }, sample as GivenData, { title: body.name });
      expect(planned.ok && planned.value.notices).toEqual([]);
    }
  });
});

describe("the store", () => {
  function createStore(store = createMemoryStore()) {
    const { clock } = createTestRuntime();
    return createTemplateStore({ kv: createMemoryBackend({ store }).kv, clock, ready: readyTemplates });
  }

  test("TPL-9 a ready template is neither changed nor deleted", async () => {
    const templates = createStore();
    expect(await templates.put({ ...small, id: "table" })).toEqual({
      ok: false,
      error: { tag: "ReadyTemplate", id: "table" },
    });
    expect(await templates.remove("table")).toEqual({
      ok: false,
      error: { tag: "ReadyTemplate", id: "table" },
    });
    expect((await templates.get("table", 1))?.ready).toBe(true);
    expect(await templates.get("table", 2)).toBeNull();
  });

  test("TPL-10 versions count up, stay readable after a restart, and go with their template alone", async () => {
    const store = createMemoryStore();
    const templates = createStore(store);
    for (const id of ["mine", "mine-2", "mine2", "min"]) await templates.put({ ...small, id });
    for (const name of ["second", "third"]) {
      const put = await templates.put({ ...small, name });
      expect(put.ok && put.value.name).toBe(name);
    }
    const later = createStore(store);
    expect((await later.get("mine"))?.version).toBe(3);
    expect((await later.get("mine", 2))?.name).toBe("second");
    expect(await later.get("mine", 4)).toBeNull();
    const made = (await later.list()).filter(({ ready }) => !ready).map(({ id, version }) => [id, version]);
    expect(made).toEqual([
      ["min", 1],
      ["mine-2", 1],
      ["mine", 3],
      ["mine2", 1],
    ]);
    expect((await later.remove("mine")).ok).toBe(true);
    expect(await later.remove("mine")).toEqual({ ok: false, error: { tag: "UnknownTemplate", id: "mine" } });
    expect(await later.get("mine", 1)).toBeNull();
    expect((await later.list()).filter(({ ready }) => !ready)).toHaveLength(3);
    expect(await later.get("../x")).toBeNull();
  });

  test("TPL-10 two that make a version at once make two; only the newest fifty are kept", async () => {
    const templates = createStore();
    const made = await Promise.all(Array.from({ length: 5 }, () => templates.put(small)));
    expect(made.map((put) => put.ok && put.value.version).sort()).toEqual([1, 2, 3, 4, 5]);
    for (let count = 0; count < 50; count++) await templates.put(small);
    expect((await templates.get("mine"))?.version).toBe(55);
    expect(await templates.get("mine", 5)).toBeNull();
    expect((await templates.get("mine", 6))?.version).toBe(6);
  });
});
