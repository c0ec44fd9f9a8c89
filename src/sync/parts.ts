/**
 * What a client misses as several updates, each complete in itself when applied in order. Yjs cannot cut an update,
 * but a mirror has one writer at a time: cut by its clock, no part needs a later one. So a large answer takes no
 * large buffer for each who joins, and a slow client hears something all the time.
 */
import { createEncoder, length, toUint8Array, writeUint8Array, writeVarUint } from "lib0/encoding";
import * as Y from "yjs";
import { piecesOf, writeDeletions } from "./checkpoint.ts";

/** Below any socket's limit for unread bytes, and few enough to keep the loop for a millisecond only. */
const PART_BYTES = 128 * 1024;
/** Rows of 20 cells are 130 bytes: a piece is far below a part. */
const PIECE_ELEMENTS = 100;

/** `from`: where the client stands, by writer. Nothing may write to `doc` until it resolves. */
export async function encodeParts(
  doc: Y.Doc,
  from: ReadonlyMap<number, number>,
  pause: () => Promise<void>,
): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let blocks: Block[] = [];
  // An earlier writer never builds on a later one.
  for (const [client, structs] of [...doc.store.clients].sort(([a], [b]) => a - b)) {
    const start = from.get(client) ?? 0;
    let block: Block | null = null;
    for (const struct of structs) {
      if (struct.id.clock + struct.length <= start) continue;
      for (const piece of piecesOf(struct, PIECE_ELEMENTS)) {
        const known = Math.max(0, start - piece.id.clock);
        if (known >= piece.length) continue;
        if (!block) {
          block = { client, clock: piece.id.clock + known, count: 0, encoder: new Y.UpdateEncoderV1() };
          blocks.push(block);
        }
        piece.write(block.encoder, known);
        block.count++;
        if (bytesOf(blocks) < PART_BYTES) continue;
        parts.push(join(blocks));
        blocks = [];
        block = null;
        await pause();
      }
    }
  }
  parts.push(join(blocks, doc));
  return parts;
}

/** Consecutive elements of one writer. */
interface Block {
  readonly client: number;
  readonly clock: number;
  count: number;
  readonly encoder: Y.UpdateEncoderV1;
}

function bytesOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { encoder }) => sum + length(encoder.restEncoder), 0);
}

/** Deletions are those of the whole document, so they go with the last part. */
function join(blocks: readonly Block[], deletionsOf?: Y.Doc): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, blocks.length);
  for (const { client, clock, count, encoder: structs } of blocks) {
    writeVarUint(encoder, count);
    writeVarUint(encoder, client);
    writeVarUint(encoder, clock);
    writeUint8Array(encoder, structs.toUint8Array());
  }
  if (!deletionsOf) writeVarUint(encoder, 0);
  else {
    const deletions = new Y.UpdateEncoderV1();
    writeDeletions(deletions, deletionsOf);
    writeUint8Array(encoder, deletions.toUint8Array());
  }
  return toUint8Array(encoder);
}
