/** The part of the grid that is in view, by @tanstack/virtual-core. */
import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useReducer, useState } from "preact/hooks";
import type { RowId } from "../../../../client-sdk/src/index.ts";
import { type ScrollScale, scrollScale } from "./scroll-scale.ts";
import type { GridColumn } from "./widths.ts";

export const ROW_PX = 34;
export const HEADER_PX = 38;

type Options = VirtualizerOptions<HTMLElement, HTMLElement>;
type Instance = Virtualizer<HTMLElement, HTMLElement>;

/** What is fixed around the scrolled cells: the header above, the row numbers on the left. */
interface Frame {
  readonly topPx: number;
  readonly leftPx: number;
}

export interface GridWindow {
  readonly rows: Instance;
  readonly columns: Instance;
  readonly scale: ScrollScale;
  /** Size of the part that shows cells. */
  viewport(): { readonly width: number; readonly height: number };
}

export function useGridWindow(
  scroller: RefObject<HTMLElement | null>,
  rowIds: readonly RowId[],
  gridColumns: readonly GridColumn[],
  pinned: { readonly row: number; readonly column: number },
  frame: Frame,
): GridWindow {
  const viewport = (): { width: number; height: number } => ({
    width: Math.max(0, (scroller.current?.clientWidth ?? 0) - frame.leftPx),
    height: Math.max(0, (scroller.current?.clientHeight ?? 0) - frame.topPx),
  });
  const scale = scrollScale(rowIds.length * ROW_PX, viewport().height);
  const rowKey = useMemo(() => (index: number) => rowIds[index] ?? `gone-${index}`, [rowIds]);
  const columnKey = useMemo(
    () => (index: number) => gridColumns[index]?.column.slot ?? `gone-${index}`,
    [gridColumns],
  );
  const common = {
    getScrollElement: () => scroller.current,
    scrollToFn: elementScroll,
    observeElementRect: observeInner(viewport),
  };
  const rows = useVirtualizer({
    ...common,
    count: rowIds.length,
    estimateSize: () => ROW_PX,
    getItemKey: rowKey,
    overscan: 10,
    observeElementOffset: scale.factor === 1 ? observeElementOffset : observeStretched(scale),
    rangeExtractor: (range) => pin(defaultRangeExtractor(range), pinned.row, range.count),
  });
  const columns = useVirtualizer({
    ...common,
    horizontal: true,
    count: gridColumns.length,
    estimateSize: (index) => gridColumns[index]?.widthPx ?? 0,
    getItemKey: columnKey,
    overscan: 3,
    observeElementOffset,
    rangeExtractor: (range) => pin(defaultRangeExtractor(range), pinned.column, range.count),
  });
  // Widths are taken once; other widths are another layout.
  useLayoutEffect(() => columns.measure(), [columns, gridColumns]);
  return { rows, columns, scale, viewport };
}

function useVirtualizer(options: Options): Instance {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const resolved: Options = { ...options, onChange: () => render(undefined as never) };
  const [instance] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(resolved));
  instance.setOptions(resolved);
  useLayoutEffect(() => instance._didMount(), [instance]);
  useLayoutEffect(() => instance._willUpdate());
  return instance;
}

/** The focused row or column stays drawn wherever the view is: its element holds the keyboard's focus. */
function pin(indexes: number[], index: number, count: number): number[] {
  if (index < 0 || index >= count || indexes.includes(index)) return indexes;
  return [...indexes, index].sort((a, b) => a - b);
}

function observeInner(viewport: () => { width: number; height: number }): Options["observeElementRect"] {
  return (instance, report) => {
    const element = instance.scrollElement;
    if (!element) return;
    const observer = new ResizeObserver(() => report(viewport()));
    observer.observe(element);
    report(viewport());
    return () => observer.disconnect();
  };
}

function observeStretched(scale: ScrollScale): Options["observeElementOffset"] {
  return (instance, report) => {
    const element = instance.scrollElement;
    if (!element) return;
    const onScroll = (): void => report(element.scrollTop * scale.factor, false);
    element.addEventListener("scroll", onScroll, { passive: true });
    onScroll();
    return () => element.removeEventListener("scroll", onScroll);
  };
}
