/** The released clients that the server speaks with, unmodified, behind the few things that they have in common. */
import { WebsocketProvider as Provider4 } from "@y/websocket";
import * as Y14 from "@y/y";
import { WebsocketProvider as Provider31 } from "y-websocket";
import { WebsocketProvider as Provider1 } from "y-websocket-1";
import { WebsocketProvider as Provider2 } from "y-websocket-2";
import { WebsocketProvider as Provider30 } from "y-websocket-30";
import * as Y from "yjs";

export interface StockClient {
  readonly name: string;
  /** null with Yjs 14. */
  readonly doc: Y.Doc | null;
  readonly synced: () => boolean;
  readonly connected: () => boolean;
  /** Content of one of the document's lists, as the client's own Yjs reads it. */
  list(name: string): unknown[];
  stateVector(): Uint8Array;
  /** Writes into the document as an application would. */
  push(list: string, value: unknown): void;
  readonly awareness: {
    getStates(): Map<number, unknown>;
    setLocalState(state: Record<string, unknown> | null): void;
  };
  /** Times the connection was lost or given up. */
  closes: number;
  /** Codes that the server closed with. */
  readonly codes: number[];
  /** When it last heard from the server, as the client itself keeps it for its liveness check. */
  lastHeardMs(): number;
  destroy(): void;
}

export interface ClientSettings {
  readonly url: string;
  readonly room: string;
  readonly token: string;
}

export interface StockVersion {
  readonly name: string;
  readonly open: (settings: ClientSettings) => StockClient;
  /** Whether close codes 4400 to 4499 end its attempts. */
  readonly givesUp: boolean;
}

/** What all versions' providers have. */
interface Provider {
  readonly synced: boolean;
  readonly wsconnected: boolean;
  readonly wsLastMessageReceived: number;
  readonly awareness: StockClient["awareness"];
  destroy(): void;
}

export const STOCK_VERSIONS: readonly StockVersion[] = [
  version("y-websocket 1.5.4", false, (settings, closed) => {
    const doc = new Y.Doc();
    const provider = new Provider1(settings.url, settings.room, doc, optionsOf(settings));
    provider.on("connection-close", closed);
    return client13(doc, provider);
  }),
  version("y-websocket 2.1.0", false, (settings, closed) => {
    const doc = new Y.Doc();
    const provider = new Provider2(settings.url, settings.room, doc, optionsOf(settings));
    provider.on("connection-close", closed);
    return client13(doc, provider);
  }),
  version("y-websocket 3.0.0", false, (settings, closed) => {
    const doc = new Y.Doc();
    const provider = new Provider30(settings.url, settings.room, doc, optionsOf(settings));
    provider.on("connection-close", closed);
    return client13(doc, provider);
  }),
  version("y-websocket 3.1.0", true, (settings, closed) => {
    const doc = new Y.Doc();
    const provider = new Provider31(settings.url, settings.room, doc, optionsOf(settings));
    provider.on("connection-close", closed);
    return client13(doc, provider);
  }),
  version("@y/websocket 4.0.0-3", false, (settings, closed) => {
    const doc = new Y14.Doc();
    const provider = new Provider4(settings.url, settings.room, doc, optionsOf(settings));
    provider.on("connection-close", closed);
    return {
      provider,
      doc: null,
      list: (name) => doc.get(name).toArray(),
      stateVector: () => Y14.encodeStateVector(doc),
      push: (list, value) => doc.get(list).push([value as string]),
    };
  }),
];

interface Parts {
  readonly provider: Provider;
  readonly doc: Y.Doc | null;
  readonly list: StockClient["list"];
  readonly stateVector: StockClient["stateVector"];
  readonly push: StockClient["push"];
}
type OnClose = (event: { readonly code?: number } | null) => void;

function version(
  name: string,
  givesUp: boolean,
  make: (settings: ClientSettings, closed: OnClose) => Parts,
): StockVersion {
  return {
    name,
    givesUp,
    open(settings) {
      const codes: number[] = [];
      const parts = make(settings, (event) => {
        client.closes++;
        if (event?.code !== undefined) codes.push(event.code);
      });
      const { provider } = parts;
      const client: StockClient = {
        name,
        doc: parts.doc,
        closes: 0,
        codes,
        synced: () => provider.synced,
        connected: () => provider.wsconnected,
        list: parts.list,
        stateVector: parts.stateVector,
        push: parts.push,
        awareness: provider.awareness,
        lastHeardMs: () => provider.wsLastMessageReceived,
        destroy: () => provider.destroy(),
      };
      return client;
    },
  };
}

function client13(doc: Y.Doc, provider: Provider): Parts {
  return {
    provider,
    doc,
    list: (name) => doc.getArray(name).toJSON(),
    stateVector: () => Y.encodeStateVector(doc),
    push: (list, value) => doc.getArray(list).push([value]),
  };
}

/** Tabs of one process would otherwise speak with each other past the server. */
function optionsOf({ token }: ClientSettings) {
  return { params: { token }, disableBc: true } as const;
}
