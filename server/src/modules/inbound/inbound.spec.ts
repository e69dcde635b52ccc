import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { anAnnouncement, anInbound, anInboundWith, aReturn, march } from "./inbound.fixture.ts";
import { Inbound } from "./inbound.ts";
import { inboundLife } from "./inbound-life.ts";

const piece = (line = 1, overReason: string | null = null) => ({ line, lpn: "L-1", overReason });
const lot = (qty: number, overReason: string | null = null) => {
  return { line: 1, batch: "B-1", grade: "A", qty, overReason };
};
const none = new Map<number, string>();

describe("an announcement", () => {
  test("says who sends what, and nothing of it has come", () => {
    const { aggregate, type, data } = Inbound.announce(anAnnouncement());
    const { lines: _, at, ...facts } = anAnnouncement();
    expect(aggregate).toMatchObject({
      ...{ ...facts, status: "announced", version: 0, announcedAt: at },
      ...{ firstReceivedAt: null, closedAt: null },
    });
    expect((aggregate as Inbound).lines).toMatchObject([
      { line: 1, sku: "TEE", grade: "N", expected: 3, received: 0, discrepancy: null },
      { line: 2, sku: "CAP", grade: null, expected: 1, received: 0, discrepancy: null },
    ]);
    const said = { source: "nordic-supply", ref: "PO-1", kind: "supplier", warehouse: "main" };
    expect({ type, data }).toEqual({
      type: "InboundAnnounced",
      data: { ...said, lines: 2, qty: 4 },
    });
  });

  test("of a return says of which order, and why", () => {
    const { type, data } = Inbound.announce(anAnnouncement(aReturn));
    expect(type).toBe("ReturnAnnounced");
    const { orderId, returnReason: reason } = aReturn;
    expect(data).toMatchObject({ orderId, reason, kind: "return", lines: 1, qty: 2 });
  });

  test("stands in the journal under its id, and is saved with its lines", () => {
    const inbound = anInbound();
    expect(inbound.journalKey()).toEqual({ kind: "Inbound", id: inbound.id });
    expect(inbound.parts()).toBe(inbound.lines);
    for (const { inboundId, tenant } of inbound.lines) {
      expect([inboundId, tenant]).toEqual([inbound.id, "t"]);
    }
  });
});

describe("a line", () => {
  test.each([
    [1, "TEE"],
    [2, "CAP"],
  ])("is found by its number %i, with the SKU that it expects or none said", (line, sku) => {
    expect(anInbound().lineFor(line, sku).sku).toBe(sku);
    expect(anInbound().lineFor(line).sku).toBe(sku);
  });

  test("is refused where another SKU comes", () => {
    given(anInbound())
      .when((it) => void it.lineFor(1, "CAP"))
      .thenRefused("sku-not-expected", { line: 1, expects: "TEE", sku: "CAP" });
  });

  test.each([0, 3, -1])("is refused under the number %i, which there is not", (line) => {
    given(anInbound())
      .when((it) => void it.lineFor(line))
      .thenRefused("inbound-line-unknown", { line });
  });
});

