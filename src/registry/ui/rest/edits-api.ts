/** The part of the REST API that speaks of edits: what became of them, and what people have to decide. */
import type {
  ConflictAnswer,
  ConflictsAnswer,
  DeadLettersAnswer,
  Receipt,
  ResolveBody,
} from "../../../../client-sdk/src/contract/edits-rest.ts";
import type {
  HistoryAnswer,
  RestoreAnswer,
  RestoreBody,
} from "../../../../client-sdk/src/contract/history.ts";
import type { RowsAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import type { Answer, Call } from "./call.ts";

export interface TabPlace {
  readonly source: string;
  readonly tab: string;
}

export interface EditsApi {
  conflicts(query: Readonly<Record<string, string>>): Answer<ConflictsAnswer>;
  conflict(id: string): Answer<ConflictAnswer>;
  resolveConflict(id: string, body: ResolveBody): Answer<ConflictAnswer>;
  deadLetters(query?: Readonly<Record<string, string>>): Answer<DeadLettersAnswer>;
  requeueDeadLetter(id: string): Answer<Receipt>;
  discardDeadLetter(id: string): Answer<null>;
  /** The newest first; `query` as in its address. */
  history(place: TabPlace, query: Readonly<Record<string, string>>): Answer<HistoryAnswer>;
  /** Columns and rows of a tab; `query` as in its address. */
  rows(place: TabPlace, query: Readonly<Record<string, string>>): Answer<RowsAnswer>;
  /** Tells what would be edited with `preview`, else edits. */
  restore(place: TabPlace, body: RestoreBody): Answer<RestoreAnswer>;
}

export function createEditsApi(call: Call): EditsApi {
  const conflict = (id: string): string => `/api/v1/conflicts/${encodeURIComponent(id)}`;
  const letter = (id: string): string => `/api/v1/deadletters/${encodeURIComponent(id)}`;
  const tabAt = ({ source, tab }: TabPlace): string =>
    `/datasources/${encodeURIComponent(source)}/tabs/${encodeURIComponent(tab)}`;
  return {
    conflicts: (query) => call("GET", `/api/v1/conflicts?${new URLSearchParams(query)}`),
    conflict: (id) => call("GET", conflict(id)),
    resolveConflict: (id, body) => call("POST", `${conflict(id)}/resolve`, { body }),
    deadLetters: (query = {}) => {
      const asked = new URLSearchParams(query);
      return call("GET", `/api/v1/deadletters${asked.size === 0 ? "" : `?${asked}`}`);
    },
    requeueDeadLetter: (id) => call("POST", `${letter(id)}/requeue`),
    discardDeadLetter: (id) => call("DELETE", letter(id)),
    history: (place, query) => call("GET", `${tabAt(place)}/history?${new URLSearchParams(query)}`),
    rows: (place, query) => call("GET", `${tabAt(place)}/rows?${new URLSearchParams(query)}`),
    restore: (place, body) => call("POST", `${tabAt(place)}/restore`, { body }),
  };
}
