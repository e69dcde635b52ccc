import type { ReactNode } from "react";
import { useRowWindow } from "../use-window.ts";
import { Room } from "./room.tsx";

interface Props<Row> {
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string | number;
  readonly draw: (row: Row) => ReactNode;
  readonly columnCount: number;
}

const USUAL_PX = 38;

/** The body of a table with many rows: those on the screen, and the room that the others take. */
export function VirtualRows<Row>({ rows, keyOf, draw, columnCount }: Props<Row>) {
  const { start, drawn, above, below, measure } = useRowWindow(
    rows.length,
    { usualPx: USUAL_PX },
    (index) => keyOf(rows[index] as Row, index),
  );
  return (
    <tbody ref={start}>
      <Room height={above} columnCount={columnCount} />
      {drawn.map(({ index, key }) => (
        <tr key={key} ref={measure} data-index={index} aria-rowindex={index + 2}>
          {draw(rows[index] as Row)}
        </tr>
      ))}
      <Room height={below} columnCount={columnCount} />
    </tbody>
  );
}
