import { expect, test } from "vitest";
import { withWaves } from "./gather-waves.ts";
import type { Planned } from "./plan.ts";

interface Some {
  readonly lines?: number;
  readonly shipped?: boolean;
}

function anOrder(name: string, { lines = 1, shipped = true }: Some = {}): Planned {
  const parcels = shipped ? [{ outcome: "shipped", status: "Shipped", lines: [1] }] : [];
  const rows = Array.from({ length: lines }, (_none, at) => ({ row: at + 2 }));
  return { kind: "order", rows, parcels, order: { input: { externalRef: name } } } as never;
}

const rejected = { kind: "rejected" } as Planned;

/** What comes out, in short: an order's name, a refused row, or who is in a wave. */
async function gathered(all: readonly Planned[]): Promise<string[]> {
  const out: string[] = [];
  async function* given() {
    yield* all;
  }
  for await (const work of withWaves(given())) {
    const nameOf = (order: { order: { input: { externalRef: string } } }) =>
      order.order.input.externalRef;
    if (work.kind === "wave") out.push(`wave of ${work.orders.map(nameOf).join(" ")}`);
    else out.push(work.kind === "order" ? nameOf(work) : work.kind);
  }
  return out;
}

const many = (count: number, some: (at: number) => Some = () => ({})) =>
  Array.from({ length: count }, (_none, at) => anOrder(`O${at}`, some(at)));

test("a wave comes after its last order, and at the end of the file", async () => {
  const out = await gathered([anOrder("A"), rejected, anOrder("B")]);
  expect(out).toEqual(["A", "rejected", "B", "wave of A B"]);
});

test("a file of which nothing was shipped has no waves", async () => {
  expect(await gathered([anOrder("A", { shipped: false }), rejected])).toEqual(["A", "rejected"]);
  expect(await gathered([])).toEqual([]);
});

test("fifty orders fill a stretch, whether they were shipped or not", async () => {
  const out = await gathered(many(101, (at) => ({ shipped: at % 25 === 0 })));
  expect(out.filter((one) => one.startsWith("wave"))).toEqual([
    "wave of O0 O25",
    "wave of O50 O75",
    "wave of O100",
  ]);
  expect([out.indexOf("wave of O0 O25"), out.length]).toEqual([50, 104]);
});

test("a status that changes moves no other order to another wave", async () => {
  const before = await gathered(many(120, (at) => ({ shipped: at !== 3 })));
  const after = await gathered(many(120));
  const waves = (out: string[]) => out.filter((one) => one.startsWith("wave")).slice(1);
  expect(waves(after)).toEqual(waves(before));
});

test("long orders fill a stretch by their lines, and a giant one ends it", async () => {
  const long = await gathered(many(12, () => ({ lines: 100 })));
  expect(long.filter((one) => one.startsWith("wave"))).toEqual([
    "wave of O0 O1 O2 O3 O4",
    "wave of O5 O6 O7 O8 O9",
    "wave of O10 O11",
  ]);
  const giant = await gathered([anOrder("A"), anOrder("G", { lines: 1_000 }), anOrder("B")]);
  expect(giant).toEqual(["A", "G", "wave of A G", "B", "wave of B"]);
});

test("a file that breaks off gives no wave of its last orders", async () => {
  async function* broken(): AsyncGenerator<Planned> {
    yield anOrder("A");
    throw new Error("the file is cut short");
  }
  const out: string[] = [];
  const reading = async () => {
    for await (const { kind } of withWaves(broken())) out.push(kind);
  };
  await expect(reading()).rejects.toThrow("cut short");
  expect(out).toEqual(["order"]);
});
