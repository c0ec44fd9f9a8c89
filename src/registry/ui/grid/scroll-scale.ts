/**
 * Browsers end at a height: Firefox breaks at 17.9 million pixels, Chromium at 33.5 million. A taller list gets a
 * scrollbar of `HEIGHT_MAX_PX`, and its offsets are stretched to the list's own.
 */
export interface ScrollScale {
  /** Height of the element that is scrolled. */
  readonly heightPx: number;
  /** How far the list moves for one pixel of the scrollbar; 1 unless the list is too tall. */
  readonly factor: number;
}

export const HEIGHT_MAX_PX = 15_000_000;

export function scrollScale(listPx: number, viewportPx: number): ScrollScale {
  if (listPx <= HEIGHT_MAX_PX) return { heightPx: listPx, factor: 1 };
  return { heightPx: HEIGHT_MAX_PX, factor: (listPx - viewportPx) / (HEIGHT_MAX_PX - viewportPx) };
}

/** Where an item of the list stands in the scrolled element while that is scrolled by `scrollTop`. */
export function itemTop(scale: ScrollScale, start: number, scrollTop: number): number {
  return scale.factor === 1 ? start : start - scrollTop * scale.factor + scrollTop;
}
