/** The emulator as a fetch function: for clients with Google's addresses built in, and without any port. */
import type { EmulatorResponse } from "./http/message.ts";
import type { Emulator } from "./interface.ts";

export interface FetchOptions {
  /** Takes requests to hosts that are not Google's; without it they fail. */
  readonly otherwise?: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Waits before a delayed answer; by default with a real timer. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Same signature as the global fetch. A cut connection rejects with a TypeError, as there. */
export function createFetch(
  emulator: Emulator,
  options: FetchOptions = {},
): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  const wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  return async (input, init) => {
    const request = new Request(input, init);
    const { host } = new URL(request.url);
    if (!GOOGLE.test(host)) {
      if (options.otherwise) return options.otherwise(input, init);
      throw new TypeError(`${host} is none of Google's hosts: pass "otherwise" to reach others.`);
    }
    const answer = emulator.handle({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: new Uint8Array(await request.arrayBuffer()),
    });
    if (answer.delayMs !== undefined) await wait(answer.delayMs);
    return responseOf(answer);
  };
}

const GOOGLE = /(^|\.)(googleapis|google)\.com$/;

function responseOf({ status, headers, body, broken }: EmulatorResponse): Response {
  if (broken === "reset") throw new TypeError("fetch failed: the emulator cut the connection");
  if (broken !== "truncated") return new Response(status === 204 ? null : body, { status, headers });
  const bytes = new TextEncoder().encode(body);
  let sent = false;
  const half = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) controller.error(new TypeError("terminated: the emulator cut the connection"));
      else controller.enqueue(bytes.subarray(0, Math.floor(bytes.length / 2)));
      sent = true;
    },
  });
  return new Response(half, { status, headers });
}
