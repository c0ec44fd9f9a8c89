/** `npm run screenshots`: the pictures of the README, taken of the sample in a real Chromium. */
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { launchChromium } from "../test/support/browser.ts";
import { freePort, startDaemon, TEST_TOKEN } from "../test/support/daemon-process.ts";
import { tempDir } from "../test/support/temp-dir.ts";

const images = resolve(import.meta.dir, "../docs/images");
mkdirSync(images, { recursive: true });
using dir = tempDir();
const daemon = await startDaemon({ dataDir: dir.path, port: freePort() });
const browser = await launchChromium();
try {
  const gridUrl = /Sample sheet (\S+)/.exec(daemon.output())![1]!;
  /** `click` leads on from the address to what is shown once `shows` is there. */
  const take = async (
    name: string,
    url: string,
    ready: string,
    {
      colorScheme = "light",
      click,
      shows,
    }: { colorScheme?: "light" | "dark"; click?: string; shows?: string } = {},
  ) => {
    const page = await browser.newPage({ viewport: { width: 1200, height: 640 }, colorScheme });
    await page.goto(url);
    await page.waitForSelector(ready);
    if (click !== undefined) await page.click(click);
    if (shows !== undefined) await page.waitForSelector(shows);
    await page.screenshot({ path: join(images, `${name}.png`) });
    await page.close();
  };
  const live = `${daemon.url}/#token=${TEST_TOKEN}`;
  await take("live-page", live, '[data-testid="connection"][data-state="live"]');
  await take("live-page-dark", live, '[data-testid="connection"][data-state="live"]', {
    colorScheme: "dark",
  });
  await take("sources", `${live}&to=/demo`, "main h1", {
    click: '[aria-label="Sheetwire: all sources"]',
    shows: ".poll.low",
  });
  await take("history", `${live}&to=${encodeURIComponent("/+history/demo/Price%20list")}`, ".entry");
  await take("sample-sheet", gridUrl, '[data-row="1"][data-col="4"]');
} finally {
  await browser.close();
  await daemon.kill("SIGKILL");
  rmSync(dir.path, { recursive: true, force: true });
}
