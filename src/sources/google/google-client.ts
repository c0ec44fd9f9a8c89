/** Google's client over a network of ours: it names the calls and builds the requests, we send them. */
import type { sheets_v4 } from "googleapis/build/src/apis/sheets/v4.js";
import type { NetRequest } from "../../runtime/net.ts";

/** A request as Google's client would send it, without credentials in its headers. */
export type PreparedRequest = Pick<NetRequest, "method" | "url" | "headers" | "body">;

/** Goes as the last argument into a method of Google's client. */
export type Via = Omit<sheets_v4.Options, "version" | "auth">;

type Adapter = NonNullable<Via["adapter"]>;
type Prepared = Parameters<Adapter>[0];

/**
 * Has `call` build its request and `send` exchange it. The client sees neither the answer nor an error, so that it
 * never retries, waits, parses or copies a body.
 */
export async function exchange<T>(
  call: (via: Via) => Promise<unknown>,
  send: (request: PreparedRequest) => Promise<T>,
): Promise<T> {
  const sent: T[] = [];
  const adapter = async (prepared: Prepared) => {
    sent.push(await send(toRequest(prepared)));
    return Object.assign(new Response(null), { config: prepared, data: null });
  };
  await call({ adapter: adapter as Adapter, retry: false });
  if (sent.length !== 1) throw new Error(`Google's client made ${sent.length} requests for one call`);
  return sent[0]!;
}

function toRequest(prepared: Prepared): PreparedRequest {
  const headers = Object.fromEntries(prepared.headers);
  // Compression is the network's business: it decodes what it asked for.
  delete headers["accept-encoding"];
  const request = { method: prepared.method ?? "GET", url: String(prepared.url), headers };
  return typeof prepared.body === "string" ? { ...request, body: prepared.body } : request;
}
