/** Templates by id and version: those that come with Sheetwire, and those that people made, kept in the backend. */
import { err, ok, type Result } from "#contract/result.ts";
import type { TemplateAnswer, TemplateBody } from "#contract/templates.ts";
import type { Kv, StorageError } from "../backend/backend.ts";
import type { Clock } from "../runtime/clock.ts";

export interface TemplateStore {
  /** The newest version of each, the ready ones first. */
  list(): Promise<readonly TemplateAnswer[]>;
  /** The newest version unless one is named; null when there is none. */
  get(id: string, version?: number): Promise<TemplateAnswer | null>;
  /** As a new version of its id. It was checked before. */
  put(template: TemplateBody): Promise<Result<TemplateAnswer, PutError>>;
  /** All its versions. What was made of it goes on with what it was made of. */
  remove(id: string): Promise<Result<void, RemoveError>>;
}

export type PutError = ReadyTemplate | TooManyTemplates | StorageError;
export type RemoveError = ReadyTemplate | UnknownTemplate | StorageError;

export interface ReadyTemplate {
  readonly tag: "ReadyTemplate";
  readonly id: string;
}

export interface UnknownTemplate {
  readonly tag: "UnknownTemplate";
  readonly id: string;
}

export interface TooManyTemplates {
  readonly tag: "TooManyTemplates";
  readonly countMax: number;
}

interface Stored {
  readonly template: TemplateBody;
  readonly version: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

const PREFIX = "template/";
/** Each is one key a version; a list reads the newest of all. */
const TEMPLATES_MAX = 500;
/** Older versions go: what was made of them holds its own plan. */
const VERSIONS_KEPT_MAX = 50;
const VERSION_DIGITS = 8;
/** Two may make a version at once. */
const TRIES_MAX = 10;

export function createTemplateStore(deps: {
  readonly kv: Kv;
  readonly clock: Clock;
  readonly ready: readonly TemplateAnswer[];
}): TemplateStore {
  const { kv, clock, ready } = deps;
  const readyById = new Map(ready.map((template) => [template.id, template]));

  const newest = async (id: string) =>
    (await kv.list<Stored>(`${PREFIX}${id}/`, { limit: 1, reverse: true }))[0]?.value ?? null;

  async function ids(): Promise<readonly string[]> {
    const found: string[] = [];
    let after = "";
    while (found.length <= TEMPLATES_MAX) {
      const [next] = await kv.list<Stored>(PREFIX, { limit: 1, ...(after !== "" && { after }) });
      if (!next) break;
      const id = next.key.slice(PREFIX.length, next.key.lastIndexOf("/"));
      found.push(id);
      // Behind every version of it.
      after = `${PREFIX}${id}/~`;
    }
    return found;
  }

  async function put(template: TemplateBody, tries: number): Promise<Result<TemplateAnswer, PutError>> {
    const last = await newest(template.id);
    if (!last && (await ids()).length >= TEMPLATES_MAX) {
      return err({ tag: "TooManyTemplates", countMax: TEMPLATES_MAX });
    }
    const version = (last?.version ?? 0) + 1;
    const stored: Stored = { template, version, createdAt: new Date(clock.nowMs()).toISOString() };
    const kept = await kv.put(keyOf(template.id, version), stored, 0);
    if (kept.ok) {
      if (version > VERSIONS_KEPT_MAX) await kv.remove(keyOf(template.id, version - VERSIONS_KEPT_MAX));
      return ok(answer(stored));
    }
    if (kept.error.tag === "StorageError") return err(kept.error);
    if (tries > 1) return put(template, tries - 1);
    return err({ tag: "StorageError", detail: "the template was changed elsewhere again and again" });
  }

  return {
    async list() {
      const made = await Promise.all((await ids()).map(newest));
      return [...ready, ...made.filter((stored) => stored !== null).map(answer)];
    },
    async get(id, version) {
      const fixed = readyById.get(id);
      if (fixed) return version === undefined || version === fixed.version ? fixed : null;
      if (!isId(id)) return null;
      const stored =
        version === undefined
          ? await newest(id)
          : ((await kv.get<Stored>(keyOf(id, version)))?.value ?? null);
      return stored && answer(stored);
    },
    async put(template) {
      return readyById.has(template.id)
        ? err({ tag: "ReadyTemplate", id: template.id })
        : put(template, TRIES_MAX);
    },
    async remove(id) {
      if (readyById.has(id)) return err({ tag: "ReadyTemplate", id });
      const versions = isId(id) ? await kv.list(`${PREFIX}${id}/`) : [];
      if (versions.length === 0) return err({ tag: "UnknownTemplate", id });
      for (const { key } of versions) {
        const removed = await kv.remove(key);
        if (!removed.ok && removed.error.tag === "StorageError") return err(removed.error);
      }
      return ok(undefined);
    },
  };
}

function answer({ template, version, createdAt }: Stored): TemplateAnswer {
  return { ...template, version, ready: false, createdAt };
}

/** Zeros in front keep the versions in order. */
function keyOf(id: string, version: number): string {
  return `${PREFIX}${id}/${String(version).padStart(VERSION_DIGITS, "0")}`;
}

/** What a path names may be anything. */
function isId(id: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,63}$/.test(id);
}
