import { useEffect, useId, useRef } from "preact/hooks";
import uPlot from "uplot";

export interface ChartLine {
  readonly name: string;
  /** A colour of the theme, by the name of its property. */
  readonly colour: "--good" | "--busy" | "--warn" | "--bad" | "--off";
  /** So that lines differ without their colours. */
  readonly dash?: readonly number[];
  readonly values: readonly (number | null)[];
}

const HEIGHT_PX = 160;
/** Rows of the table for who does not see the lines: the latest points. */
const TOLD = 10;

/** Lines over time, and the same as a table that is only heard. */
export function Chart(props: {
  title: string;
  times: readonly number[];
  lines: readonly ChartLine[];
  /** The height of the chart while all values are below. */
  least: number;
  /** Of a value, with its unit. */
  format: (value: number) => string;
}) {
  const { title, times, lines, format } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const id = useId();
  useEffect(() => {
    const element = host.current!;
    const made = new uPlot(options(element, props), dataOf(times, lines), element);
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    );
    observer.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = (): void => made.redraw();
    scheme.addEventListener("change", redraw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", redraw);
      made.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);
  return (
    <figure class="chart panel" aria-labelledby={id}>
      <figcaption id={id}>
        <h2>{title}</h2>
        <ul class="legend">
          {lines.map(({ name, colour, values, dash }) => (
            <li key={name}>
              <i class={`line ${dash ? "dashed" : ""} is${colour}`} aria-hidden="true" />
              {name} <strong>{lastOf(values, format)}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={host} class="plot" aria-hidden="true" />
      <table class="for-readers">
        <caption>{title}, the latest values</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.slice(-TOLD).map((atS, index) => (
            <tr key={atS}>
              <th scope="row">{new Date(atS * 1000).toLocaleTimeString()}</th>
              {lines.map(({ name, values }) => {
                const value = values[Math.max(0, times.length - TOLD) + index] ?? null;
                return <td key={name}>{value === null ? "none" : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function options(
  element: HTMLElement,
  { lines, format, least }: { lines: readonly ChartLine[]; format: (value: number) => string; least: number },
): uPlot.Options {
  const themed = (name: string): string => getComputedStyle(element).getPropertyValue(name);
  const axis = { stroke: () => themed("--ink-soft"), grid: { stroke: () => themed("--line"), width: 1 } };
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(max, least) * 1.1] } },
    axes: [
      { ...axis, ticks: { show: false }, space: 90, values: (_, ticks) => ticks.map(timeOfDay) },
      { ...axis, ticks: { show: false }, size: 70, values: (_, ticks) => ticks.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ name, colour, dash }) => ({
        label: name,
        stroke: () => themed(colour),
        width: 2,
        spanGaps: true,
        points: { show: false },
        ...(dash && { dash: [...dash] }),
      })),
    ],
  };
}

const timeOfDay = (atS: number): string =>
  new Date(atS * 1000).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });

function dataOf(times: readonly number[], lines: readonly ChartLine[]): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
}

function lastOf(values: readonly (number | null)[], format: (value: number) => string): string {
  const last = values.findLast((value) => value !== null);
  return last == null ? "none yet" : format(last);
}
