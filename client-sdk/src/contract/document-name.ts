import { err, ok, type Result } from "./result.ts";

/**
 * Which document a room name or a URL path speaks of. A tab's mirror is `{source}/{tab}`, a view of it
 * `{source}/{tab}@{view}`, the edits of one subject `{source}/{tab}~edits`. Each part is percent-encoded, so a
 * tab may be called anything. The encoded form is also the document's key in the log.
 */
export interface DocumentName {
  readonly source: string;
  readonly tab: string;
  readonly kind: "mirror" | "view" | "edits";
  /** The view's name; empty unless kind is "view". */
  readonly view: string;
}

export const SOURCE_ID_PATTERN = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** A tab's or a view's name, decoded: what Google allows as a title, with a bound. */
export const NAME_LENGTH_MAX = 200;

const EDITS_SUFFIX = "~edits";

/** encodeURIComponent leaves "~" alone, which separates `~edits` here. */
export function encodeNamePart(part: string): string {
  return encodeURIComponent(part).replaceAll("~", "%7E");
}

export function mirrorName(source: string, tab: string): string {
  return `${encodeNamePart(source)}/${encodeNamePart(tab)}`;
}

export const editsName = (mirror: string): string => mirror + EDITS_SUFFIX;
export const viewName = (mirror: string, view: string): string => `${mirror}@${encodeNamePart(view)}`;

export function formatDocumentName(name: DocumentName): string {
  const mirror = mirrorName(name.source, name.tab);
  if (name.kind === "edits") return editsName(mirror);
  return name.kind === "view" ? viewName(mirror, name.view) : mirror;
}

/** `why` is a sentence for the person who wrote the name. */
export interface BadDocumentName {
  readonly tag: "BadDocumentName";
  readonly why: string;
}

/**
 * Parses an encoded name. Accepts what a client that does not encode sends for harmless titles (a space, an
 * emoji); "/", "@", "~", "?", "#" and "%" inside a part must be encoded.
 */
export function parseDocumentName(encoded: string): Result<DocumentName, BadDocumentName> {
  const slash = encoded.indexOf("/");
  if (slash < 0) return bad(`"${encoded}" has no "/": a document is named {source}/{tab}`);
  const source = decode(encoded.slice(0, slash));
  let rest = encoded.slice(slash + 1);
  if (source === null || !SOURCE_ID_PATTERN.test(source)) {
    return bad(
      `"${encoded.slice(0, slash)}" is not a source id: use a to z, 0 to 9, "-" and "_", 64 at most`,
    );
  }
  let kind: DocumentName["kind"] = "mirror";
  let view: string | null = "";
  const at = rest.indexOf("@");
  if (rest.endsWith(EDITS_SUFFIX)) {
    kind = "edits";
    rest = rest.slice(0, -EDITS_SUFFIX.length);
  } else if (at >= 0) {
    kind = "view";
    view = decode(rest.slice(at + 1));
    rest = rest.slice(0, at);
    if (view === null || view === "" || view.length > NAME_LENGTH_MAX)
      return bad(`"${encoded}" names no view`);
  }
  if (/[/@~?#]/.test(rest)) return bad(`"${rest}" must be percent-encoded, as encodeURIComponent does`);
  const tab = decode(rest);
  if (tab === null || tab === "" || tab.length > NAME_LENGTH_MAX) return bad(`"${rest}" is not a tab's name`);
  return ok({ source, tab, kind, view });
}

function bad(why: string): Result<never, BadDocumentName> {
  return err({ tag: "BadDocumentName", why });
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
