import type { PreviewAnswer } from "#contract/rest.ts";
import type { Session } from "../session.ts";
import { cellText, plain, table } from "../text.ts";

/** What a source would bring, tab by tab. */
export function previewText({ tabs, notices }: PreviewAnswer, { paint, width }: Session): string {
  const parts = tabs.map(({ title, columns, rows, rowCount, keyColumn }) => {
    const key = keyColumn === undefined ? "" : `, rows known by "${plain(keyColumn)}"`;
    const lines = rows.map((cells) => cells.map(cellText));
    const headers = columns.map(({ key, type }) => `${plain(key)} (${type})`);
    return `${paint.bold(plain(title))}: ${rowCount} rows${key}\n${table(headers, lines, paint, width)}`;
  });
  return [...parts, ...notices.map((notice) => `${paint.yellow("!")} ${plain(notice)}\n`)].join("\n");
}
