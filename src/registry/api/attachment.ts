/** Content-Disposition of a download (RFC 6266): an old name in ASCII and the whole one. */
export function attachment(title: string, extension: string): string {
  // What no file system or header takes is left out; dots in front would hide the file.
  const clean =
    title
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Cf}"\\/:*?<>|%;]/gu, " ")
      .replaceAll(/\s+/g, " ")
      .replace(/^[.\s]+|[.\s]+$/g, "")
      .slice(0, NAME_CHARACTERS_MAX)
      .toWellFormed() || "download";
  const ascii =
    clean
      .normalize("NFKD")
      .replaceAll(/[^\x20-\x7e]/g, "")
      .trim() || "download";
  const encoded = encodeURIComponent(`${clean}.${extension}`).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}.${extension}"; filename*=UTF-8''${encoded}`;
}

const NAME_CHARACTERS_MAX = 120;