describe("what comes in", () => {
  test("is counted on its line, from the first piece on", () => {
    const { events, it } = given(anInbound())
      .when((inbound) => inbound.receivePiece(piece(), march(5)))
      .thenHappened("PieceReceived");
    expect(events[0]?.data).toEqual({ line: 1, lpn: "L-1", sku: "TEE", qty: 1 });
    expect(it).toMatchObject({ status: "receiving", firstReceivedAt: march(5) });
    expect(it.lines.map(({ received }) => received)).toEqual([1, 0]);
  });

  test("is a lot where nobody tells its pieces apart", () => {
    const { events, it } = given(anInbound())
      .when((inbound) => inbound.receiveLot(lot(3), march(5)))
      .thenHappened("LotReceived");
    expect(events[0]?.data).toEqual({ line: 1, batch: "B-1", grade: "A", sku: "TEE", qty: 3 });
    expect(it.lines[0]).toMatchObject({ received: 3, isInFull: true, discrepancy: null });
  });

  test("has first come when it first came", () => {
    const inbound = anInboundWith(1);
    given(inbound)
      .when((it) => it.receivePiece(piece(), march(9)))
      .thenHappened("PieceReceived");
    expect(inbound.firstReceivedAt).toEqual(march(4));
  });

  test("with a return is said with its order's line", () => {
    const { orderId } = aReturn;
    const both = given(anInbound(aReturn)).when((it) => [
      it.receivePiece(piece(), march(5)),
      it.receiveLot(lot(1), march(5)),
    ]);
    const { events } = both.thenHappened("ReturnReceived", "ReturnReceived");
    const of = { line: 1, sku: "TEE", qty: 1, orderId, orderLine: 4 };
    expect(events.map(({ data }) => data)).toEqual([
      { ...of, lpn: "L-1" },
      { ...of, batch: "B-1", grade: "A" },
    ]);
  });

  test.each([
    ["a piece", (it: Inbound) => it.receivePiece(piece(), march(5)), [3, 0], 1],
    ["a lot", (it: Inbound) => it.receiveLot(lot(2), march(5)), [2, 0], 2],
    ["a lot at once", (it: Inbound) => it.receiveLot(lot(4), march(5)), [0, 0], 4],
  ])("too much as %s needs a reason", (_, act, [received = 0], qty) => {
    given(anInboundWith(received))
      .when(act)
      .thenRefused("over-receipt", { line: 1, expected: 3, received, qty });
  });

  test("too much with a reason is taken, and the reason kept and said", () => {
    const { events, it } = given(anInboundWith(3))
      .when((inbound) => inbound.receivePiece(piece(1, "one more in the box"), march(5)))
      .thenHappened("PieceReceived");
    expect(events[0]?.data).toMatchObject({ overReason: "one more in the box" });
    expect(it.lines[0]).toMatchObject({ received: 4, discrepancy: "one more in the box" });
  });

  test("as announced needs no reason, and one that is given is nothing", () => {
    const { events, it } = given(anInbound())
      .when((inbound) => inbound.receivePiece(piece(1, "for nothing"), march(5)))
      .thenHappened("PieceReceived");
    expect(events[0]?.data).not.toHaveProperty("overReason");
    expect(it.lines[0]?.discrepancy).toBeNull();
  });
});

describe("closing", () => {
  test("what has come as announced needs no word", () => {
    const { events, it } = given(anInboundWith(3, 1))
      .when((inbound) => inbound.close(none, march(9)))
      .thenHappened("InboundClosed");
    expect(events[0]?.data).toEqual({ received: 4, discrepancies: 0 });
    expect(it).toMatchObject({ status: "closed", closedAt: march(9) });
  });

  test("what is missing or too much is said line by line, then that it is closed", () => {
    const { events, it } = given(anInboundWith(4, 0))
      .when((inbound) => inbound.close(new Map([[2, "not in the box"]]), march(9)))
      .thenHappened("DiscrepancyFound", "DiscrepancyFound", "InboundClosed");
    expect(events.map(({ data }) => data)).toEqual([
      { line: 1, sku: "TEE", expected: 3, received: 4, reason: "more in the box" },
      { line: 2, sku: "CAP", expected: 1, received: 0, reason: "not in the box" },
      { received: 4, discrepancies: 2 },
    ]);
    expect(it.lines[1]?.discrepancy).toBe("not in the box");
  });

  test("an inbound that never came is possible, with reasons", () => {
    const never = new Map([1, 2].map((line) => [line, "never sent"]));
    given(anInbound())
      .when((it) => it.close(never, march(9)))
      .thenHappened("DiscrepancyFound", "DiscrepancyFound", "InboundClosed");
  });

  test("is refused as long as a line is unexplained", () => {
    given(anInboundWith(2))
      .when((it) => it.close(new Map([[1, "one short"]]), march(9)))
      .thenRefused("discrepancy-unexplained", { lines: [{ line: 2, expected: 1, received: 0 }] });
  });

  test("is refused with a reason for what came as announced", () => {
    given(anInboundWith(3, 1))
      .when((it) => it.close(new Map([[1, "why"]]), march(9)))
      .thenRefused("nothing-to-explain", { line: 1 });
  });

  test("is refused with a reason for a line that there is not", () => {
    given(anInboundWith(3, 1))
      .when((it) => it.close(new Map([[7, "why"]]), march(9)))
      .thenRefused("inbound-line-unknown", { line: 7 });
  });
});

