/**
 * Proof, kept in the workbook itself, that a batch has landed: developer metadata that is created by the very batch.
 * Its id is made of source and receipt, and an id may be there only once, so that of a late original and its repetition
 * only one can land. The newest of each source stay, in a ring: each batch deletes what stands next in it.
 */
import type { WriteBatch } from "../../../model/write.ts";

/** Metadata of one batch. A workbook holds 30,000 characters of it in all. */
export interface Proof {
  readonly id: number;
  readonly key: string;
  /** The batch, and which of its edits were written. */
  readonly value: string;
  /** Of the oldest in the ring, which goes. */
  readonly oldestKey: string;
}

/**
 * Receipts of one source that stay. Batches follow one another, and Google works on one for 180 s at most: none that
 * is still under way is forgotten as long as fewer than this follow in that time.
 */
const RING = 64;
const KEY = "sheetwire-receipt";
const ID_MAX = 2_147_483_647;

/** Of one of the batch's repairs: of a late one and its repetition only one can land. It goes with the batch's own. */
export function repairProofOf(source: string, batch: WriteBatch, name: string): Omit<Proof, "oldestKey"> {
  const { receipt } = batch;
  return {
    id: numberOf(`${source} ${receipt} ${name}`),
    key: keyOf(source, receipt),
    value: fingerprint(batch),
  };
}

/** `written`: in the order of the batch's edits. */
export function proofOf(source: string, batch: WriteBatch, written: readonly boolean[]): Proof {
  const { receipt } = batch;
  return {
    id: idOf(source, receipt),
    key: keyOf(source, receipt),
    value: `${fingerprint(batch)}.${packed(written)}`,
    oldestKey: keyOf(source, receipt + 1),
  };
}

export function idOf(source: string, receipt: number): number {
  return numberOf(`${source} ${receipt}`);
}

function numberOf(text: string): number {
  return 1 + (Number(BigInt(Bun.hash(text)) & 0x7fffffffffffn) % (ID_MAX - 1));
}

function keyOf(source: string, receipt: number): string {
  return `${KEY}-${hash(source)}-${receipt % RING}`;
}

/** Which of the batch's edits were written, as the proof tells; null where it is another batch's. */
export function readProof(batch: WriteBatch, value: string): boolean[] | null {
  const [print, bits] = value.split(".");
  if (print !== fingerprint(batch) || bits === undefined) return null;
  const bytes = Buffer.from(bits, "base64url");
  return editsOf(batch).map((_, i) => ((bytes[i >> 3] ?? 0) & (1 << (i & 7))) !== 0);
}

export function editsOf({ tabs }: WriteBatch) {
  return tabs.flatMap((tab) => tab.edits);
}

/** The same receipt with other edits is another batch: a workbook may be copied, a source registered anew. */
function fingerprint(batch: WriteBatch): string {
  return hash(JSON.stringify(editsOf(batch).map((edit) => edit.id)));
}

function packed(written: readonly boolean[]): string {
  const bytes = Buffer.alloc(Math.ceil(written.length / 8));
  written.forEach((one, i) => {
    if (one) bytes[i >> 3]! |= 1 << (i & 7);
  });
  return bytes.toString("base64url");
}

function hash(text: string): string {
  return Bun.hash(text).toString(36);
}
