import { useId, useState } from "preact/hooks";
import { CopyButton } from "./copy-button.tsx";

/** The same act for programs: with the SDK, with curl, with the command line. */
export interface Samples {
  readonly sdk?: string;
  readonly curl?: string;
  readonly cli?: string;
}

const NAMES = { sdk: "SDK", curl: "curl", cli: "Command line" } as const;
type Kind = keyof typeof NAMES;

/** Shows how a page's act is done in code; closed until asked for. */
export function CodeSample({ title = "In code", samples }: { title?: string; samples: Samples }) {
  const kinds = (Object.keys(NAMES) as Kind[]).filter((kind) => samples[kind] !== undefined);
  const [picked, setPicked] = useState<Kind>(kinds[0]!);
  const id = useId();
  const code = samples[picked] ?? "";
  return (
    <details class="code-sample">
      <summary>{title}</summary>
      <div class="code-kinds" role="tablist" aria-label={title}>
        {kinds.map((kind) => (
          <button
            key={kind}
            type="button"
            role="tab"
            class="small"
            aria-selected={kind === picked}
            aria-controls={id}
            onClick={() => setPicked(kind)}
          >
            {NAMES[kind]}
          </button>
        ))}
        <CopyButton text={code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <pre id={id} role="tabpanel" aria-label={NAMES[picked]} tabIndex={0}>
        <code>{code}</code>
      </pre>
    </details>
  );
}

/** The head of every curl sample: the token never stands in the code. */
export const CURL = 'curl -H "Authorization: Bearer $SHEETWIRE_TOKEN"';

export function sdkHead(origin: string): string {
  return `import { connect } from "@sheetwire/client";\n\nconst sheetwire = connect({ url: "${origin}", token });`;
}
