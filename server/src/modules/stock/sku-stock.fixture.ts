import { Allocation } from "./allocation.ts";
import { Batch } from "./batch.ts";
import { SkuStock } from "./sku-stock.ts";
import type { LineToAllocate } from "./wanted.ts";

const key = { tenant: "t", warehouse: "main", sku: "TEE", grade: "N" };
const longAgo = new Date("2026-01-01T00:00:00Z");

/** A day of March 2026. */
export const march = (day: number) => new Date(Date.UTC(2026, 2, day));

/** A batch as a test tells it; without `eta` or with `receivedAt` it is in the house. */
export interface BatchTold {
  readonly ref: string;
  readonly qty: number;
  readonly eta?: Date;
  readonly receivedAt?: Date;
  /** Pieces promised to lines that this command has not loaded. */
  readonly promised?: number;
}

/** An allocation as a test tells it: of one piece, with nothing special about it. */
export interface AllocationTold {
  readonly order: string;
  readonly batch: string;
  readonly line?: number;
  readonly qty?: number;
  readonly priority?: number;
  readonly shipBy?: Date;
}

/** Stock with these batches and allocations, each older than the next, as the database has them. */
export function aStock(told: {
  batches?: readonly BatchTold[];
  allocations?: readonly AllocationTold[];
}): SkuStock {
  const stock = Object.assign(SkuStock.empty(key), { version: 1 });
  stock.allocations = (told.allocations ?? []).map(
    ({ order, batch, line = 1, qty = 1, priority = 0, shipBy = null }, i) =>
      Object.assign(new Allocation(), {
        ...key,
        ...{ orderId: order, batch, line, qty, priority, shipBy, sequence: i + 1 },
        ...{ state: "allocated", packed: 0, shipped: 0 },
      }),
  );
  stock.batches = (told.batches ?? []).map(({ ref, qty, eta = null, ...more }, i) => {
    const { promised = 0, receivedAt = eta ? null : longAgo } = more;
    const loaded = stock.allocations.filter(({ batch }) => batch === ref);
    return Object.assign(new Batch(), {
      ...key,
      ...{ ref, qty, eta, receivedAt, sequence: i + 1, bin: null, picked: 0 },
      ...{ inboundId: null, inboundLine: null },
      allocated: loaded.reduce((sum, one) => sum + one.qty, promised),
    });
  });
  return stock;
}

/** A line of an order that wants one piece, or what is said. */
export function aLine(told: Partial<LineToAllocate> = {}): LineToAllocate {
  return { orderId: "o", line: 1, qty: 1, priority: 0, shipBy: null, ...told };
}
