import type { FactSender } from "./fact-sender.ts";
import type { ItemToPack } from "./floor-client.ts";
import type { OrderUnderWay } from "./order-under-way.ts";
import type { PickedPlates } from "./pick-wave.ts";
import type { PlannedParcel } from "./plan.ts";
import type { Outcome } from "./send-command.ts";

/** A parcel of an order that is packed. */
export interface PackedParcel {
  readonly order: OrderUnderWay;
  readonly parcel: PlannedParcel;
  readonly shipmentId: string;
  /** What the parcel is called outside: its order's names and its number there. */
  readonly names: readonly string[];
}

/** Most parcels that the server takes on one manifest. */
const parcelsMax = 200;

/** Packs and labels every parcel that the orders had. */
export async function packParcels(
  facts: FactSender,
  orders: readonly OrderUnderWay[],
  platesOf: PickedPlates,
): Promise<PackedParcel[]> {
  const packed: PackedParcel[] = [];
  for (const order of orders) {
    for (const [at, parcel] of order.work.parcels.entries()) {
      if (order.isStuck) continue;
      const names = [...order.names, String(at + 1)];
      const items = parcel.lines.flatMap((line) => itemsOf(order, line, platesOf));
      const shipmentId = await pack(facts, { order, names, items });
      if (shipmentId === null) continue;
      if (await label(facts, { order, parcel, shipmentId, names }))
        packed.push({ order, parcel, shipmentId, names });
    }
  }
  return packed;
}

function itemsOf(order: OrderUnderWay, line: number, platesOf: PickedPlates): ItemToPack[] {
  const plates = platesOf(order.orderId, line);
  if (plates.length === 0) return [{ line, qty: order.lineOf(line).qty }];
  return plates.map((lpn) => ({ line, lpn }));
}

async function pack(
  facts: FactSender,
  { order, names, items }: Pick<PackedParcel, "order" | "names"> & { items: ItemToPack[] },
): Promise<string | null> {
  const { orderId } = order;
  const outcome = await facts.send("packParcel", names, ({ shipments }, options) =>
    shipments.packParcel({ orderId, items }, options),
  );
  if (outcome.state !== "refused") return outcome.data.shipmentId;
  order.stickFor("it is not packed", outcome);
  return null;
}

async function label(
  facts: FactSender,
  { order, shipmentId, names }: PackedParcel,
): Promise<boolean> {
  const { carrier } = order.work;
  // No export says which number the carrier gave: it is called by the order's.
  const tracking = facts.keyFor(...names);
  const outcome = await facts.send("labelParcel", names, ({ shipments }, options) =>
    shipments.labelParcel({ shipmentId, carrier, tracking }, options),
  );
  if (outcome.state !== "refused" || wasDone(outcome)) return true;
  order.stickFor("it is not labelled", outcome);
  return false;
}

/**
 * Hands parcels over, all that left at one time by one manifest; answers those that a carrier has
 * now.
 */
export async function handOver(
  facts: FactSender,
  parcels: readonly PackedParcel[],
): Promise<PackedParcel[]> {
  const gone: PackedParcel[] = [];
  for (const together of manifestsOf(parcels)) {
    const outcome = await sendOff(facts, together);
    if (outcome.state !== "refused") gone.push(...together);
    else for (const one of together) if (await sendOffAlone(facts, one)) gone.push(one);
  }
  return gone;
}

function manifestsOf(parcels: readonly PackedParcel[]): PackedParcel[][] {
  const atOnce = Map.groupBy(parcels, ({ parcel }) => parcel.handedOverAt);
  return [...atOnce.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / parcelsMax) }, (_none, at) =>
      all.slice(at * parcelsMax, (at + 1) * parcelsMax),
    ),
  );
}

/** One parcel keeps all others of its manifest back: then each goes by one of its own. */
async function sendOffAlone(facts: FactSender, one: PackedParcel): Promise<boolean> {
  const outcome = await sendOff(facts, [one]);
  if (outcome.state !== "refused" || wasDone(outcome, "handedOver", "delivered", "lost"))
    return true;
  one.order.stickFor("it is not handed over", outcome);
  return false;
}

function sendOff(facts: FactSender, parcels: readonly PackedParcel[]) {
  const shipmentIds = parcels.map(({ shipmentId }) => shipmentId);
  const names = parcels.map((one) => one.names.join("/"));
  const manifest = facts.keyFor(facts.mapping.name, names[0] ?? "");
  const at = parcels[0]?.parcel.handedOverAt ?? null;
  return facts.send("handOver", names, ({ shipments }, options) =>
    shipments.handOver({ shipmentIds, manifest, ...(at === null ? {} : { at }) }, options),
  );
}

/**
 * Whether a step is refused since it was done already: the parcel is there, or the very command of
 * this fact was sent by an earlier import, in other words.
 */
export function wasDone(outcome: Outcome<unknown>, ...statuses: readonly string[]): boolean {
  if (outcome.state !== "refused") return false;
  if (outcome.code === "COMMAND_ID_REUSED") return true;
  const { status } = (outcome.details ?? {}) as { status?: unknown };
  return (
    outcome.reason === "shipment-status-forbids" &&
    typeof status === "string" &&
    statuses.includes(status)
  );
}
