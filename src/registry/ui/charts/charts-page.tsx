import { useEffect, useMemo, useState } from "preact/hooks";
import { CodeSample, CURL } from "../parts/code-sample.tsx";
import { Alert } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { refusalWords } from "../parts/words.ts";
import type { Api } from "../rest/api.ts";
import { Chart, type ChartLine } from "./chart.tsx";
import { parseMetrics } from "./metrics-text.ts";
import { noteLook, type Sample, type SamplesHolder } from "./samples.ts";

const LOOK_MS = 2000;

/** How the daemon fares while one looks: connections, changes, polls, quota, bytes. */
export function ChartsPage({ api, holder }: { api: Api; holder: SamplesHolder }) {
  const { samples, message } = useSamples(api, holder);
  const charts = useMemo(() => chartsOf(samples), [samples]);
  const times = useMemo(() => samples.map(({ atS }) => atS), [samples]);
  return (
    <Page title="Charts" about="From /metrics, every two seconds while this page is open." wide>
      <Alert>{message}</Alert>
      {samples.length === 0 && message === "" && <p class="quiet">The first point takes a few seconds ...</p>}
      {samples.length > 0 && (
        <div class="charts">
          {charts.map((chart) => (
            <Chart key={chart.title} times={times} {...chart} />
          ))}
        </div>
      )}
      <CodeSample samples={{ curl: `${CURL} ${location.origin}/metrics` }} />
    </Page>
  );
}

function useSamples(api: Api, holder: SamplesHolder): { samples: readonly Sample[]; message: string } {
  const [samples, setSamples] = useState(holder.samples);
  const [message, setMessage] = useState("");
  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const answer = document.visibilityState === "visible" ? await api.metrics() : null;
      if (ended) return;
      if (answer?.ok) {
        noteLook(holder, { atMs: Date.now(), series: parseMetrics(answer.value) });
        setMessage("");
        setSamples(holder.samples);
      } else if (answer) setMessage(refusalWords(answer.error));
      timer = setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [api, holder]);
  return { samples, message };
}

interface ChartParts {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly least: number;
  readonly format: (value: number) => string;
}

function chartsOf(samples: readonly Sample[]): readonly ChartParts[] {
  const of = (pick: (sample: Sample) => number | null): readonly (number | null)[] => samples.map(pick);
  const plain = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 1 });
  return [
    {
      title: "From sheet to clients",
      lines: [
        { name: "poll to durable", colour: "--good", values: of(({ propagationMs }) => propagationMs) },
      ],
      least: 50,
      format: (value) => `${Math.round(value)} ms`,
    },
    {
      title: "Connections",
      lines: [{ name: "open", colour: "--busy", values: of(({ connections }) => connections) }],
      least: 4,
      format: plain,
    },
    {
      title: "Polls a minute",
      lines: [
        { name: "without a change", colour: "--off", dash: [2, 3], values: of(({ unchanged }) => unchanged) },
        { name: "with a change", colour: "--good", values: of(({ changed }) => changed) },
        { name: "failed", colour: "--bad", dash: [8, 4], values: of(({ failed }) => failed) },
      ],
      least: 4,
      format: plain,
    },
    {
      title: "Read quota used",
      lines: [{ name: "busiest account", colour: "--warn", values: of(({ quotaPercent }) => quotaPercent) }],
      least: 100,
      format: (value) => `${Math.round(value)} %`,
    },
    {
      title: "Bytes a second",
      lines: [
        { name: "sent", colour: "--good", values: of(({ sent }) => sent) },
        {
          name: "had each change sent its whole tab (about)",
          colour: "--off",
          dash: [2, 3],
          values: of(({ whole }) => whole),
        },
      ],
      least: 1000,
      format: byteWords,
    },
  ];
}

export function byteWords(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
