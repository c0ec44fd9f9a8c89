import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CHROMIUM_PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** Starts the machine's own Chromium, kept from calling home; fails where there is none. */
export function launchChromium(): Promise<Browser> {
  const executablePath = CHROMIUM_PATHS.find(existsSync);
  if (!executablePath) throw new Error("Chromium is missing: install it (Debian: apt-get install chromium)");
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  return chromium.launch({ executablePath, args });
}
