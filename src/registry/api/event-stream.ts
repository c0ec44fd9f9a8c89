/** One reader of server-sent events: what waits for it, bounded, given out as fast as it reads. */

export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  /** Sends `pieces`, made as they are read, instead of what is waiting and before what is pushed later. */
  begin(pieces: Iterable<string>): void;
  push(bytes: Uint8Array): void;
  /** Ends after what is waiting. */
  end(): void;
}

export interface EventStreamOptions {
  /** What may wait for a reader; beyond it the stream ends, and the reader resumes when it comes back. */
  readonly waitingBytesMax: number;
  /** Called once, when the stream has ended or the reader has gone. */
  readonly onEnd: () => void;
}

/** Given out at once from a long beginning. */
const CHUNK_CHARACTERS = 64 * 1024;

export function createEventStream({ waitingBytesMax, onEnd }: EventStreamOptions): EventStream {
  const encoder = new TextEncoder();
  let beginning: Iterator<string> | null = null;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let ended = false;
  /** The reader waits for more. */
  let wake: (() => void) | null = null;

  function next(): Uint8Array | null {
    let chunk = "";
    while (beginning && chunk.length < CHUNK_CHARACTERS) {
      const piece = beginning.next();
      if (piece.done) beginning = null;
      else chunk += piece.value;
    }
    if (chunk !== "") return encoder.encode(chunk);
    if (waiting.length === 0) return null;
    const bytes = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    return bytes;
  }
  function more(): void {
    wake?.();
    wake = null;
  }
  function end(): void {
    if (ended) return;
    ended = true;
    onEnd();
    more();
  }

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (let bytes = next(); ; bytes = next()) {
          if (bytes) return controller.enqueue(bytes);
          if (ended) return controller.close();
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
      cancel() {
        beginning = null;
        waiting = [];
        end();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    body,
    begin(pieces) {
      // What was begun is finished: half an event would spoil the next one.
      beginning = beginning ? chain(beginning, pieces) : pieces[Symbol.iterator]();
      waiting = [];
      waitingBytes = 0;
      more();
    },
    push(bytes) {
      if (ended) return;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes > waitingBytesMax) end();
      else more();
    },
    end,
  };
}

function* chain(first: Iterator<string>, second: Iterable<string>): Generator<string, void> {
  for (let piece = first.next(); !piece.done; piece = first.next()) yield piece.value;
  yield* second;
}
