import type { EntityManager } from "@mikro-orm/postgresql";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DomainEvent } from "../../kernel/events.ts";
import { Refusal } from "../../kernel/refusals.ts";
import { UnitOfWork } from "../../kernel/unit-of-work.ts";
import type { Allocation } from "./allocation.ts";
import { type AllocationTold, aLine, aStock, type BatchTold, march } from "./sku-stock.fixture.ts";
import type { SkuStock } from "./sku-stock.ts";
import type { LineToAllocate } from "./wanted.ts";

type Step = (stock: SkuStock) => DomainEvent | DomainEvent[] | undefined;

const refs = ["a", "b", "c", "d"];
const ref = fc.constantFrom(...refs);
const eta = fc.option(fc.integer({ min: 1, max: 20 }).map(march));
const line = fc.record({
  orderId: fc.constantFrom("o", "p", "q"),
  line: fc.integer({ min: 1, max: 4 }),
  qty: fc.integer({ min: 1, max: 6 }),
  priority: fc.integer({ min: -1, max: 1 }),
  shipBy: eta,
});

/** One thing that commands do to stock; printed as what it was when a law is found broken. */
const step: fc.Arbitrary<{ does: string; step: Step }> = fc.oneof(
  fc.record({ ref, qty: fc.integer({ min: 1, max: 12 }), eta }).map((batch) => ({
    does: `addBatch ${JSON.stringify(batch)}`,
    step: (stock: SkuStock) => stock.addBatch(batch, march(1)),
  })),
  line.map((wanted) => ({
    does: `allocate ${JSON.stringify(wanted)}`,
    step: (stock: SkuStock) => stock.allocate(wanted),
  })),
  line.map(({ orderId, line }) => ({
    does: `deallocate ${orderId} ${line}`,
    step: (stock: SkuStock) => stock.deallocate(orderId, line, "why"),
  })),
  fc.tuple(ref, fc.integer({ min: 0, max: 12 })).map(([ref, qty]) => ({
    does: `changeBatchQuantity ${ref} ${qty}`,
    step: (stock: SkuStock) => stock.changeBatchQuantity(ref, qty, undefined),
  })),
  fc.tuple(ref, fc.integer({ min: -12, max: 12 })).map(([ref, by]) => ({
    does: `adjustBatch ${ref} ${by}`,
    step: (stock: SkuStock) => stock.adjustBatch(ref, by, "why"),
  })),
  fc.tuple(line, fc.integer({ min: 1, max: 6 })).map(([{ orderId, line }, by]) => ({
    does: `reduce ${orderId} ${line} ${by}`,
    step: (stock: SkuStock) => stock.reduce(orderId, line, by, "why"),
  })),
);

const steps = fc.array(step, { minLength: 1, maxLength: 40 });

/** A unit of work that never reaches a database: it gives the versions and keeps the journal. */
function unitOfWork(): UnitOfWork {
  const nowhere = {} as ConstructorParameters<typeof UnitOfWork>[1];
  const identity = { tenant: "t", partner: "p", actor: "a", scopes: ["*"] };
  return new UnitOfWork({ fork: () => ({}) } as unknown as EntityManager, nowhere, identity);
}

function promisedFrom(stock: SkuStock, batch: string): number {
  return stock.allocations
    .filter((one) => one.batch === batch)
    .reduce((sum, { qty }) => sum + qty, 0);
}

describe("whatever is done to stock, in whatever order,", () => {
  test("no batch promises more than it has, and what is promised adds up line by line", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const stock = aStock({});
        for (const { step } of all) {
          act(stock, step);
          for (const { ref, qty, allocated } of stock.batches) {
            expect(allocated).toBeGreaterThanOrEqual(0);
            expect(allocated).toBeLessThanOrEqual(qty);
            expect(promisedFrom(stock, ref)).toBe(allocated);
          }
          const keys = stock.allocations.map(({ orderId, line }) => `${orderId} ${line}`);
          expect(new Set(keys).size).toBe(keys.length);
        }
      }),
    );
  });

  test("its version is the number of its events, each with the next one", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const stock = Object.assign(aStock({}), { version: 0 });
        const uow = unitOfWork();
        for (const { step } of all) uow.record(...act(stock, step));
        expect(stock.version).toBe(uow.journal.length);
        expect(uow.journal.map(({ version }) => version)).toEqual(uow.journal.map((_, i) => i + 1));
        expect(new Set(uow.journal.map(({ id }) => id)).size).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("its events alone tell which line has its pieces from which batch", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const stock = aStock({});
        const told = new Map<string, string>();
        for (const { step } of all) {
          for (const { type, data } of act(stock, step)) {
            const { orderId, line, batch } = data as Record<string, string>;
            if (type === "LineAllocated") told.set(`${orderId} ${line}`, batch ?? "");
            if (type === "LineDeallocated") told.delete(`${orderId} ${line}`);
          }
        }
        const kept = stock.allocations.map((one) => [`${one.orderId} ${one.line}`, one.batch]);
        expect(Object.fromEntries(told)).toEqual(Object.fromEntries(kept));
      }),
    );
  });

  test("what is refused leaves everything as it was", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const stock = aStock({});
        for (const { step } of all) {
          const before = JSON.stringify(stock);
          try {
            step(stock);
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
            expect(JSON.stringify(stock)).toBe(before);
          }
        }
      }),
    );
  });
});

