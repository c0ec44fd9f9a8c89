/** Requests packed into calls: few calls, each well below what Google advises. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import { addCounts, type Counts, NO_COUNTS } from "../jobs/record.ts";
import { numberFor, RECEIPT_KEY } from "./names.ts";

type Request = sheets_v4.Schema$Request;

/** What requests do, for the progress and the report. */
export interface Deed {
  /** Rows of the plan that are written with them. */
  readonly rows: number;
  readonly counts: Counts;
  /** Rows of an append that are done with once they are made, by tab. */
  readonly appended: Readonly<Record<string, number>>;
}

/** Requests that go together. */
export interface Piece extends Deed {
  readonly requests: readonly Request[];
  readonly bytes: number;
}

export interface Batch extends Deed {
  readonly requests: readonly Request[];
}

const NO_DEED: Deed = { rows: 0, counts: NO_COUNTS, appended: {} };

/** Google advises about 2 MB a request. */
export const BATCH_BYTES_MAX = 1_900_000;

export function pieceOf(requests: readonly Request[], deed: Partial<Deed> = {}): Piece {
  return { requests, ...NO_DEED, ...deed, bytes: JSON.stringify(requests).length };
}

/** Whole pieces, in order, as many as fit; a larger one goes alone. */
export function* pack(pieces: Iterable<Piece>, bytesMax = BATCH_BYTES_MAX): Generator<Batch> {
  let requests: Request[] = [];
  let deed = NO_DEED;
  let bytes = 0;
  for (const piece of pieces) {
    if (requests.length > 0 && bytes + piece.bytes > bytesMax) {
      yield { requests, ...deed };
      [requests, deed, bytes] = [[], NO_DEED, 0];
    }
    for (const request of piece.requests) requests.push(request);
    deed = {
      rows: deed.rows + piece.rows,
      counts: addCounts(deed.counts, piece.counts),
      appended: { ...deed.appended, ...piece.appended },
    };
    bytes += piece.bytes;
  }
  if (requests.length > 0) yield { requests, ...deed };
}

/** The id of a batch's receipt: the same for the same batch, and no batch of the export had it before. */
export function receiptOf(exportId: string, sequence: number): number {
  return numberFor(exportId, "receipt", sequence);
}

/**
 * The batch with its receipt, a note that stands in the workbook when the batch was made and only then; the one before
 * goes. A late original and its retry cannot both be made: the id of a note cannot be given twice.
 */
export function withReceipt(requests: readonly Request[], exportId: string, sequence: number): Request[] {
  const developerMetadata = {
    metadataId: receiptOf(exportId, sequence),
    metadataKey: RECEIPT_KEY,
    metadataValue: `${exportId}/${sequence}`,
    location: { spreadsheet: true },
    visibility: "DOCUMENT",
  };
  const before = { metadataKey: RECEIPT_KEY, metadataValue: `${exportId}/${sequence - 1}` };
  return [
    // The first of all: a batch that was made already fails before it changes anything.
    { createDeveloperMetadata: { developerMetadata } },
    ...(sequence > 0
      ? [{ deleteDeveloperMetadata: { dataFilter: { developerMetadataLookup: before } } }]
      : []),
    ...requests,
  ];
}
