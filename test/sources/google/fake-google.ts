/** A Google that says exactly what a test wants, with the shapes of recorded answers. */
import { createFakeNet, type FakeAnswer, type FakeNet } from "../../support/fake-net.ts";

export interface FakeTab {
  sheetId: number;
  title: string;
  hidden?: boolean;
  sheetType?: string;
  /** Values as values.batchGet gives them unformatted. */
  values: unknown[][];
  /** By "row:column": what spreadsheets.get says of a cell beyond its value. */
  typed?: Record<string, object>;
}

export interface FakeGoogle {
  readonly net: FakeNet;
  tabs: FakeTab[];
  /** Takes the next answers' place, one after the other; a function sees whether it wants to. */
  readonly faults: ((url: URL) => FakeAnswer | Promise<FakeAnswer> | undefined)[];
  /** Kinds of the requests since the last call: "token", "list", "values", "cells". */
  calls(): string[];
}

export function createFakeGoogle(...tabs: FakeTab[]): FakeGoogle {
  let seen = 0;
  const net = createFakeNet((request) => {
    const url = new URL(request.url);
    for (const [index, fault] of google.faults.entries()) {
      const answer = fault(url);
      if (!answer) continue;
      google.faults.splice(index, 1);
      return answer;
    }
    return answerOf(kindOf(url), url, google.tabs);
  });
  const google: FakeGoogle = {
    net,
    tabs,
    faults: [],
    calls() {
      const fresh = net.requests.slice(seen);
      seen = net.requests.length;
      return fresh.map((request) => kindOf(new URL(request.url)));
    },
  };
  return google;
}

/** A Sheets error as recorded: it always has a status. */
export function googleError(code: number, status: string, message: string, details?: object[]): Response {
  return Response.json({ error: { code, message, status, details } }, { status: code });
}

function kindOf(url: URL): string {
  if (url.pathname.endsWith("/token")) return "token";
  if (url.pathname.endsWith("/values:batchGet")) return "values";
  return url.searchParams.has("ranges") ? "cells" : "list";
}

function answerOf(kind: string, url: URL, tabs: readonly FakeTab[]): Response {
  if (kind === "token") {
    return Response.json({ access_token: "ya29.fake", expires_in: 3599, token_type: "Bearer" });
  }
  if (kind === "list") {
    return Response.json({
      sheets: tabs.map(({ sheetId, title, hidden, sheetType = "GRID" }, index) => ({
        properties: { sheetId, title, index, sheetType, ...(hidden ? { hidden } : {}) },
      })),
    });
  }
  const ranges = url.searchParams.getAll("ranges").map((range) => ({ range, tab: tabOf(range, tabs) }));
  const missing = ranges.find(({ tab }) => !tab);
  if (missing) return googleError(400, "INVALID_ARGUMENT", `Unable to parse range: ${missing.range}`);
  if (kind === "values") {
    const valueRanges = ranges.map(({ tab }) => ({
      range: `${tab!.title}!A1:Z1000`,
      majorDimension: "ROWS",
      ...(tab!.values.length > 0 ? { values: tab!.values } : {}),
    }));
    return Response.json({ spreadsheetId: "fake", valueRanges });
  }
  const asked = new Map(ranges.map(({ tab }) => [tab!.sheetId, tab!]));
  return Response.json({
    sheets: [...asked.values()].map((tab) => ({
      properties: { sheetId: tab.sheetId },
      data: ranges.filter((one) => one.tab === tab).map(({ range }) => block(range, tab)),
    })),
  });
}

function tabOf(range: string, tabs: readonly FakeTab[]): FakeTab | undefined {
  const title = /^'(.*)'(?:![A-Z0-9:]+)?$/.exec(range)?.[1]?.replaceAll("''", "'");
  return tabs.find((tab) => tab.title === title);
}

/** Google leaves out a start of 0 and everything past the last cell that it has something to say of. */
function block(range: string, tab: FakeTab): object {
  const [, left, top, , bottom] = /!([A-Z]+)(\d+):([A-Z]+)(\d+)$/.exec(range)!;
  const startColumn = left!.length === 1 ? left!.charCodeAt(0) - 65 : 0;
  const startRow = Number(top) - 1;
  const rows = tab.values.slice(startRow, Number(bottom));
  return {
    ...(startRow > 0 ? { startRow } : {}),
    ...(startColumn > 0 ? { startColumn } : {}),
    rowData: rows.map((row, offset) => ({
      values: row.slice(startColumn).map((value, column) => ({
        effectiveValue: typeof value === "number" ? { numberValue: value } : { stringValue: String(value) },
        formattedValue: String(value),
        ...tab.typed?.[`${startRow + offset}:${startColumn + column}`],
      })),
    })),
  };
}
