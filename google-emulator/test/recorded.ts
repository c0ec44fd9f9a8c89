/**
 * Replays recorded real sessions against an open emulator, ids mapped, and compares each answer in status and
 * structure. Run by itself it prints the share that matches, per endpoint; `--show N` lists differences.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createEmulator, type Json, type JsonObject } from "../src/index.ts";

export interface RecordedStep {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly requestBody: Json;
  readonly status: number;
  readonly responseBody: Json;
}

export interface RecordedSession {
  readonly name: string;
  readonly fileId: string;
  readonly date: string;
  readonly steps: readonly RecordedStep[];
}

export interface Difference {
  readonly session: string;
  readonly endpoint: string;
  readonly step: RecordedStep;
  readonly what: string;
  /** The structure is the recorded one, only a value is another. */
  readonly valueOnly: boolean;
}

export interface Replay {
  readonly steps: number;
  /** In status and structure: the same fields, types and numbers of items. */
  readonly matched: number;
  /** In values as well, save those that are chance or time. */
  readonly equal: number;
  readonly perEndpoint: ReadonlyMap<string, { steps: number; matched: number }>;
  readonly differences: readonly Difference[];
}

/** Where recordings lie beside a checkout; null when they are not there. */
export function recordedFile(name: string): string | null {
  const path = resolve(import.meta.dir, "../../../shared/google", name);
  return existsSync(path) ? path : null;
}

export function readSessions(): RecordedSession[] | null {
  const path = recordedFile("recorded-sessions.jsonl");
  if (!path) return null;
  return readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RecordedSession);
}

export function replay(sessions: readonly RecordedSession[]): Replay {
  const perEndpoint = new Map<string, { steps: number; matched: number }>();
  const differences: Difference[] = [];
  let steps = 0;
  let matched = 0;
  let equal = 0;
  for (const session of sessions) {
    const play = player(session);
    for (const step of session.steps) {
      const endpoint = endpointOf(step);
      const counted = perEndpoint.get(endpoint) ?? { steps: 0, matched: 0 };
      perEndpoint.set(endpoint, counted);
      counted.steps += 1;
      steps += 1;
      const { structure, values } = play(step);
      if (structure === null) {
        counted.matched += 1;
        matched += 1;
      }
      const what = structure ?? values;
      if (what === null) equal += 1;
      else differences.push({ session: session.name, endpoint, step, what, valueOnly: structure === null });
    }
  }
  return { steps, matched, equal, perEndpoint, differences };
}

/** One emulator per session, with the session's own date and a seeded generator. */
function player(
  session: RecordedSession,
): (step: RecordedStep) => { structure: string | null; values: string | null } {
  let seed = 42;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const nowMs = Date.parse(session.date);
  const emulator = createEmulator({ nowMs: () => nowMs, random, open: true });
  // Recorded ids to the emulator's, learned from answers to creating calls.
  const ids = new Map<string, string>();
  const mapped = (text: string): string => {
    let result = text;
    for (const [recorded, ours] of ids) result = result.replaceAll(recorded, ours);
    return result;
  };
  return (step) => {
    const path = mapped(step.path)
      .split(/(?<=\/values)\/|(?<!\/values)\//)
      .join("/");
    const at = path.indexOf("/values/");
    const encoded =
      at < 0
        ? path.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":")
        : `${path.slice(0, at)}/values/${encodeURIComponent(path.slice(at + 8)).replaceAll("%3A", ":")}`;
    const query = new URLSearchParams(step.query.map(([name, value]) => [name, mapped(value)]));
    const body =
      step.requestBody === null
        ? ""
        : typeof step.requestBody === "string"
          ? step.requestBody
          : mapped(JSON.stringify(step.requestBody));
    const answer = emulator.handle({
      method: step.method,
      url: `${encoded}?${query}`,
      headers: { "content-type": typeof step.requestBody === "string" ? "text/csv" : "application/json" },
      body,
    });
    if (answer.status !== step.status) {
      const what = `status ${answer.status} for ${step.status}: ${answer.body.slice(0, 300)}`;
      return { structure: what, values: what };
    }
    const got: Json = answer.headers["content-type"]?.includes("json")
      ? (JSON.parse(answer.body) as Json)
      : answer.body;
    learn(step.responseBody, got, ids);
    const recorded = JSON.parse(mapped(JSON.stringify(step.responseBody))) as Json;
    return {
      structure: difference(recorded, got, "", "structure"),
      values: difference(recorded, got, "", "values"),
    };
  };
}

export function endpointOf(step: RecordedStep): string {
  const path = step.path
    .replace(/\/spreadsheets\/[^/:]+/, "/spreadsheets/{id}")
    .replace(/\/files\/[^/]+/, "/files/{id}")
    .replace(/\/values\/.*?(:append|:clear)?$/s, "/values/{range}$1");
  return `${step.method} ${path}`;
}