describe.each([
  ["a piece is received", (it: Inbound) => it.receivePiece(piece(1, "why"), march(5)), "receiving"],
  ["a lot is received", (it: Inbound) => it.receiveLot(lot(9, "why"), march(5)), "receiving"],
  ["it is closed", (it: Inbound) => it.close(none, march(9)), "closed"],
] as const)("when %s", (_, act, leads) => {
  test.each(["announced", "receiving"] as const)("an inbound that is %s goes on", (status) => {
    const inbound = Object.assign(anInboundWith(3, 1), { status });
    act(inbound);
    expect(inbound.status).toBe(leads);
  });

  test("an inbound that is closed stays as it is", () => {
    const closed = { status: "closed" as const, closedAt: march(8) };
    const inbound = Object.assign(anInboundWith(3, 1), closed);
    const details = { inboundId: inbound.id, closedAt: "2026-03-08T00:00:00.000Z" };
    given(inbound).when(act).thenRefused("inbound-closed", details);
  });
});

test("the life of an inbound is what is tried here", () => {
  const statuses = Object.values(inboundLife.steps).flatMap(({ from, to }) => [to, ...from]);
  expect(new Set(statuses)).toEqual(new Set(["announced", "receiving", "closed"]));
});

interface Receipt {
  readonly line: number;
  readonly qty: number;
  readonly asLot: boolean;
  readonly overReason: string | null;
}

const receipt: fc.Arbitrary<Receipt> = fc.record({
  line: fc.constantFrom(1, 2),
  qty: fc.integer({ min: 1, max: 3 }),
  asLot: fc.boolean(),
  overReason: fc.option(fc.constant("more in the box")),
});
const receipts = fc.array(receipt, { maxLength: 12 });

/** Receives all that may be received; answers how many pieces that were of each line. */
function receiveAll(inbound: Inbound, all: readonly Receipt[]): number[] {
  const came = [0, 0];
  for (const { line, qty, asLot, overReason } of all) {
    try {
      if (asLot) inbound.receiveLot({ line, batch: "B", grade: "N", qty, overReason }, march(5));
      else inbound.receivePiece({ line, lpn: "L", overReason }, march(5));
      came[line - 1] = (came[line - 1] ?? 0) + (asLot ? qty : 1);
    } catch {}
  }
  return came;
}

test("whatever comes in whatever order, each line has what came, too much only with a reason", () => {
  fc.assert(
    fc.property(receipts, (all) => {
      const inbound = anInbound();
      const came = receiveAll(inbound, all);
      expect(inbound.lines.map(({ received }) => received)).toEqual(came);
      for (const { received, expected, discrepancy } of inbound.lines) {
        expect(received > expected).toBe(discrepancy !== null);
      }
    }),
  );
});

test("receiving commutes: where all may come, the order in which it does makes no difference", () => {
  const all = receipts.map((some) =>
    some.map((one) => ({ ...one, overReason: "more in the box" })),
  );
  const shuffled = all.chain((some) =>
    fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
  );
  fc.assert(
    fc.property(shuffled, ([some, others]) => {
      const [one, other] = [anInbound(), anInbound()];
      expect(receiveAll(one, some)).toEqual(receiveAll(other, others));
      expect(JSON.stringify(other)).toBe(JSON.stringify(one));
    }),
  );
});
