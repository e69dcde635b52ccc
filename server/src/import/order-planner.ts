import { readQuantity } from "./cells.ts";
import type { Columns } from "./columns.ts";
import type { OrdersMapping } from "./mapping.ts";
import { readOrderLine } from "./order-line.ts";
import { type Planned, type Planner, rejection } from "./plan.ts";
import { type OrderRefusal, planOrder, refuseRow } from "./plan-order.ts";
import { SeenKeys } from "./seen-keys.ts";
import type { SourceRow } from "./source-rows.ts";

const linesMax = 1_000;
const sizeMax = 4 * 1024 * 1024;

interface OpenOrder {
  readonly orderId: string;
  readonly rows: SourceRow[];
  size: number;
  /** Why the whole order is refused, whatever its rows say. */
  refusal: OrderRefusal | null;
}

/**
 * Gathers the rows of an order, which stand together in the file, and makes them one order.
 *
 * An order is one fact: when one of its rows cannot be used, none of them is.
 */
export class OrderPlanner implements Planner {
  readonly #columns: Columns;
  readonly #mapping: OrdersMapping;
  readonly #scattered: SeenKeys;
  #open: OpenOrder | null = null;
  #stray: SourceRow | null = null;

  /** `scattered` knows the order ids whose rows do not stand together. */
  constructor(columns: Columns, mapping: OrdersMapping, scattered: SeenKeys) {
    this.#columns = columns;
    this.#mapping = mapping;
    this.#scattered = scattered;
  }

  /** Takes the next row; gives the order before it once that is complete. */
  take(row: SourceRow): Planned[] {
    const orderId = this.#columns.textOf(row, "orderId");
    if (isStray(row, orderId)) return this.#takeStray(row, orderId);
    if (this.#open?.orderId === orderId) return this.#add(this.#open, row);

    const complete = this.#close();
    const open = this.#begin(orderId);
    this.#open = open;
    return [...complete, ...this.#add(open, row)];
  }

  /** Gives the last order. */
  end(): Planned[] {
    const complete = this.#close();
    this.#open = null;
    return complete;
  }

  /** A row that does not say whose it is goes, and the order it stands in goes with it. */
  #takeStray(row: SourceRow, orderId: string): Planned[] {
    if (this.#open && this.#open.orderId === orderId) this.#open.refusal ??= unreadable(row);
    else this.#stray = row;
    const cause = row.problem ?? `${this.#columns.nameOf("orderId")} is blank`;
    return [rejection(row, cause, this.#unitsOf(row))];
  }

  #begin(orderId: string): OpenOrder {
    const stray = this.#stray;
    this.#stray = null;
    const isStrays = stray !== null && this.#columns.textOf(stray, "orderId") === orderId;
    return { orderId, rows: [], size: 0, refusal: isStrays ? unreadable(stray) : null };
  }

  #add(open: OpenOrder, row: SourceRow): Planned[] {
    if (this.#stray) open.refusal ??= unreadable(this.#stray);
    this.#stray = null;
    open.rows.push(row);
    open.size += row.size;
    if (open.rows.length <= linesMax && open.size <= sizeMax) return [];

    // A giant order is refused piece by piece, so that it is never held whole.
    const cause = `the order has more than ${linesMax} lines or 4 MB of text`;
    open.refusal = { cause, row: null };
    return this.#refuseRows(open, open.refusal);
  }

  #close(): Planned[] {
    const open = this.#open;
    if (!open || open.rows.length === 0) return [];
    if (this.#scattered.rowOf(open.orderId) !== null)
      open.refusal ??= { cause: "the rows of the order do not stand together", row: null };
    if (open.refusal !== null) return this.#refuseRows(open, open.refusal);

    const lines = open.rows.map((row) => readOrderLine(row, this.#columns, this.#mapping));
    return planOrder(open.orderId, lines, this.#columns, this.#mapping);
  }

  #refuseRows(open: OpenOrder, refusal: OrderRefusal): Planned[] {
    return open.rows.splice(0).map((row) => refuseRow(row, refusal, this.#unitsOf(row)));
  }

  #unitsOf(row: SourceRow): number {
    const quantity = readQuantity("qty", this.#columns.textOf(row, "qty"));
    return quantity.ok && row.problem === null ? quantity.value : 0;
  }
}

/**
 * The order ids of a file whose rows do not stand together. They are looked for before anything is
 * sent: when the second part of an order is met, the first one would be placed already.
 */
export async function scatteredOrders(
  rows: AsyncIterable<SourceRow> | Iterable<SourceRow>,
  columns: Columns,
): Promise<SeenKeys> {
  const seen = new SeenKeys();
  const scattered = new SeenKeys();
  let open: string | null = null;
  for await (const row of rows) {
    const orderId = columns.textOf(row, "orderId");
    if (isStray(row, orderId) || orderId === open) continue;
    if (seen.add(orderId, row.row) !== null) scattered.add(orderId, row.row);
    open = orderId;
  }
  return scattered;
}

function isStray(row: SourceRow, orderId: string): boolean {
  return orderId === "" || row.problem !== null;
}

function unreadable(row: SourceRow): OrderRefusal {
  return { cause: "a row that cannot be read stands in the order", row: row.row };
}
