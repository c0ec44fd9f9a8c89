import type { SourceAnswer } from "../../../../client-sdk/src/contract/rest.ts";
import { OutIcon } from "../parts/icons.tsx";

/** Opens what the source reads, in a tab of its own; nothing for an address that is not http. */
export function SourceLink({ source }: { source: Pick<SourceAnswer, "url" | "type"> }) {
  const url = URL.parse(source.url);
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  return (
    <a class="out-link" href={url.href} target="_blank" rel="noreferrer">
      {linkWords(source.type, url.host)}
      <OutIcon />
    </a>
  );
}

function linkWords(type: SourceAnswer["type"], host: string): string {
  if (type === "external") return "Open the feed";
  // Any other host stands in for Google's: the emulator with its sample workbook.
  return host === "docs.google.com" ? "Open in Google Sheets" : "Open the sample workbook's grid";
}
