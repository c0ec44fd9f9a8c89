import { useState } from "preact/hooks";
import { Alert } from "../parts/notice.tsx";
import { refusalWords } from "../parts/words.ts";
import type { Answer } from "../rest/call.ts";
import type { FileFormat } from "../rest/exports-api.ts";

const FORMATS: readonly { format: FileFormat; title: string; means: string }[] = [
  { format: "xlsx", title: "XLSX", means: "Excel and other spreadsheets" },
  { format: "csv", title: "CSV", means: "text for spreadsheets and programs" },
  { format: "ndjson", title: "NDJSON", means: "a line of JSON for each row" },
];

/** A file to keep, in each of the formats. */
export function Downloads(props: { name: string; fetchFile: (format: FileFormat) => Answer<Blob> }) {
  const { name, fetchFile } = props;
  const [busy, setBusy] = useState<FileFormat | null>(null);
  const [message, setMessage] = useState("");
  const save = async (format: FileFormat): Promise<void> => {
    setBusy(format);
    const answer = await fetchFile(format);
    setBusy(null);
    setMessage(answer.ok ? "" : refusalWords(answer.error));
    if (answer.ok) saveFile(answer.value, `${fileName(name)}.${format}`);
  };
  return (
    <fieldset class="downloads" aria-label={`Download ${name}`}>
      {FORMATS.map(({ format, title, means }) => (
        <button
          key={format}
          type="button"
          class="small"
          title={means}
          aria-label={`Download as ${title}: ${means}`}
          disabled={busy !== null}
          onClick={() => void save(format)}
        >
          {busy === format ? "Making ..." : title}
        </button>
      ))}
      <Alert>{message}</Alert>
    </fieldset>
  );
}

/** The browser has begun to read it long before. */
const KEPT_MS = 60_000;

/** The token travels in a header, which a link cannot send: the file is fetched and then handed over. */
function saveFile(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

function fileName(title: string): string {
  return title.replaceAll(/[\p{Cc}"\\/:*?<>|]/gu, " ").trim() || "download";
}
