import type { ReactNode } from "react";
import { found, type SortValue, sorted } from "../arranged.ts";
import { DEFINITIONS, type DefinitionName } from "../definitions.ts";
import { formatCount } from "../format.ts";
import { useFilter } from "../use-place.ts";
import { Hint } from "./hint.tsx";
import { SearchField } from "./search-field.tsx";
import { Term } from "./term.tsx";
import { VirtualRows } from "./virtual-rows.tsx";

/** One column: its head, and what it shows of a row. */
export interface Column<Row> {
  readonly head: string;
  /** What its head means, where the word does not say it itself. */
  readonly meaning?: DefinitionName | undefined;
  readonly isNumber?: boolean;
  /** A short name, which is not cut in two. */
  readonly isWord?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** What rows are ordered by when its head is clicked; without it they are not. */
  readonly sortBy?: (row: Row) => SortValue;
}

interface Props<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string | number;
  /** Its name in the address, where it may be searched and ordered; one of its own on a page. */
  readonly name?: string;
  /** What of a row is searched; without it there is no search. */
  readonly textOf?: (row: Row) => string;
}

const VIRTUAL_FROM = 100;
const SEARCH_FROM = 6;

/**
 * A plain table; on a narrow screen each row is a list of heads and values. Of many rows only those
 * on the screen are drawn.
 */
export function DataTable<Row>(props: Props<Row>) {
  const { label, columns, rows, keyOf, name = "table", textOf } = props;
  const [text, search] = useFilter(`${name}.find`);
  const [order, reorder] = useFilter(`${name}.sort`);
  const shown = arrange(textOf ? found(rows, text, textOf) : rows, columns, order);
  const draw = (row: Row) =>
    columns.map(({ head, isNumber, isWord, cell }) => (
      <td
        key={head}
        className={isNumber ? "number" : isWord ? "word" : undefined}
        data-label={head}
      >
        <div>{cell(row)}</div>
      </td>
    ));
  return (
    <>
      {textOf && (rows.length >= SEARCH_FROM || text !== "") && (
        <SearchField label={`Find in: ${label}`} value={text} onChange={search}>
          {text !== "" && `${formatCount(shown.length)} of ${formatCount(rows.length)}`}
        </SearchField>
      )}
      <div className="table-frame">
        <table className="data" aria-label={label} aria-rowcount={shown.length + 1}>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.head} column={column} order={order} onOrder={reorder} />
              ))}
            </tr>
          </thead>
          {shown.length > VIRTUAL_FROM ? (
            <VirtualRows rows={shown} keyOf={keyOf} draw={draw} columnCount={columns.length} />
          ) : (
            <tbody>
              {shown.map((row, index) => (
                <tr key={keyOf(row, index)}>{draw(row)}</tr>
              ))}
            </tbody>
          )}
        </table>
      </div>
    </>
  );
}

/** Rows as the address has them: `Events` orders by that column, `-Events` the other way. */
function arrange<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: string,
): readonly Row[] {
  const sortBy = columns.find(({ head }) => head === order.replace(/^-/, ""))?.sortBy;
  return sortBy ? sorted(rows, sortBy, order.startsWith("-")) : rows;
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly order: string;
  readonly onOrder: (order: string) => void;
}

function Head<Row>({ column, order, onOrder }: HeadProps<Row>) {
  const { head, meaning, isNumber, sortBy } = column;
  const className = isNumber ? "number" : undefined;
  if (!sortBy) {
    return (
      <th scope="col" className={className}>
        {meaning ? <Term name={meaning}>{head}</Term> : head}
      </th>
    );
  }
  const way = order === head ? "ascending" : order === `-${head}` ? "descending" : "none";
  // Numbers and instants: the greatest first; a third click is as it came.
  const [first, second] = isNumber ? [`-${head}`, head] : [head, `-${head}`];
  const next = order === first ? second : order === second ? "" : first;
  return (
    <th scope="col" className={className} aria-sort={way} aria-label={head}>
      <button type="button" className="sort" onClick={() => onOrder(next)}>
        {head}
        <span aria-hidden="true" className="sort-mark">
          {way === "ascending" ? "↑" : way === "descending" ? "↓" : "↕"}
        </span>
      </button>
      {meaning && (
        <Hint text={DEFINITIONS[meaning].meaning} className="ask">
          <span aria-hidden="true">?</span>
          <span className="unseen">What is meant by {head}</span>
        </Hint>
      )}
    </th>
  );
}
