/** A quoted ETag from parts that may hold any character. */
export function etagOf(...parts: readonly string[]): string {
  return `"${parts.map(encodeURIComponent).join(".")}"`;
}

/** Whether an If-None-Match header names `etag` (RFC 9110, 13.1.2: compared weakly). */
export function matchesEtag(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === etag);
}
