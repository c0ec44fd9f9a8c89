import { ToneIcon } from "./icons.tsx";
import type { Tone } from "./words.ts";

/** A state in an icon and a word. */
export function Badge({ tone, children, title }: { tone: Tone; children: string; title?: string }) {
  return (
    <span class={`badge tone-${tone}`} title={title}>
      <ToneIcon tone={tone} />
      {children}
    </span>
  );
}
