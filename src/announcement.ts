/** What a start prints for whoever started it. */

export interface Started {
  readonly version: string;
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** Where the token is kept; null when the settings gave it. */
  readonly tokenPath: string | null;
  /** This very start made the token: nobody could know it yet. */
  readonly tokenMade: boolean;
  /** Somebody reads along; otherwise what is printed is kept by a log, and read by whoever reads that. */
  readonly onTerminal: boolean;
  readonly dataDir: string;
  readonly sampleUrl: string | null;
}

export function announcement(started: Started): string {
  const { version, url, token, tokenPath, tokenMade, onTerminal, dataDir, sampleUrl } = started;
  const tells = onTerminal || tokenMade;
  const kept = tokenPath === null ? null : `kept in ${tokenPath}`;
  const lines = [
    `Sheetwire ${version} is running.`,
    "",
    `  Open         ${url}/${tells ? `#token=${token}` : ""}`,
    `  Admin token  ${tells ? `${token}${kept ? `  (${kept})` : ""}` : (kept ?? "as the settings give it")}`,
    `  REST         ${url}/docs`,
    `  Data         ${dataDir}`,
  ];
  if (sampleUrl !== null) lines.push(`  Sample sheet ${sampleUrl}`);
  return `${lines.join("\n")}\n`;
}
