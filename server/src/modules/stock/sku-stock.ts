import { defineEntity, p } from "@mikro-orm/postgresql";
import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import { Allocation } from "./allocation.ts";
import { Batch } from "./batch.ts";
import { stockRefusals } from "./refusals.ts";

/** What stock needs to know of an order line that wants pieces. */
export interface LineToAllocate {
  readonly orderId: string;
  readonly line: number;
  readonly qty: number;
  /** Greater is more urgent. */
  readonly priority: number;
  readonly shipBy: Date | null;
}

/** A batch as it is announced. */
export interface BatchToAdd {
  readonly ref: string;
  readonly qty: number;
  /** When it is expected; a batch without is in the house. */
  readonly eta: Date | null;
}

const SkuStockSchema = defineEntity({
  name: "SkuStock",
  tableName: "sku_stock",
  properties: {
    tenant: p.text().primary(),
    warehouse: p.text().primary(),
    sku: p.text().primary(),
    grade: p.text().primary(),
    version: p.integer().concurrencyCheck(),
  },
});

/**
 * The interchangeable stock of one variant and grade in one warehouse: its batches, and who has
 * been promised what. `allocations` holds those that the present command works with, not all there
 * are.
 */
export class SkuStock extends SkuStockSchema.class implements Aggregate {
  batches: Batch[] = [];
  allocations: Allocation[] = [];
  readonly #gone: Allocation[] = [];

  /** Stock of which nothing has been seen yet. */
  static empty(of: { tenant: string; warehouse: string; sku: string; grade: string }): SkuStock {
    return Object.assign(new SkuStock(), of, { version: 0 });
  }

  journalKey() {
    // A name may hold a slash itself; stocks of different names must never share a history.
    const names = [this.warehouse, this.sku, this.grade];
    const id = names.map((name) => name.replace(/[%/]/g, encodeURIComponent)).join("/");
    return { kind: "SkuStock", id };
  }

  parts() {
    return [...this.batches, ...this.allocations];
  }

  gone() {
    return this.#gone;
  }

  /** A batch arrives, or is on its way. */
  addBatch({ ref, qty, eta }: BatchToAdd, at: Date): DomainEvent {
    if (this.batches.some((batch) => batch.ref === ref)) {
      throw stockRefusals.because("batch-ref-taken", { ref });
    }

    const { tenant, warehouse, sku, grade } = this;
    const facts = { ref, qty, allocated: 0, eta, receivedAt: eta === null ? at : null };
    this.batches.push(Object.assign(new Batch(), { tenant, warehouse, sku, grade, ...facts }));
    const inHouse = eta === null;
    return happened(this, "BatchAdded", { ref, qty, inHouse, eta: eta?.toISOString() ?? null });
  }

  /**
   * Promises a line its pieces from one batch: stock in the house before incoming, then the
   * earliest expected, then the oldest. A line that has its pieces keeps them, and a shortage is no
   * error: both answer no event.
   */
  allocate(wanted: LineToAllocate): DomainEvent | undefined {
    const { orderId, line, qty, priority, shipBy } = wanted;
    if (this.#allocationOf(orderId, line)) return undefined;
    const batch = this.batches.filter((one) => one.available >= qty).sort(byPreference)[0];
    if (!batch) return undefined;

    batch.allocated += qty;
    const { tenant, warehouse, sku, grade } = this;
    const facts = { orderId, line, qty, priority, shipBy, batch: batch.ref };
    this.allocations.push(
      Object.assign(new Allocation(), { tenant, warehouse, sku, grade, ...facts }),
    );
    return happened(this, "LineAllocated", { orderId, line, qty, batch: batch.ref });
  }

  /** Takes a line's pieces back. */
  deallocate(orderId: string, line: number, reason: string): DomainEvent {
    const allocation = this.#allocationOf(orderId, line);
    if (!allocation) throw stockRefusals.because("line-not-allocated", { orderId, line });

    return this.#release(allocation, reason);
  }

  /**
   * Corrects a batch's quantity. Where it no longer covers what was promised from it, lines lose
   * their pieces in a fixed order: lowest priority, latest ship-by, newest; each is said.
   */
  changeBatchQuantity(ref: string, qty: number, reason: string | undefined): DomainEvent[] {
    const batch = this.batches.find((one) => one.ref === ref);
    if (!batch) throw stockRefusals.because("batch-unknown", { ref });

    const events: DomainEvent[] = [];
    const promised = this.allocations.filter((one) => one.batch === ref).sort(byVictimOrder);
    for (const victim of promised) {
      if (batch.allocated <= qty) break;
      events.push(this.#release(victim, `batch ${ref} holds ${qty} only`));
    }
    const before = batch.qty;
    batch.qty = qty;
    const changed = { ref, before, after: qty, reason: reason ?? null };
    return [happened(this, "BatchQuantityChanged", changed), ...events];
  }

  /** The batch that a line has its pieces from. */
  batchOf(orderId: string, line: number): string | null {
    return this.#allocationOf(orderId, line)?.batch ?? null;
  }

  #allocationOf(orderId: string, line: number): Allocation | undefined {
    return this.allocations.find((one) => one.orderId === orderId && one.line === line);
  }

  #release(allocation: Allocation, reason: string): DomainEvent {
    const batch = this.batches.find(({ ref }) => ref === allocation.batch);
    if (!batch) throw new Error(`Allocation from unknown batch ${allocation.batch}.`);
    batch.allocated -= allocation.qty;
    this.allocations = this.allocations.filter((one) => one !== allocation);
    this.#gone.push(allocation);
    const { orderId, line, qty } = allocation;
    return happened(this, "LineDeallocated", { orderId, line, qty, batch: batch.ref, reason });
  }
}

SkuStockSchema.setClass(SkuStock);

const never = Number.POSITIVE_INFINITY;

function byPreference(a: Batch, b: Batch): number {
  return (
    Number(b.inHouse) - Number(a.inHouse) ||
    (a.eta?.getTime() ?? 0) - (b.eta?.getTime() ?? 0) ||
    (a.sequence ?? never) - (b.sequence ?? never) ||
    (a.ref < b.ref ? -1 : 1)
  );
}

function byVictimOrder(a: Allocation, b: Allocation): number {
  const latest = (b.shipBy?.getTime() ?? never) - (a.shipBy?.getTime() ?? never);
  return (
    a.priority - b.priority ||
    (Number.isNaN(latest) ? 0 : latest) ||
    (b.sequence ?? never) - (a.sequence ?? never)
  );
}
