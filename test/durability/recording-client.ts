/** A client that keeps every update it ever receives, and comes back whenever its socket closes. */
import * as Y from "yjs";
import { decodeFrame, syncStep1Frame } from "#contract/frames.ts";
import { type FoldedRow, foldEntry, LOG, type LogEntry, META, ORDER, type RowId } from "#contract/layout.ts";

export interface RecordingClient {
  readonly doc: Y.Doc;
  /** Updates received since the last call, in order. */
  takeReceived(): Uint8Array[];
  /** Received in all. */
  readonly received: number;
  /** Whether it has had an answer on its present socket. */
  readonly synced: boolean;
  /** Close codes that end a client for good, met so far. */
  readonly refusals: readonly number[];
  close(): void;
}

const BACK_AFTER_MS = 30;

/** `url` is the socket's whole address. */
export function createRecordingClient(url: string): RecordingClient {
  const doc = new Y.Doc();
  let received: Uint8Array[] = [];
  let [count, synced, closed] = [0, false, false];
  const refusals: number[] = [];
  let socket: WebSocket | null = null;
  connect();

  function connect(): void {
    if (closed) return;
    socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket?.send(syncStep1Frame(Y.encodeStateVector(doc)) as Uint8Array<ArrayBuffer>);
    socket.onmessage = ({ data }) => receive(new Uint8Array(data as ArrayBuffer));
    socket.onclose = ({ code }) => {
      synced = false;
      if (code >= 4400 && code < 4500) refusals.push(code);
      else setTimeout(connect, BACK_AFTER_MS);
    };
  }
  function receive(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (!frame.ok) throw new Error(frame.error.why);
    const { type } = frame.value;
    if (type !== "syncStep2" && type !== "update") return;
    const update = frame.value.update.slice();
    received.push(update);
    count++;
    Y.applyUpdate(doc, update);
    if (type === "syncStep2") synced = true;
  }

  return {
    doc,
    takeReceived() {
      const taken = received;
      received = [];
      return taken;
    },
    get received() {
      return count;
    },
    get synced() {
      return synced;
    },
    refusals,
    close() {
      closed = true;
      socket?.close(1000);
    },
  };
}

/** Row ids in display order with the values of their row by slot. */
export function rowsIn(doc: Y.Doc): (readonly [id: RowId, values: FoldedRow["values"]])[] {
  const rows = new Map<RowId, FoldedRow>();
  for (const entry of doc.getArray<LogEntry>(LOG).toArray()) foldEntry(rows, entry);
  return doc
    .getArray<RowId>(ORDER)
    .toArray()
    .map((id) => [id, rows.get(id)?.values ?? []] as const);
}

export function epochOf(doc: Y.Doc): string {
  return String(doc.getMap(META).get("epoch"));
}
