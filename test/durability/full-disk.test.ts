/** A disk that is full: while the daemon runs, and when it starts. */
import { expect, test } from "bun:test";
import type { DaemonProcess } from "../support/daemon-process.ts";
import { waitFor } from "../support/daemon-process.ts";
import { createSmallDisk, type SmallDisk } from "./small-disk.ts";
import { createStage, type Stage } from "./stage.ts";

const DISK_MB = 48;
const PATIENCE_MS = 60_000;

test("DUR-7 DUR-8 DUR-9 on a full disk the daemon serves what is durable, says so, and goes on once there is room", async () => {
  using disk = createSmallDisk(DISK_MB);
  if (!disk) return;
  const stage = await createStage("full disk");
  try {
    const daemon = await started(stage, disk);
    await stage.register(daemon);
    stage.workbooks.shake();
    for (const watch of stage.watches) await watch.check();
    await stage.converge();

    disk.fill();
    const failing = async (): Promise<boolean> => (await stage.source(daemon, "sweeps")).state === "failing";
    expect(await waitFor(failing, PATIENCE_MS)).toBe(true);
    const { error, tabs } = await stage.source(daemon, "sweeps");
    expect(error).toMatchObject({ code: "storage", message: expect.stringContaining(disk.path) });
    expect(error?.fix).toContain("free space");
    expect(tabs).toMatchObject([{ name: "Board", rows: 300 }]);
    // Who comes now gets what is durable.
    for (const watch of stage.watches) await watch.check();
    expect(stage.watches[1]!.shown().at(-1)).toHaveLength(301);
    const ready = await fetch(`${daemon.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      status: "degraded",
      detail: expect.stringContaining("refuses"),
    });

    disk.free();
    const live = async (): Promise<boolean> => (await stage.source(daemon, "sweeps")).state === "live";
    expect(await waitFor(live, PATIENCE_MS)).toBe(true);
    await stage.converge();
    expect(await (await fetch(`${daemon.url}/readyz`)).json()).toEqual({ status: "ready" });

    await daemon.kill("SIGKILL");
    for (const watch of stage.watches) await watch.seal();
    const again = await started(stage, disk);
    for (const watch of stage.watches) expect(await watch.check()).toBeGreaterThan(0);
    await stage.converge();
    await again.kill("SIGKILL");
  } finally {
    await stage.end();
  }
}, 180_000);

test("DUR-8 on a disk that is full already the start ends once, with code 3, the words and the cure", async () => {
  using disk = createSmallDisk(DISK_MB);
  if (!disk) return;
  const stage = await createStage("full at start");
  try {
    await (await started(stage, disk)).kill("SIGKILL");
    disk.fill();
    const refused = stage.start({ dataDir: disk.path });
    expect(await refused.exited).toBe(3);
    expect(refused.output()).toContain(disk.path);
    expect(refused.output()).toContain("free space");
    expect(refused.output().trim().split("\n")).toHaveLength(2);
    disk.free();
    await started(stage, disk);
  } finally {
    await stage.end();
  }
}, 60_000);

async function started(stage: Stage, disk: SmallDisk): Promise<DaemonProcess> {
  const daemon = stage.start({ dataDir: disk.path });
  await stage.ready(daemon);
  return daemon;
}