const ID_FIELDS = new Set(["id", "spreadsheetId", "sheetId", "namedRangeId", "tableId", "protectedRangeId"]);

function learn(recorded: Json, ours: Json, ids: Map<string, string>): void {
  if (Array.isArray(recorded)) {
    for (const [i, item] of recorded.entries())
      learn(item, Array.isArray(ours) ? (ours[i] ?? null) : null, ids);
    return;
  }
  if (recorded === null || typeof recorded !== "object") return;
  const other: JsonObject = ours !== null && typeof ours === "object" && !Array.isArray(ours) ? ours : {};
  for (const [name, value] of Object.entries(recorded)) {
    const our = other[name] ?? null;
    if (ID_FIELDS.has(name) && value !== our && String(value).length > 6 && our !== null)
      ids.set(String(value), String(our));
    learn(value, our, ids);
  }
}

/** Fields whose value is chance or time; their presence and type count, not what they hold. */
const FREE =
  /(^|\.)(id|spreadsheetId|spreadsheetUrl|sheetId|namedRangeId|tableId|protectedRangeId|bandedRangeId|bandedRangeReference|etag|\w*Link|\w*Links|\w*Date|\w*Time|version|ownerNames|lastModifyingUserName|displayName|emailAddress|permissionId|url|fileSize|quotaBytesUsed)(\b|\[|$)|exportLinks|consumer|parents/;

/** Theme colours come in any order in the recordings. */
function byColorType(items: readonly Json[]): Json[] {
  const typeOf = (item: Json): string => (isPlainObject(item) ? String(item.colorType) : "");
  return [...items].sort((a, b) => typeOf(a).localeCompare(typeOf(b)));
}

/** The first place where `ours` differs; null when it does not. Values count, save the free ones. */
export function difference(
  recorded: Json,
  ours: Json,
  path: string,
  depth: "structure" | "values",
): string | null {
  if (FREE.test(path) && typeof recorded === typeof ours && typeof recorded !== "object") return null;
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    if (path.endsWith("themeColors") && recorded.length === ours.length) {
      return difference(
        Object.fromEntries(byColorType(recorded).entries()),
        Object.fromEntries(byColorType(ours).entries()),
        path,
        depth,
      );
    }
    if (recorded.length !== ours.length) return `${path}: ${ours.length} items for ${recorded.length}`;
    for (const [i, item] of recorded.entries()) {
      const found = difference(item, ours[i] ?? null, `${path}[${i}]`, depth);
      if (found) return found;
    }
    return null;
  }
  if (isPlainObject(recorded) && isPlainObject(ours)) {
    for (const name of new Set([...Object.keys(recorded), ...Object.keys(ours)])) {
      const inner = path === "" ? name : `${path}.${name}`;
      const [theirs, mine] = [recorded[name], ours[name]];
      if (theirs === undefined) return `${inner}: not in the recording, here ${short(mine)}`;
      if (mine === undefined) return `${inner}: missing, recorded ${short(theirs)}`;
      const found = difference(theirs, mine, inner, depth);
      if (found) return found;
    }
    return null;
  }
  if (depth === "structure" && typeof recorded === typeof ours && typeof ours !== "object") return null;
  return recorded === ours ? null : `${path}: ${short(ours)} for ${short(recorded)}`;
}

function isPlainObject(value: Json): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function short(value: Json | undefined): string {
  return (JSON.stringify(value) ?? "undefined").slice(0, 160);
}

if (import.meta.main) {
  const sessions = readSessions();
  if (!sessions) {
    console.log(`No recordings: ${join("..", "shared", "google", "recorded-sessions.jsonl")} is not there.`);
  } else {
    const result = replay(sessions);
    for (const [endpoint, { steps, matched }] of [...result.perEndpoint].sort(
      (a, b) => b[1].steps - a[1].steps,
    )) {
      console.log(`${String(matched).padStart(5)} of ${String(steps).padStart(4)}  ${endpoint}`);
    }
    const share = (part: number): string => `${((100 * part) / result.steps).toFixed(1)} %`;
    console.log(
      `${share(result.matched)} of ${result.steps} steps match in status and structure, ${share(result.equal)} in values too`,
    );
    const show = Number(process.argv[process.argv.indexOf("--show") + 1] ?? 0) || 0;
    const seen = new Map<string, number>();
    for (const one of result.differences) {
      const key = `${one.endpoint} ${one.what.replace(/\d+/g, "#").slice(0, 90)}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      if (seen.get(key) === 1 && seen.size <= show) {
        console.log(
          `\n${one.session}: ${one.step.method} ${one.step.path} ${JSON.stringify(one.step.query)} ${short(one.step.requestBody)}\n  ${one.what}`,
        );
      }
    }
    console.log(
      [...seen]
        .sort((a, b) => b[1] - a[1])
        .slice(0, show)
        .map(([key, n]) => `${n} x ${key}`)
        .join("\n"),
    );
  }
}
