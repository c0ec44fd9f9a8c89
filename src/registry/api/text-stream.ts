/** Small enough to keep memory flat for a million cells, large enough to cost few calls. */
const CHUNK_CHARACTERS = 64 * 1024;

/** The pieces in UTF-8, made as the reader takes them. */
export function textStream(pieces: Generator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      let chunk = "";
      while (chunk.length < CHUNK_CHARACTERS) {
        const piece = pieces.next();
        if (piece.done) {
          if (chunk !== "") controller.enqueue(encoder.encode(chunk));
          controller.close();
          return;
        }
        chunk += piece.value;
      }
      controller.enqueue(encoder.encode(chunk));
    },
    cancel: () => {
      pieces.return();
    },
  });
}
