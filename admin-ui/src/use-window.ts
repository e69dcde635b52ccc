import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** Which of many rows are near the screen, and what room the others take. */
export interface RowWindow {
  /** Where the rows begin. */
  readonly start: RefObject<HTMLTableSectionElement | null>;
  readonly drawn: readonly { readonly index: number; readonly key: string }[];
  /** Room in px above and below those that are drawn. */
  readonly above: number;
  readonly below: number;
  /** Takes each row that is drawn, to learn how high it is; it says its index as `data-index`. */
  readonly measure: (row: Element | null) => void;
}

/** Says which rows of a table to draw as the page is scrolled. */
export function useRowWindow(
  count: number,
  { usualPx, gapPx = 0 }: { readonly usualPx: number; readonly gapPx?: number },
  keyOf: (index: number) => string | number,
): RowWindow {
  const start = useRef<HTMLTableSectionElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => {
    setScrollMargin((start.current?.getBoundingClientRect().top ?? 0) + scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => usualPx,
    gap: gapPx,
    getItemKey: keyOf,
    overscan: 10,
    scrollMargin,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.start ?? scrollMargin;
  const last = items.at(-1)?.end ?? scrollMargin;
  return {
    start,
    drawn: items.map(({ index, key }) => ({ index, key: String(key) })),
    above: first - scrollMargin,
    below: virtualizer.getTotalSize() - (last - scrollMargin),
    measure: virtualizer.measureElement,
  };
}
