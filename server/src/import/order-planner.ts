import { readQuantity } from "./cells.ts";
import type { Columns } from "./columns.ts";
import type { OrdersMapping } from "./mapping.ts";
import { readOrderLine } from "./order-line.ts";
import { type Planned, type Planner, rejection } from "./plan.ts";
import { type OrderRefusal, planOrder, refuseRow } from "./plan-order.ts";
import { SeenKeys } from "./seen-keys.ts";
import type { SourceRow } from "./source-rows.ts";
import { type OpenOrder, WaitingOrders } from "./waiting-orders.ts";

const linesMax = 2_000;
const sizeMax = 4 * 1024 * 1024;

/** Makes something of the rows of one order. */
export interface OrderReader {
  plan(orderId: string, rows: readonly SourceRow[]): Planned[];
  /** The pieces that a row states, so that rejected ones add up too. */
  unitsOf(row: SourceRow): number;
}

/** How a mapping wants the rows of an order to be gathered. */
export type GatheringRules = Pick<OrdersMapping, "rowsOfAnOrder" | "whenLineRefused">;

/**
 * Gathers the rows of an order and makes them one order. They stand together in the file, unless
 * its mapping says that they may stand anywhere: then an order is planned once its last row is met.
 *
 * An order is one fact: when one of its rows cannot be used, none of them is, unless the mapping
 * leaves such lines out.
 */
export class OrderPlanner implements Planner {
  readonly #columns: Columns;
  readonly #rules: GatheringRules;
  readonly #scattered: SeenKeys;
  readonly #reader: OrderReader;
  readonly #waiting = new WaitingOrders();
  #open: OpenOrder | null = null;
  #stray: SourceRow | null = null;

  /** `scattered` knows the last row of each order whose rows do not stand together. */
  constructor(
    columns: Columns,
    rules: GatheringRules,
    { scattered, reader }: { scattered: SeenKeys; reader: OrderReader },
  ) {
    this.#columns = columns;
    this.#rules = rules;
    this.#scattered = scattered;
    this.#reader = reader;
  }

  /** Takes the next row; gives the order before it once that is complete. */
  take(row: SourceRow): Planned[] {
    const orderId = this.#columns.textOf(row, "orderId");
    if (isStray(row, orderId)) return this.#takeStray(row, orderId);
    if (this.#open?.orderId === orderId) return this.#add(this.#open, row);

    const complete = this.#leave();
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

  openSince(): number | null {
    const first = Math.min(this.#open?.rows[0]?.row ?? Infinity, this.#waiting.firstRow());
    return first === Infinity ? null : first;
  }

  /** The next order begins; the open one is over, unless more of its rows are still to come. */
  #leave(): Planned[] {
    const open = this.#open;
    if (!open || !this.#isAnywhere || open.lastRow >= (this.#scattered.rowOf(open.orderId) ?? 0))
      return this.#close();

    if (!this.#waiting.hasRoomFor(open)) open.refusal ??= { cause: tooScattered, row: null };
    const refused = open.refusal ? this.#refuseRows(open, open.refusal) : [];
    this.#waiting.add(open);
    return refused;
  }

  get #isAnywhere(): boolean {
    return this.#rules.rowsOfAnOrder === "anywhere";
  }

  /** A row that does not say whose it is goes, and the order it stands in goes with it. */
  #takeStray(row: SourceRow, orderId: string): Planned[] {
    const own = this.#open?.orderId === orderId ? this.#open : this.#waiting.get(orderId);
    if (own) this.#refuseFor(row, own);
    else this.#stray = row;
    const cause = row.problem ?? `${this.#columns.nameOf("orderId")} is blank`;
    return [rejection(row, cause, this.#unitsOf(row))];
  }

  #begin(orderId: string): OpenOrder {
    const stray = this.#stray;
    this.#stray = null;
    const begun = { orderId, rows: [], size: 0, lastRow: 0, refusal: null };
    const open = this.#waiting.take(orderId) ?? begun;
    if (stray && this.#columns.textOf(stray, "orderId") === orderId) this.#refuseFor(stray, open);
    return open;
  }

  #refuseFor(stray: SourceRow, open: OpenOrder): void {
    if (this.#rules.whenLineRefused === "refuse-order") open.refusal ??= unreadable(stray);
  }

  #add(open: OpenOrder, row: SourceRow): Planned[] {
    if (this.#stray) this.#refuseFor(this.#stray, open);
    this.#stray = null;
    open.rows.push(row);
    open.size += row.size;
    open.lastRow = row.row;
    if (open.rows.length <= linesMax && open.size <= sizeMax) return [];

    // A giant order is refused piece by piece, so that it is never held whole.
    const cause = `the order has more than ${linesMax} lines or 4 MB of text`;
    open.refusal = { cause, row: null };
    return this.#refuseRows(open, open.refusal);
  }

  #close(): Planned[] {
    const open = this.#open;
    if (!open || open.rows.length === 0) return [];
    if (!this.#isAnywhere && this.#scattered.rowOf(open.orderId) !== null)
      open.refusal ??= { cause: "the rows of the order do not stand together", row: null };
    if (open.refusal !== null) return this.#refuseRows(open, open.refusal);

    return this.#reader.plan(open.orderId, open.rows);
  }

  #refuseRows(open: OpenOrder, refusal: OrderRefusal): Planned[] {
    open.size = 0;
    return open.rows.splice(0).map((row) => refuseRow(row, refusal, this.#unitsOf(row)));
  }

  #unitsOf(row: SourceRow): number {
    return this.#reader.unitsOf(row);
  }
}

/** Reads the rows of an export of orders, each of them an order line. */
export function orderLines(columns: Columns, mapping: OrdersMapping): OrderReader {
  return {
    plan(orderId, rows) {
      const lines = rows.map((row) => readOrderLine(row, columns, mapping));
      return planOrder(orderId, lines, columns, mapping);
    },
    unitsOf(row) {
      const quantity = readQuantity("qty", columns.textOf(row, "qty"));
      return quantity.ok && row.problem === null ? quantity.value : 0;
    },
  };
}

const tooScattered = "so many orders stand scattered that they cannot be gathered: sort the file";

/**
 * The order ids of a file whose rows do not stand together, each with its last row. They are looked
 * for before anything is sent: when the second part of an order is met, the first one would be
 * placed already.
 */
export async function scatteredOrders(
  rows: AsyncIterable<SourceRow> | Iterable<SourceRow>,
  columns: Columns,
): Promise<SeenKeys> {
  const seen = new SeenKeys();
  const scattered = new SeenKeys();
  let open: string | null = null;
  let isScattered = false;
  for await (const row of rows) {
    const orderId = columns.textOf(row, "orderId");
    if (isStray(row, orderId)) continue;
    if (orderId !== open) isScattered = seen.add(orderId, row.row) !== null;
    if (isScattered) scattered.move(orderId, row.row);
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
