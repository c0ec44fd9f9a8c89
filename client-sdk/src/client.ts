import {
  editsName,
  mirrorName,
  NAME_LENGTH_MAX,
  SOURCE_ID_PATTERN,
  viewName,
} from "./contract/document-name.ts";
import type { OfflineStore } from "./offline-store.ts";
import type { Fields } from "./row.ts";
import { type OpenTable, openTable, type Table } from "./table.ts";
import type { TableRef } from "./table-types.ts";
import { createTokenSource, type TokenProvider } from "./token-source.ts";
import { onWake } from "./wake.ts";

export interface ConnectOptions {
  /** Address of the daemon, such as "https://sheets.example.org"; ws and wss do as well. */
  readonly url: string;
  /** A token, or a function that gives one: asked at first, before it expires, and when the server refuses it. */
  readonly token: TokenProvider;
  /** Keeps rows and unsent wishes on this device: see @sheetwire/client/offline. */
  readonly offline?: OfflineStore;
  /** False: nothing is ever connected, as when pages are rendered on a server. */
  readonly enabled?: boolean;
  /** For runtimes without a WebSocket of their own (Node before 22): the class of the `ws` package, for example. */
  readonly WebSocket?: typeof WebSocket;
  /** Fetches a table's first content, compressed; null: it comes over the socket. The runtime's own when absent. */
  readonly fetch?: typeof fetch | null;
  /** Told what a developer should know; console.warn when absent. */
  readonly warn?: (message: string) => void;
  /** ms since 1970; for tests, as the next one. */
  readonly now?: () => number;
  /** At least 0, below 1. */
  readonly random?: () => number;
}

/** A tab or a view by its parts: for names that hold an "@" themselves. */
export interface TableName {
  readonly source: string;
  readonly tab: string;
  readonly view?: string;
}

export interface OpenOptions {
  /** Tells at once what became of wishes of an earlier time, instead of with the first new one. */
  readonly watchEdits?: boolean;
}

export interface Client {
  /**
   * The live table "{source}/{tab}", or the view "{source}/{tab}@{view}": all after the first "/" is the tab's name as
   * it stands in the workbook, not percent-encoded, and what follows its last "@" a view. While it is open, asking
   * again returns the same table. Throws on a name that no document can have.
   */
  table<F = Fields>(name: string | TableName | TableRef<F>, options?: OpenOptions): Table<F>;
  /** Wishes in all tables that the daemon does not have yet. */
  readonly unsent: number;
  /** Closes all tables. */
  close(): void;
}

/** Makes a client; does not connect before a table is asked for. Throws when `url` is not an address. */
export function connect(options: ConnectOptions): Client {
  const { sync, rest } = addresses(options.url);
  const { now = Date.now, random = Math.random, offline = null, enabled = true } = options;
  const fetch = options.fetch === undefined ? ownFetch() : options.fetch;
  const tokens = createTokenSource(options.token, now);
  const tables = new Map<string, OpenTable>();
  let stopWaking: (() => void) | null = null;

  function open(name: TableName, schema: string | null, { watchEdits = false }: OpenOptions): OpenTable {
    const { source, tab, view = "" } = name;
    const mirror = mirrorName(source, tab);
    const room = view === "" ? mirror : viewName(mirror, view);
    const known = tables.get(room);
    if (known) return known;
    const path = `/datasources/${encodeURIComponent(source)}/tabs/${encodeURIComponent(tab)}/snapshot`;
    const table = openTable({
      source,
      tab,
      view,
      room,
      editsRoom: view === "" ? editsName(mirror) : null,
      snapshotUrl: `${rest}${path}${view === "" ? "" : `?view=${encodeURIComponent(view)}`}`,
      syncUrl: sync,
      watchEdits,
      schema,
      tokens,
      fetch,
      offline,
      enabled,
      WebSocket: enabled ? (options.WebSocket ?? ownWebSocket()) : (undefined as never),
      now,
      random,
      warn: options.warn ?? ((message) => console.warn(message)),
      onClosed() {
        tables.delete(room);
        if (tables.size > 0) return;
        stopWaking?.();
        stopWaking = null;
      },
    });
    tables.set(room, table);
    stopWaking ??= onWake(() => {
      for (const one of tables.values()) one.wake();
    });
    return table;
  }

  return {
    table<F>(name: string | TableName | TableRef<F>, opening: OpenOptions = {}) {
      const schema = typeof name === "object" && "schema" in name ? name.schema : null;
      return open(parseTableName(name), schema, opening) as unknown as Table<F>;
    },
    get unsent() {
      return [...tables.values()].reduce((count, table) => count + table.unsent, 0);
    },
    close() {
      for (const table of [...tables.values()]) table.close();
    },
  };
}

function parseTableName(name: string | TableName | { readonly name: string }): TableName {
  if (typeof name === "object" && "source" in name) return checked(name, `${name.source}/${name.tab}`);
  const text = typeof name === "string" ? name : name.name;
  // An "@" at either end separates nothing.
  const [, source = "", tab = "", view = ""] = /^(.*?)\/(.+?)(?:@([^@]+))?$/s.exec(text) ?? [];
  return checked({ source, tab, view }, text);
}

function checked(name: TableName, text: string): TableName {
  const { source, tab, view = "" } = name;
  const long = Math.max(tab.length, view.length) > NAME_LENGTH_MAX;
  if (SOURCE_ID_PATTERN.test(source) && tab !== "" && !long) return name;
  throw new TypeError(`"${text}" names no table: use "{source}/{tab}", such as "demo/Price list"`);
}

/** Documents are synced at `/sync` below the daemon's address. */
function addresses(address: string): { readonly sync: string; readonly rest: string } {
  const [, secure, place] =
    /^(?:http|ws)(s?):(\/\/[^/?#]+[^?#]*?)\/*(?:\/sync\/*)?(?:[?#].*)?$/i.exec(address) ?? [];
  if (place !== undefined && URL.canParse(address))
    return { sync: `ws${secure}:${place}/sync`, rest: `http${secure}:${place}` };
  throw new TypeError(`url is "${address}": use the daemon's address, such as "http://127.0.0.1:8787"`);
}

/** Called with the right `this`: browsers insist on it. */
function ownFetch(): typeof fetch | null {
  const own = globalThis.fetch as typeof fetch | undefined;
  return own ? (((...args: Parameters<typeof fetch>) => own(...args)) as typeof fetch) : null;
}

function ownWebSocket(): typeof WebSocket {
  const own = globalThis.WebSocket as typeof WebSocket | undefined;
  if (own) return own;
  throw new TypeError("this runtime has no WebSocket: pass one to connect");
}
