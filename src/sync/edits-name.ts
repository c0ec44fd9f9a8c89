import { encodeNamePart, mirrorName } from "#contract/document-name.ts";
import type { EditsPlace } from "./edits.ts";

/**
 * The name in the log of a subject's own edits document. No client can name it: a room's name has no "?" outside its
 * encoded parts, and all that a subject may hold is encoded here.
 */
export function editsName({ source, tab, subject }: EditsPlace): string {
  return `${mirrorName(source, tab)}~edits?${encodeNamePart(subject)}`;
}

/** null for a name that is no edits document's. */
export function parseEditsName(name: string): EditsPlace | null {
  const [, source, tab, subject] = /^([^/]*)\/([^/]*)~edits\?([^?]*)$/.exec(name) ?? [];
  if (source === undefined || tab === undefined || subject === undefined) return null;
  return {
    source: decodeURIComponent(source),
    tab: decodeURIComponent(tab),
    subject: decodeURIComponent(subject),
  };
}
