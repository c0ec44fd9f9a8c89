/** A line to a port of this machine that can be cut, as a network is: open connections end, new ones are refused. */
import { connect, createServer, type Socket } from "node:net";

export interface CuttableLine {
  readonly port: number;
  cut(): void;
  mend(): void;
  stop(): void;
}

export async function openLine(target: number): Promise<CuttableLine> {
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const end = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: typeof address === "object" && address ? address.port : 0,
    cut() {
      isCut = true;
      end();
    },
    mend() {
      isCut = false;
    },
    stop() {
      server.close();
      end();
    },
  };
}
