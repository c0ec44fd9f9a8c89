/** Reads the Prometheus text format (version 0.0.4), as far as the daemon writes it. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

export function parseMetrics(text: string): readonly Series[] {
  return text.split("\n").flatMap((line) => {
    const match = line.startsWith("#") ? null : LINE.exec(line);
    if (!match) return [];
    const [, name, labels = "", value] = match;
    return { name: name!, labels: parseLabels(labels), value: Number(value!.replace("+Inf", "Infinity")) };
  });
}

function parseLabels(text: string): Record<string, string> {
  const unescaped = (value: string): string =>
    value.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
  return Object.fromEntries([...text.matchAll(LABEL)].map(([, name, value]) => [name!, unescaped(value!)]));
}

/** The sum of all series of the name whose labels are as asked. */
export function total(
  series: readonly Series[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return series
    .filter(
      (each) =>
        each.name === `sheetwire_${name}` &&
        Object.entries(labels).every(([label, value]) => each.labels[label] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
