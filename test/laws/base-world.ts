import type { Ask, Desk } from "./desk.ts";

/** A time that is not over for long. */
export const nextYear = "2099-01-01T00:00:00Z";

const to = (path: string, input: object): Ask => ({ path, input });
const register = (code: string, kind: string, capacity: number) =>
  to("bins.registerBin", { code, zone: "A", pickSequence: 1, kind, capacity });
const order = (externalRef: string, ...quantities: readonly number[]) =>
  to("orders.placeOrder", {
    ...{ channel: "shop", externalRef },
    lines: quantities.map((qty) => ({ sku: "TEE", qty })),
  });
const receive = (lpn: string, grade = "N") => [
  to("inbound.receivePiece", { inboundId: "#IN-0", line: 1, lpn }),
  to("garments.gradeGarment", { lpn, grade }),
  to("garments.decideDisposition", { lpn, disposition: "sell" }),
];
const store = (lpn: string, grade = "N") => [
  ...receive(lpn, grade),
  to("garments.putAway", { lpn, bin: lpn.startsWith("S") ? "B-1" : "A-1" }),
];
const announce = (ref: string, kind: string, lines: readonly object[], more: object = {}) =>
  to("inbound.announceInbound", { source: "dock", ref, kind, lines, ...more });
const pick = (wave: string, task: number, scan: object) =>
  to("waves.confirmPick", { waveId: wave, task, ...scan });
const reserve = (orderId: string, lpn: string, line = 1) =>
  to("garments.reservePiece", { orderId, line, lpn });

/*
 * Orders stand before the stock comes in, so that it is said below which of them has what: O-1, O-2
 * and O-8 wait, O-3 and O-4 are in a wave, O-5 is in a parcel, O-6 has pieces of a batch, O-7 has
 * gone out and comes back.
 */
const story: readonly (Ask & { readonly names?: string })[] = [
  to("catalogue.registerVariant", { sku: "TEE" }),
  to("catalogue.registerVariant", { sku: "CAP" }),
  register("A-1", "pick", 15),
  register("B-1", "reserve", 4),
  register("Q-1", "quarantine", 2),
  { ...order("O-1", 1), names: "#O-1" },
  { ...order("O-2", 3), names: "#O-2" },
  { ...order("O-3", 2, 1), names: "#O-3" },
  { ...order("O-4", 1), names: "#O-4" },
  { ...order("O-5", 1), names: "#O-5" },
  { ...order("O-6", 1), names: "#O-6" },
  { ...order("O-7", 2, 1), names: "#O-7" },
  {
    ...to("orders.placeOrder", {
      ...{ channel: "shop", externalRef: "O-8" },
      lines: [{ sku: "TEE", grade: "A", qty: 1 }],
    }),
    names: "#O-8",
  },
  { ...announce("IN-0", "supplier", [{ sku: "TEE", qty: 9 }]), names: "#IN-0" },
  ...store("L-1"),
  ...store("S-1"),
  ...store("R-1"),
  ...store("P-4"),
  ...store("L-8", "A"),
  ...receive("G-1"),
  ...receive("G-2"),
  ...receive("Q-9"),
  to("garments.quarantine", { lpn: "Q-9", reason: "smells of smoke" }),
  reserve("#O-4", "P-4"),
  reserve("#O-7", "R-1", 2),
  to("stock.addBatch", { ref: "TEE/1", sku: "TEE", qty: 8, bin: "A-1" }),
  to("stock.allocateLine", { orderId: "#O-3", line: 1 }),
  to("stock.allocateLine", { orderId: "#O-3", line: 2 }),
  to("stock.allocateLine", { orderId: "#O-5", line: 1 }),
  to("stock.allocateLine", { orderId: "#O-6", line: 1 }),
  to("stock.allocateLine", { orderId: "#O-7", line: 1 }),
  { ...to("waves.planWave", { orderIds: ["#O-3", "#O-4"] }), names: "#W-1" },
  to("waves.releaseWave", { waveId: "#W-1" }),
  { ...to("waves.planWave", { orderIds: ["#O-5"] }), names: "#W-5" },
  to("waves.releaseWave", { waveId: "#W-5" }),
  pick("#W-5", 1, { scannedSku: "TEE", qty: 1 }),
  {
    ...to("shipments.packParcel", { orderId: "#O-5", items: [{ line: 1, qty: 1 }] }),
    names: "#P-5",
  },
  to("shipments.labelParcel", { shipmentId: "#P-5", carrier: "DHL", tracking: "5" }),
  { ...to("waves.planWave", { orderIds: ["#O-7"] }), names: "#W-7" },
  to("waves.releaseWave", { waveId: "#W-7" }),
  pick("#W-7", 1, { scannedSku: "TEE", qty: 2 }),
  pick("#W-7", 2, { scannedLpn: "R-1" }),
  {
    ...to("shipments.packParcel", {
      orderId: "#O-7",
      items: [
        { line: 1, qty: 2 },
        { line: 2, lpn: "R-1" },
      ],
    }),
    names: "#P-7",
  },
  to("shipments.labelParcel", { shipmentId: "#P-7", carrier: "DHL", tracking: "7" }),
  to("shipments.handOver", { shipmentIds: ["#P-7"], manifest: "DHL/1" }),
  {
    ...announce(
      "RT-1",
      "return",
      [
        { sku: "TEE", qty: 2, orderLine: 1 },
        { sku: "TEE", qty: 1, orderLine: 2 },
      ],
      { orderId: "#O-7" },
    ),
    names: "#RT-1",
  },
  {
    ...announce("IN-1", "supplier", [
      { sku: "TEE", qty: 4 },
      { sku: "TEE", qty: 3 },
    ]),
    names: "#IN-1",
  },
  to("stock.addBatch", { ref: "TEE/2", sku: "TEE", qty: 3, eta: nextYear }),
];

/** Names that begin with `#`, and the ids that the house gave to what they mean. */
export type Names = ReadonlyMap<string, string>;

/** Plays the story in a tenant of its own; answers what its names mean. */
export async function playStory(desk: Desk, tenant: string): Promise<Names> {
  const names = new Map<string, string>();
  for (const { names: name, ...ask } of story) {
    const outcome = await desk.send(withIds(ask, names), { tenant });
    if (!outcome.ok) throw new Error(`${JSON.stringify(ask)} was refused: ${outcome.reason}`);
    const ids = outcome.data as Record<string, string>;
    const { orderId, waveId, shipmentId, inboundId } = ids;
    const id = orderId ?? waveId ?? shipmentId ?? inboundId;
    if (name !== undefined && id !== undefined) names.set(name, id);
  }
  return names;
}

/** What somebody asks for, with ids for the names in it. */
export function withIds({ path, input }: Ask, names: Names): Ask {
  const text = JSON.stringify(input, (_, value) =>
    typeof value === "string" ? (names.get(value) ?? value) : value,
  );
  return { path, input: JSON.parse(text) };
}
