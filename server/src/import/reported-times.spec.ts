import { describe, expect, test } from "vitest";
import { Columns } from "./columns.ts";
import { type OrdersMapping, parseMapping } from "./mapping.ts";
import type { Outcome } from "./outcomes.ts";
import { readTimes } from "./reported-times.ts";
import { rowsOf } from "./source-files.fixture.ts";

const header = ["Id", "Bought", "Status", "Approved", "Sent", "There"];
const mapping = parseMapping({
  ...{ name: "mine", kind: "orders", dateFormat: "YYYY-MM-DD HH:mm", missing: ["NULL"] },
  columns: {
    ...{ orderId: "Id", date: "Bought", status: "Status" },
    ...{ approvedAt: "Approved", handedOverAt: "Sent", deliveredAt: "There" },
  },
  values: { status: { x: "placed" } },
  constants: { channel: "shop", sku: "thing", qty: 1 },
}) as OrdersMapping;

interface Told {
  readonly outcome?: Outcome;
  readonly bought?: string;
  readonly approved?: string;
  readonly sent?: string;
  readonly there?: string;
}

const [bought, approved, sent, there] = [
  ...(["2024-03-01 10:00", "2024-03-01 11:00", "2024-03-02 09:00", "2024-03-05 18:30"] as const),
];
const iso = (written: string) => `${written.replace(" ", "T")}:00.000Z`;
const all = { bought, approved, sent, there };

function read(told: Told = {}) {
  const { outcome = "delivered", ...cells } = { ...all, ...told };
  const row = ["A", cells.bought, outcome, cells.approved, cells.sent, cells.there];
  const [only] = rowsOf(header, [row]);
  if (!only) throw new Error("no row");
  const orderedAt = cells.bought === "" ? "" : iso(cells.bought);
  return readTimes(only, new Columns(header, mapping), mapping, { orderedAt, outcome });
}

const kept = { handedOverAt: iso(sent), deliveredAt: iso(there), causes: [] };

test("times in their order are kept", () => {
  expect(read()).toEqual({ ...kept, notes: [] });
});

test("steps may happen in the same minute", () => {
  const same = { approved: bought, sent: bought, there: bought };
  const at = iso(bought);
  expect(read(same)).toEqual({ handedOverAt: at, deliveredAt: at, causes: [], notes: [] });
});

test("what nobody has told is not made up", () => {
  expect(read({ outcome: "shipped", approved: "", there: "" })).toEqual({
    ...{ handedOverAt: iso(sent), deliveredAt: null, causes: [], notes: [] },
  });
  for (const outcome of ["placed", "cancelled"] as const) {
    expect(read({ outcome, approved: "NULL", sent: "", there: "NULL" })).toEqual({
      ...{ handedOverAt: null, deliveredAt: null, causes: [], notes: [] },
    });
  }
});

describe("times out of sequence are noted", () => {
  test("and kept where the warehouse has no step between", () => {
    expect(read({ approved: "2024-03-02 10:00" })).toEqual({
      ...kept,
      notes: [
        "the times are out of sequence (Sent 2024-03-02T09:00Z is before Approved 2024-03-02T10:00Z)",
      ],
    });
  });

  test("and the delivery's left out where it comes before the carrier's", () => {
    expect(read({ there: "2024-03-02 08:59" })).toEqual({
      ...{ handedOverAt: iso(sent), deliveredAt: null, causes: [] },
      notes: [
        "the times are out of sequence (There 2024-03-02T08:59Z is before Sent 2024-03-02T09:00Z)",
        "There cannot be used: delivered without the carrier's time",
      ],
    });
  });

  test("and both left out where the carrier's comes before the order", () => {
    const { notes, ...times } = read({ approved: "", sent: "2023-03-02 09:00" });
    expect(times).toEqual({ handedOverAt: null, deliveredAt: null, causes: [] });
    expect(notes).toEqual([
      "the times are out of sequence (Sent 2023-03-02T09:00Z is before Bought 2024-03-01T10:00Z)",
      "Sent cannot be used: handed over without the carrier's time",
      "There cannot be used: delivered without the carrier's time",
    ]);
  });

  test("each step that goes back is named", () => {
    const { notes } = read({ approved: "2024-02-01 10:00", there: "2024-01-01 10:00" });
    expect(notes[0]).toBe(
      "the times are out of sequence (Approved 2024-02-01T10:00Z is before Bought 2024-03-01T10:00Z," +
        " There 2024-01-01T10:00Z is before Sent 2024-03-02T09:00Z)",
    );
  });

  test("over steps that are blank, too", () => {
    const { notes } = read({ approved: "", sent: "", there: "2024-02-01 10:00" });
    expect(notes[0]).toMatch(/^the times are out of sequence \(There .* is before Bought /);
  });
});

test("a time that has not come is left out", () => {
  const { notes, ...times } = read({ there: "2199-01-01 00:00" });
  expect(times).toEqual({ handedOverAt: iso(sent), deliveredAt: null, causes: [] });
  expect(notes).toEqual([
    "a time is in the future (There 2199-01-01T00:00Z)",
    "There cannot be used: delivered without the carrier's time",
  ]);
});

test("a step that is told without its time is done without it, and noted", () => {
  expect(read({ there: "" }).notes).toEqual([
    "There is blank: delivered without the carrier's time",
  ]);
  expect(read({ sent: "" }).notes).toEqual([
    "Sent is blank: handed over without the carrier's time",
    "There cannot be used: delivered without the carrier's time",
  ]);
  expect(read({ outcome: "lost", sent: "", there: "" }).notes).toEqual([
    "Sent is blank: handed over without the carrier's time",
  ]);
});

test.each<[Outcome, Told, string]>([
  ["cancelled", { there: "" }, 'Status "cancelled" contradicts Sent: Status is taken'],
  ["placed", {}, 'Status "placed" contradicts Sent and There: Status is taken'],
  ["placed", { sent: "" }, 'Status "placed" contradicts There: Status is taken'],
  ["shipped", {}, 'Status "shipped" contradicts There: Status is taken'],
  ["lost", {}, 'Status "lost" contradicts There: Status is taken'],
])("an order that is %s by its status is so, whatever its times say", (outcome, told, note) => {
  const { notes, handedOverAt, deliveredAt } = read({ outcome, ...told });
  expect(notes).toEqual([note]);
  expect(deliveredAt).toBeNull();
  expect(handedOverAt).toBe(outcome === "shipped" || outcome === "lost" ? iso(sent) : null);
});

test.each(["returning", "returned"] as const)(
  "what is %s may have been there before",
  (outcome) => {
    expect(read({ outcome })).toEqual({ ...kept, notes: [] });
    expect(read({ outcome, there: "" })).toEqual({ ...kept, deliveredAt: null, notes: [] });
  },
);

test("a time that cannot be read is a reason to refuse the row, each with its column", () => {
  const { causes } = read({ approved: "1/2/2024", sent: "2024-02-30 10:00", there: "soon" });
  expect(causes).toEqual([
    'Approved "1/2/2024" is no time written as YYYY-MM-DD HH:mm',
    'Sent "2024-02-30 10:00" is no time written as YYYY-MM-DD HH:mm',
    'There "soon" is no time written as YYYY-MM-DD HH:mm',
  ]);
});

test("where not even the order's time can be read nothing else is held against it", () => {
  expect(read({ bought: "" })).toEqual({ ...kept, notes: [] });
});
