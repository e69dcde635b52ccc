import fc from "fast-check";
import { nextYear } from "./base-world.ts";
import type { Ask } from "./desk.ts";

/*
 * What a command may be asked to do in the base world. There is little of everything in it, and so
 * two commands often meet: on one bin with little room, on one batch, on one order. O-8 wants L-8.
 */

const of = fc.constantFrom;
const qty = fc.integer({ min: 1, max: 6 });
const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const bin = option(of("A-1", "B-1"));
const reason = of("one reason", "another reason");
const overReason = option(reason);
const line = of(1, 2);
const stored = of("L-1", "S-1", "P-4", "L-8", "L-8", "L-8");
const orderLine = of(
  ...[
    { orderId: "#O-1", line: 1 },
    { orderId: "#O-2", line: 1 },
    { orderId: "#O-6", line: 1 },
    { orderId: "#O-3", line: 2 },
    { orderId: "#O-8", line: 1 },
    { orderId: "#O-8", line: 1 },
  ],
);
const tasks = [
  { task: 1, scannedSku: "TEE", qty: 2 },
  { task: 2, scannedSku: "TEE", qty: 1 },
  { task: 3, scannedLpn: "P-4" },
];

const inputs: Readonly<Record<string, fc.Arbitrary<object>>> = {
  "bins.registerBin": fc.record({
    ...{ code: of("N-1", "N-2"), zone: of("N"), pickSequence: of(7) },
    ...{ kind: of("pick", "pick", "reserve"), capacity: of(5) },
  }),
  "bins.startCount": fc.record({ bin: of("A-1", "B-1") }),
  "catalogue.registerVariant": fc.record(
    { sku: of("CAP", "NEW"), colour: of("red", "blue"), size: of("M", "L") },
    { requiredKeys: ["sku"] },
  ),
  "garments.movePiece": fc.record({ lpn: stored, toBin: of("A-1", "B-1") }).map((input) => ({
    ...input,
    fromBin: input.lpn === "S-1" ? "B-1" : "A-1",
  })),
  "garments.putAway": of(
    { lpn: "G-1", bin: "A-1" },
    { lpn: "G-1", bin: "B-1" },
    { lpn: "G-2", bin: "A-1" },
  ),
  "garments.regradeGarment": fc.record({ lpn: stored, grade: of("N", "A", "D"), reason }),
  "garments.reservePiece": fc.tuple(orderLine, stored).map(([of, lpn]) => ({ ...of, lpn })),
  "inbound.receiveLot": fc.oneof(
    fc.record({
      ...{ inboundId: of("#IN-1"), line, batchRef: of("lot-1", "lot-2"), qty },
      ...{ grade: of("N"), bin, overReason },
    }),
    fc.record({
      ...{ inboundId: of("#RT-1"), line: of(1), batchRef: of("lot-3"), qty: of(1, 2) },
      ...{ grade: of("N"), overReason },
    }),
  ),
  "inbound.receivePiece": fc.oneof(
    fc.record({ inboundId: of("#IN-1"), line, lpn: of("N-1", "N-2"), overReason }),
    fc.record({ inboundId: of("#RT-1"), line, lpn: of("R-1", "N-3", "N-4"), overReason }),
  ),
  "orders.cancelOrder": fc.record({ orderId: of("#O-1", "#O-3", "#O-5", "#O-6"), reason }),
  "orders.placeOrder": fc.record({
    ...{ channel: of("shop"), externalRef: of("new 1", "new 2"), priority: of(0, 1) },
    lines: fc
      .tuple(
        fc.oneof(fc.record({ sku: of("TEE"), qty }), of({ sku: "TEE", grade: "A", qty: 1 })),
        option(fc.record({ sku: of("CAP"), qty })),
      )
      .map((lines) => lines.filter((one) => one !== undefined)),
  }),
  "shipments.handOver": of({ shipmentIds: ["#P-5"], manifest: "DHL/2" }),
  "stock.addBatch": fc
    .record({
      ...{ ref: of("new/1", "new/2"), sku: of("TEE", "TEE", "CAP"), qty },
      where: fc.oneof(
        bin.map((code) => ({ bin: code })),
        of({ eta: nextYear }),
      ),
    })
    .map(({ where, ...input }) => ({ ...input, ...where })),
  "stock.allocateLine": orderLine,
  "stock.changeBatchQuantity": fc.record({
    ref: of("TEE/1", "TEE/2"),
    qty: fc.integer({ min: 0, max: 9 }),
  }),
  "stock.deallocateLine": orderLine.map((one) => ({ ...one, reason: "express first" })),
  "stock.receiveBatch": of({ ref: "TEE/2" }),
  "waves.confirmPick": of(...tasks).map((task) => ({ waveId: "#W-1", ...task })),
};

/** Commands of which it is known here what they may be asked to do. */
export const askable: readonly string[] = Object.keys(inputs);

/** Something that a command may be asked to do. */
export function asksOf(path: string): fc.Arbitrary<Ask> {
  const known = inputs[path];
  if (!known) throw new Error(`Nobody has said in asks.ts what ${path} may be asked to do.`);
  return known.map((input) => ({ path, input: JSON.parse(JSON.stringify(input)) }));
}

/** What else may have happened before: few things, of any kind. */
export const before: fc.Arbitrary<Ask[]> = fc.array(fc.oneof(...askable.map(asksOf)), {
  maxLength: 3,
});
