/** What the port itself decides: TLS, where a client is, which page it comes from. */
import { afterEach, describe, expect, test } from "bun:test";
import { parseNetwork } from "../src/runtime/address.ts";
import { type RunningServer, type ServerOptions, startServer } from "../src/server.ts";
import type { ConnectRequest } from "../src/sync/socket.ts";
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from "./support/localhost-certificate.ts";

const servers: RunningServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

function serve(options: Partial<ServerOptions> = {}) {
  const server = startServer({ host: "127.0.0.1", port: 0, serveUi: () => null, ...options });
  servers.push(server);
  const addresses: string[] = [];
  const connects: ConnectRequest[] = [];
  server.attach({
    async handle(_request, address) {
      addresses.push(address);
      return new Response("hello");
    },
    connect(socket, request) {
      connects.push(request);
      socket.close(request.foreignOrigin === undefined ? 4000 : 4403, "seen");
      return { message() {}, closed() {} };
    },
  });
  return { server, addresses, connects };
}

/** The code that the server closes with. */
function dial(server: RunningServer, headers: Record<string, string>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/sync/a/b`, { headers } as never);
  socket.addEventListener("close", ({ code }) => resolve(code));
  return promise;
}

describe("the port", () => {
  test("ACC-45 with a certificate it speaks TLS and nothing else", async () => {
    const { server } = serve({ tls: { cert: LOCALHOST_CERTIFICATE, key: LOCALHOST_KEY } });
    expect(server.scheme).toBe("https");
    const tls = { ca: LOCALHOST_CERTIFICATE };
    const answer = await fetch(`https://127.0.0.1:${server.port}/x`, { tls } as RequestInit);
    expect(await answer.text()).toBe("hello");
    expect(fetch(`http://127.0.0.1:${server.port}/x`)).rejects.toThrow();
  });

  test("ACC-42 a request's address is what a trusted proxy says, and else the socket's", async () => {
    const headers = { "X-Forwarded-For": "203.0.113.7" };
    const open = serve();
    await fetch(`http://127.0.0.1:${open.server.port}/x`, { headers });
    expect(open.addresses).toEqual(["127.0.0.1"]);
    const behind = serve({ trustedProxies: [parseNetwork("127.0.0.0/8")!] });
    await fetch(`http://127.0.0.1:${behind.server.port}/x`, { headers });
    expect(behind.addresses).toEqual(["203.0.113.7"]);
    await dial(behind.server, headers);
    expect(behind.connects[0]?.address).toBe("203.0.113.7");
  });

  test("ACC-41 a page of another origin is let in and closed at once, so that stock clients stay away", async () => {
    const { server } = serve();
    expect(await dial(server, {})).toBe(4000);
    expect(await dial(server, { Origin: `http://127.0.0.1:${server.port}` })).toBe(4000);
    expect(await dial(server, { Origin: "https://evil.example.com" })).toBe(4403);
  });
});
