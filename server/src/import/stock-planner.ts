import { readQuantity } from "./cells.ts";
import type { Columns } from "./columns.ts";
import { derivedCommandId } from "./derived-command-id.ts";
import type { StockMapping } from "./mapping.ts";
import {
  type Planned,
  type PlannedRejection,
  type Planner,
  plannedVariant,
  type RowNote,
  rejection,
} from "./plan.ts";
import { SeenKeys } from "./seen-keys.ts";
import type { SourceRow } from "./source-rows.ts";
import { readVariant } from "./variant-facts.ts";

/**
 * Makes each stock row a variant and, when there are pieces, the one opening batch of its SKU.
 *
 * A snapshot says how many pieces there are, not when they came: so a SKU has exactly one opening
 * batch. A second count of a SKU is refused, because the file cannot say which of the two is right.
 */
export class StockPlanner implements Planner {
  readonly #columns: Columns;
  readonly #mapping: StockMapping;
  readonly #batches = new SeenKeys();

  constructor(columns: Columns, mapping: StockMapping) {
    this.#columns = columns;
    this.#mapping = mapping;
  }

  /** Takes one stock row. */
  take(row: SourceRow): Planned[] {
    if (row.problem) return [rejection(row, row.problem, 0)];
    const quantity = readQuantity(this.#columns.nameOf("qty"), this.#columns.textOf(row, "qty"));
    const units = quantity.ok ? quantity.value : 0;
    const { facts, causes, notes } = readVariant(row, this.#columns, this.#mapping);
    const wrong = quantity.ok ? causes : [...causes, quantity.cause];
    if (wrong.length > 0) return [rejection(row, wrong.join("; "), units)];

    const countedAt = this.#batches.rowOf(facts.sku);
    if (countedAt !== null) return [countedTwice(row, countedAt, units)];
    if (units > 0) this.#batches.add(facts.sku, row.row);

    const noted = units > 0 ? notes : [...notes, "no pieces: the variant has no opening batch"];
    return [
      {
        kind: "stock",
        rows: [row],
        units,
        notes: noted.map((cause): RowNote => ({ row, cause, reason: cause })),
        variants: [plannedVariant(this.#mapping.name, facts)],
        batch: units > 0 ? this.#openingBatch(facts.sku, units) : null,
      },
    ];
  }

  /** Nothing stays open: a stock row stands for itself. */
  end(): Planned[] {
    return [];
  }

  #openingBatch(sku: string, qty: number) {
    const { warehouse } = this.#mapping.constants;
    return {
      commandId: derivedCommandId(this.#mapping.name, "addBatch", sku),
      input: { ref: `opening/${sku}`, sku, qty, ...(warehouse ? { warehouse } : {}) },
    };
  }
}

function countedTwice(row: SourceRow, countedAt: number, units: number): PlannedRejection {
  const cause = "the SKU is counted twice in this file";
  return rejection(row, cause, units, `${cause}: its opening batch is from row ${countedAt}`);
}
