import type { ExportAnswer } from "../../../../client-sdk/src/contract/exports.ts";
import { progressWords } from "./export-words.ts";

/** How far the writing is; nothing while nothing is written. */
export function ProgressBar({
  title,
  progress,
}: {
  title: string;
  progress: ExportAnswer["progress"] | undefined;
}) {
  if (!progress) return null;
  return (
    <div class="export-progress">
      <progress max={100} value={progress.percent} aria-label={`${title}: ${progressWords(progress)}`} />
      <span>
        <strong>{progress.percent} %</strong> <span class="quiet">{progressWords(progress)}</span>
      </span>
    </div>
  );
}
