import type { ComponentChildren } from "preact";
import type { Tone } from "./words.ts";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {children}
    </svg>
  );
}

/** Each tone has a shape of its own: colour never stands alone. */
export function ToneIcon({ tone }: { tone: Tone }) {
  return <Icon>{TONES[tone]}</Icon>;
}

const TONES: Readonly<Record<Tone, ComponentChildren>> = {
  good: <circle cx="8" cy="8" r="3.6" fill="currentColor" stroke="none" />,
  busy: <path d="M8 3a5 5 0 1 1-5 5" class="turning" />,
  warn: <path d="M8 2.8 14 13H2L8 2.8ZM8 6.8v2.7M8 11.2v.1" />,
  bad: (
    <>
      <circle cx="8" cy="8" r="5.6" />
      <path d="m6 6 4 4m0-4-4 4" />
    </>
  ),
  off: <path d="M6 4v8M10 4v8" />,
};

export const PlusIcon = () => (
  <Icon>
    <path d="M8 3v10M3 8h10" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M10 3 5 8l5 5" />
  </Icon>
);

export const OutIcon = () => (
  <Icon>
    <path d="M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3 7.5 8.5" />
  </Icon>
);

export function Wordmark() {
  return (
    <span class="wordmark">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect x="2" y="4" width="28" height="24" rx="6" class="mark-ground" />
        <path d="M2 13h28M12 4v24" class="mark-lines" />
        <path d="M15 21h3.2l1.9-4 2.3 6.5 1.5-2.5H28" class="mark-wire" />
      </svg>
      Sheetwire
    </span>
  );
}
