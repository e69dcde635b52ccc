import { defineEntity, p } from "@mikro-orm/postgresql";
import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import { Allocation } from "./allocation.ts";
import { Batch, batchMax } from "./batch.ts";
import { byPreference, byVictimOrder } from "./choices.ts";
import { stockRefusals } from "./refusals.ts";
import type { BatchToAdd, LineToAllocate } from "./wanted.ts";

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
  addBatch({ ref, qty, eta, bin = null, ...inbound }: BatchToAdd, at: Date): DomainEvent {
    if (this.batches.some((batch) => batch.ref === ref)) {
      throw stockRefusals.because("batch-ref-taken", { ref });
    }

    const { tenant, warehouse, sku, grade } = this;
    const { inboundId = null, inboundLine = null } = inbound;
    const receivedAt = eta === null ? at : null;
    const facts = { ref, qty, eta, receivedAt, bin, inboundId, inboundLine };
    const none = { allocated: 0, picked: 0 };
    const batch = { tenant, warehouse, sku, grade, ...facts, ...none };
    this.batches.push(Object.assign(new Batch(), batch));
    const inHouse = eta === null;
    const when = eta?.toISOString() ?? null;
    return happened(this, "BatchAdded", { ref, qty, inHouse, eta: when, ...(bin && { bin }) });
  }

  /** An announced batch has come in. */
  arrive(ref: string, at: Date): DomainEvent {
    const batch = this.#batch(ref);
    if (batch.inHouse) throw stockRefusals.because("batch-here", { ref });

    batch.receivedAt = at;
    return happened(this, "BatchArrived", { ref, qty: batch.qty });
  }

  /**
   * Promises a line its pieces from one batch: stock in the house before incoming, then the
   * earliest expected, then the oldest; never the batch `except`. A line that has its pieces keeps
   * them, and a shortage is no error: both answer no event.
   */
  allocate(
    wanted: LineToAllocate,
    from: "anywhere" | "house" = "anywhere",
    except: string | null = null,
  ): DomainEvent | undefined {
    const { orderId, line, qty, priority, shipBy } = wanted;
    if (this.#allocationOf(orderId, line)) return undefined;
    const mayServe = (one: Batch) =>
      one.ref !== except && one.available >= qty && (from === "anywhere" || one.inHouse);
    const batch = this.batches.filter(mayServe).sort(byPreference)[0];
    if (!batch) return undefined;

    batch.allocated += qty;
    const { tenant, warehouse, sku, grade } = this;
    const facts = { orderId, line, qty, priority, shipBy, batch: batch.ref };
    const untouched = { state: "allocated" as const, packed: 0, shipped: 0 };
    const allocation = { tenant, warehouse, sku, grade, ...facts, ...untouched };
    this.allocations.push(Object.assign(new Allocation(), allocation));
    return happened(this, "LineAllocated", { orderId, line, qty, batch: batch.ref });
  }

  /** Takes a line's pieces back, before they are picked. */
  deallocate(orderId: string, line: number, reason: string): DomainEvent {
    return this.#release(this.#requireUnpicked(orderId, line), reason);
  }

  /** Takes some of a line's pieces back, before they are picked; it keeps the others. */
  reduce(orderId: string, line: number, by: number, reason: string): DomainEvent {
    const allocation = this.#requireUnpicked(orderId, line);
    if (by >= allocation.qty) return this.#release(allocation, reason);

    allocation.qty -= by;
    this.#batch(allocation.batch).allocated -= by;
    const { batch, qty: left } = allocation;
    return happened(this, "AllocationReduced", { orderId, line, by, left, batch, reason });
  }

  /** Takes back the pieces of an order that is given up, picked or not. */
  giveBack(orderId: string, line: number, reason: string): DomainEvent {
    const allocation = this.#requireAllocation(orderId, line);
    if (allocation.shipped > 0) throw stockRefusals.because("line-picked", { orderId, line });

    return this.#release(allocation, reason);
  }

  /** A picker has taken a line's pieces out of their bin. */
  pick(orderId: string, line: number): DomainEvent {
    const allocation = this.#requireUnpicked(orderId, line);
    const { batch, qty } = allocation;
    this.#batch(batch).picked += qty;
    allocation.state = "picked";
    return happened(this, "BatchPicked", { orderId, line, batch, qty });
  }

  /** Some of a line's picked pieces go into a parcel. */
  pack(orderId: string, line: number, qty: number): DomainEvent {
    const allocation = this.#requireAllocation(orderId, line);
    const left = allocation.state === "picked" ? allocation.qty - allocation.packed : 0;
    if (qty > left) throw stockRefusals.because("not-picked", { orderId, line, qty, left });

    allocation.packed += qty;
    return happened(this, "BatchPacked", { orderId, line, batch: allocation.batch, qty });
  }

  /** Some of a line's packed pieces are taken out of their parcel again. */
  unpack(orderId: string, line: number, qty: number): DomainEvent {
    const allocation = this.#requireAllocation(orderId, line);
    allocation.packed -= qty;
    return happened(this, "BatchUnpacked", { orderId, line, batch: allocation.batch, qty });
  }

  /** The carrier takes some of a line's packed pieces: they are no longer on hand. */
  ship(orderId: string, line: number, qty: number): DomainEvent {
    const allocation = this.#requireAllocation(orderId, line);
    const batch = this.#batch(allocation.batch);
    batch.picked -= qty;
    batch.allocated -= qty;
    batch.qty -= qty;
    allocation.shipped += qty;
    if (allocation.shipped === allocation.qty) allocation.state = "shipped";
    return happened(this, "BatchShipped", { orderId, line, batch: batch.ref, qty });
  }

  /** A batch is put into a bin, or carried to another one. */
  putAway(ref: string, bin: string): DomainEvent {
    const batch = this.#batch(ref);
    if (!batch.inHouse) throw stockRefusals.because("batch-not-here", { ref });

    const { bin: from = null } = batch;
    batch.bin = bin;
    return happened(this, "BatchStored", { ref, bin, from, qty: batch.qty });
  }

  /**
   * Corrects a batch's quantity. Where it no longer covers what was promised from it, lines lose
   * their pieces in a fixed order: lowest priority, latest ship-by, newest; each is said.
   */
  changeBatchQuantity(ref: string, qty: number, reason: string | undefined): DomainEvent[] {
    const { qty: before, picked } = this.#batch(ref);
    if (qty < picked) throw stockRefusals.because("batch-picked", { ref, qty, picked });

    const lost = this.#resize(ref, qty);
    const changed = { ref, before, after: qty, reason: reason ?? null };
    return [happened(this, "BatchQuantityChanged", changed), ...lost];
  }

  /** Pieces of a batch turn up, or are written off; lines lose theirs as by any other change. */
  adjustBatch(ref: string, by: number, reason: string): DomainEvent[] {
    const { qty: before, picked } = this.#batch(ref);
    const found = { ref, by, qty: before, picked };
    const after = before + by;
    if (after < picked) throw stockRefusals.because("batch-short", found);
    if (after > batchMax) throw stockRefusals.because("batch-too-large", found);

    const lost = this.#resize(ref, after);
    return [happened(this, "StockAdjusted", { ref, by, before, after, reason }), ...lost];
  }

  #resize(ref: string, qty: number): DomainEvent[] {
    const batch = this.#batch(ref);
    const events: DomainEvent[] = [];
    const promised = this.allocations
      .filter((one) => one.batch === ref && one.state === "allocated")
      .sort(byVictimOrder);
    for (const victim of promised) {
      if (batch.allocated <= qty) break;
      events.push(this.#release(victim, `batch ${ref} holds ${qty} only`));
    }
    batch.qty = qty;
    return events;
  }

  /** The batch that a line has its pieces from. */
  batchOf(orderId: string, line: number): string | null {
    return this.#allocationOf(orderId, line)?.batch ?? null;
  }

  /** Where the batch lies that a line has its pieces from; null where nobody has said. */
  binOf(orderId: string, line: number): string | null {
    const ref = this.batchOf(orderId, line);
    return this.batches.find((one) => one.ref === ref)?.bin ?? null;
  }

  #batch(ref: string): Batch {
    const batch = this.batches.find((one) => one.ref === ref);
    if (!batch) throw stockRefusals.because("batch-unknown", { ref });
    return batch;
  }

  #requireAllocation(orderId: string, line: number): Allocation {
    const allocation = this.#allocationOf(orderId, line);
    if (!allocation) throw stockRefusals.because("line-not-allocated", { orderId, line });
    return allocation;
  }

  #requireUnpicked(orderId: string, line: number): Allocation {
    const allocation = this.#requireAllocation(orderId, line);
    if (allocation.state === "allocated") return allocation;
    throw stockRefusals.because("line-picked", { orderId, line });
  }

  #allocationOf(orderId: string, line: number): Allocation | undefined {
    return this.allocations.find((one) => one.orderId === orderId && one.line === line);
  }

  #release(allocation: Allocation, reason: string): DomainEvent {
    const batch = this.#batch(allocation.batch);
    batch.allocated -= allocation.qty;
    if (allocation.state === "picked") batch.picked -= allocation.qty;
    this.allocations = this.allocations.filter((one) => one !== allocation);
    this.#gone.push(allocation);
    const { orderId, line, qty } = allocation;
    return happened(this, "LineDeallocated", { orderId, line, qty, batch: batch.ref, reason });
  }
}

SkuStockSchema.setClass(SkuStock);
