import { mirrorName, NAME_LENGTH_MAX, SOURCE_ID_PATTERN } from "./contract/document-name.ts";
import { openTable, type Table } from "./table.ts";

export interface ConnectOptions {
  /** Address of the daemon, such as "https://sheets.example.org"; ws and wss do as well. */
  readonly url: string;
  readonly token: string;
  /** For runtimes without a WebSocket of their own (Node before 22): the class of the `ws` package, for example. */
  readonly WebSocket?: typeof WebSocket;
  /** ms since 1970; for tests. */
  readonly now?: () => number;
}

export interface Client {
  /**
   * The live table `name`, "{source}/{tab}": all after the first "/" is the tab's name as it stands in the
   * workbook, not percent-encoded. While it is open, asking again returns the same table. Throws on a name that no
   * document can have.
   */
  table(name: string): Table;
  /** Closes all tables. */
  close(): void;
}

/** Makes a client; does not connect before a table is asked for. Throws when `url` is not an address. */
export function connect(options: ConnectOptions): Client {
  const syncUrl = syncAddress(options.url);
  const tables = new Map<string, Table>();
  return {
    table(name) {
      const open = tables.get(name);
      if (open) return open;
      const { source, tab } = parseTableName(name);
      const table = openTable({
        source,
        tab,
        syncUrl,
        room: mirrorName(source, tab),
        token: options.token,
        WebSocket: options.WebSocket ?? ownWebSocket(),
        now: options.now ?? Date.now,
        onClosed: () => tables.delete(name),
      });
      tables.set(name, table);
      return table;
    },
    close() {
      for (const table of [...tables.values()]) table.close();
    },
  };
}

function parseTableName(name: string): { source: string; tab: string } {
  const slash = name.indexOf("/");
  const [source, tab] = [name.slice(0, Math.max(slash, 0)), name.slice(slash + 1)];
  if (!SOURCE_ID_PATTERN.test(source) || tab === "" || tab.length > NAME_LENGTH_MAX) {
    throw new TypeError(
      `"${name}" names no table: use "{source}/{tab}", such as "demo/Price list", with a source's id before the "/"`,
    );
  }
  return { source, tab };
}

/** Where documents are synced: `/sync` below the daemon's address. */
function syncAddress(address: string): string {
  if (!URL.canParse(address) || !/^(http|ws)s?:$/.test(new URL(address).protocol)) {
    throw new TypeError(
      `url is "${address}": use the daemon's address, such as "http://127.0.0.1:8787", with http, https, ws or wss`,
    );
  }
  const url = new URL(address);
  const path = url.pathname.replace(/\/+$/, "").replace(/\/sync$/, "");
  return `${url.protocol.replace("http", "ws")}//${url.host}${path}/sync`;
}

function ownWebSocket(): typeof WebSocket {
  const own = (globalThis as { WebSocket?: typeof WebSocket }).WebSocket;
  if (own) return own;
  throw new TypeError("this runtime has no WebSocket: pass one to connect, such as that of the ws package");
}
