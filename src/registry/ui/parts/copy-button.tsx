import { useEffect, useState } from "preact/hooks";

/** Copies `text`; only where the browser lets a page do so. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => setCopied(false), [text]);
  if (!navigator.clipboard) return null;
  return (
    <button
      type="button"
      class="small copy"
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <span aria-live="polite">{copied ? "Copied" : label}</span>
    </button>
  );
}
