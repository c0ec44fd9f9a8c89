import { length, writeVarUint } from "lib0/encoding";
import * as Y from "yjs";

/** Encoded at a stretch: 1 to 4 ms. */
const STRETCH_BYTES = 256 * 1024;
/** Elements of one piece; the longest rows are far below a stretch. */
const PIECE_ELEMENTS = 500;

/**
 * What `Y.encodeStateAsUpdate(doc)` says, encoded with pauses: a million cells would keep the loop for 50 to 100 ms
 * at a stretch. Long runs of elements are written in pieces, which a reader joins again. Nothing may write to `doc`
 * until it resolves.
 */
export async function encodeCheckpoint(doc: Y.Doc, pause: () => Promise<void>): Promise<Uint8Array> {
  const encoder = new Y.UpdateEncoderV1();
  let pausedAt = 0;
  // As Yjs does: the reader prefers higher clients first.
  const clients = [...doc.store.clients].sort(([a], [b]) => b - a);
  writeVarUint(encoder.restEncoder, clients.length);
  for (const [client, structs] of clients) {
    writeVarUint(
      encoder.restEncoder,
      structs.reduce((sum, struct) => sum + pieceCount(struct), 0),
    );
    encoder.writeClient(client);
    writeVarUint(encoder.restEncoder, 0);
    for (const struct of structs) {
      for (const piece of piecesOf(struct)) {
        piece.write(encoder, 0);
        if (length(encoder.restEncoder) - pausedAt < STRETCH_BYTES) continue;
        await pause();
        pausedAt = length(encoder.restEncoder);
      }
    }
  }
  writeDeletions(encoder, doc);
  return encoder.toUint8Array();
}

export type Struct = Y.Item | Y.GC;

function pieceCount(struct: Struct): number {
  return elementsOf(struct) === null ? 1 : Math.ceil(struct.length / PIECE_ELEMENTS);
}

/** A long run of elements cut into runs of at most `most`; all else as it is. */
export function* piecesOf(struct: Struct, most = PIECE_ELEMENTS): Generator<Struct> {
  const elements = elementsOf(struct);
  if (elements === null || elements.length <= most) return yield struct;
  const { id, origin, rightOrigin, parent, parentSub } = struct as Y.Item;
  for (let at = 0; at < elements.length; at += most) {
    const left = at === 0 ? origin : Y.createID(id.client, id.clock + at - 1);
    const content = new Y.ContentAny(elements.slice(at, at + most));
    yield new Y.Item(
      Y.createID(id.client, id.clock + at),
      null,
      left,
      null,
      rightOrigin,
      parent,
      parentSub,
      content,
    );
  }
}

/** What can be cut: null for all else. */
function elementsOf(struct: Struct): unknown[] | null {
  if (!(struct instanceof Y.Item)) return null;
  return struct.content instanceof Y.ContentAny ? struct.content.arr : null;
}

export function writeDeletions(encoder: Y.UpdateEncoderV1, doc: Y.Doc): void {
  const clients = [...Y.createDeleteSetFromStructStore(doc.store).clients].sort(([a], [b]) => b - a);
  writeVarUint(encoder.restEncoder, clients.length);
  for (const [client, runs] of clients) {
    encoder.resetDsCurVal();
    writeVarUint(encoder.restEncoder, client);
    writeVarUint(encoder.restEncoder, runs.length);
    for (const { clock, len } of runs) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(len);
    }
  }
}