/** Does it, where it may be done. */
function act(stock: SkuStock, step: Step): DomainEvent[] {
  try {
    return [step(stock)].flat().filter((event) => event !== undefined);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

const batchesTold: fc.Arbitrary<BatchTold[]> = fc
  .array(fc.record({ qty: fc.integer({ min: 1, max: 9 }), promised: fc.nat(9), eta }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((all) =>
    all.map(({ qty, promised, eta }, i) => ({
      ref: `batch ${(i * 5) % 6}`,
      qty,
      promised: Math.min(promised, qty),
      ...(eta && { eta }),
    })),
  );

describe("the batch that a line has its pieces from", () => {
  const chosen = (stock: SkuStock, wanted: LineToAllocate) => {
    stock.allocate(wanted);
    return stock.batchOf(wanted.orderId, wanted.line);
  };

  test("does not depend on the order in which batches are loaded", () => {
    const shuffled = batchesTold.chain((told) =>
      fc.tuple(
        fc.constant(told),
        fc.shuffledSubarray(
          told.map((_, i) => i),
          { minLength: told.length },
        ),
        fc.integer({ min: 1, max: 9 }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([batches, order, qty]) => {
        const other = aStock({ batches });
        other.batches = order.flatMap((i) => other.batches[i] ?? []);
        expect(other.batches.length).toBe(batches.length);
        const wanted = aLine({ qty });
        expect(chosen(other, wanted)).toBe(chosen(aStock({ batches }), wanted));
      }),
    );
  });

  test("has enough, and no batch that has enough is better", () => {
    fc.assert(
      fc.property(batchesTold, fc.integer({ min: 1, max: 9 }), (batches, qty) => {
        const enough = batches.filter((one) => one.qty - (one.promised ?? 0) >= qty);
        const days = enough.map(({ eta }) => eta?.getTime() ?? 0);
        // Told from old to new; a batch in the house is like one that came at the beginning of
        // time.
        const best = enough.find(({ eta }) => (eta?.getTime() ?? 0) === Math.min(...days));
        expect(chosen(aStock({ batches }), aLine({ qty }))).toBe(best?.ref ?? null);
      }),
    );
  });
});

describe("when a batch shrinks", () => {
  const allocation: fc.Arbitrary<Omit<AllocationTold, "order" | "batch">> = fc.record({
    qty: fc.integer({ min: 1, max: 5 }),
    priority: fc.integer({ min: -2, max: 2 }),
    shipBy: fc.constantFrom(march(1), march(2), march(3), undefined),
  }) as never;
  const scene = fc.tuple(fc.array(allocation, { maxLength: 10 }), fc.nat(60), fc.nat(5));

  function shrink([told, qty, spare]: [Omit<AllocationTold, "order" | "batch">[], number, number]) {
    const allocations = told.map((one, i) => ({ ...one, order: `o${i}`, batch: "b" }));
    const pieces = told.reduce((sum, one) => sum + (one.qty ?? 1), spare);
    const stock = aStock({ batches: [{ ref: "b", qty: pieces }], allocations });
    const after = Math.min(qty, pieces);
    stock.changeBatchQuantity("b", after, undefined);
    return { stock, after, victims: stock.gone(), survivors: stock.allocations };
  }

  test("nobody loses pieces whose loss was not needed", () => {
    fc.assert(
      fc.property(scene, (told) => {
        const { stock, after, victims } = shrink(told);
        const left = stock.batches[0]?.allocated ?? -1;
        expect(left).toBeLessThanOrEqual(after);
        const last = victims.at(-1);
        if (last) expect(left + last.qty).toBeGreaterThan(after);
      }),
    );
  });

  test("nobody keeps pieces who should have lost them before one who did", () => {
    fc.assert(
      fc.property(scene, (told) => {
        const { victims, survivors } = shrink(told);
        for (const lost of victims) {
          for (const kept of survivors) expect(rank(lost) < rank(kept)).toBe(true);
        }
        expect(victims.map(rank)).toEqual(victims.map(rank).sort());
      }),
    );
  });

  /** Sorts as text in the order in which lines lose their pieces. */
  function rank(one: Pick<Allocation, "priority" | "shipBy" | "sequence">): string {
    const day = one.shipBy ? 99 - one.shipBy.getUTCDate() : 0;
    const fields = [one.priority + 50, day + 10, 99 - (one.sequence ?? 0)];
    return fields.join(" ");
  }
});
