import { people, turn } from "../plan/people.ts";
import type { DeskOrder, Item, Parcel } from "./desk-order.ts";
import type { Player } from "./player.ts";
import { holdOrders, ordersThat } from "./sales.ts";
import { carriers } from "./waves-of-day.ts";

const parcelsOfList = 60;

/** What was picked is packed, and labelled but for some. */
export function packOrders(
  player: Player,
  when: string,
  isLabelled: (at: number) => boolean,
): Promise<void> {
  const orders = player.desk.all().filter((one) => one.isPicked && one.parcels.length === 0);
  return player.step(`${when} parcels`, orders, async (order, at) => {
    const packer = turn(people.packers, at);
    for (const [part, items] of partsOf(order).entries()) {
      const about = `${order.ref}/${part + 1}`;
      const parcel = await pack(player, packer, order, { about, items });
      if (parcel && isLabelled(at)) await label(player, packer, parcel, about);
    }
  });
}

/** Labelled parcels go, list by list; those of held orders stay. */
export async function handOver(
  player: Player,
  when: string,
  among: readonly string[],
): Promise<void> {
  await holdOrders(player, `packed ${when}`, packedInDoubt(player));
  const lists = among.flatMap((carrier) => {
    const orders = player.desk.all().filter(({ isHeld, isCancelled }) => !isHeld && !isCancelled);
    const parcels = orders
      .flatMap((order) => order.parcels)
      .filter((one) => one.carrier === carrier && one.isLabelled && !one.isGone);
    const count = Math.ceil(parcels.length / parcelsOfList);
    return Array.from({ length: count }, (_none, at) => ({
      manifest: `${carrier}/${player.planning.label}/${when}/${at + 1}`,
      parcels: parcels.slice(at * parcelsOfList, (at + 1) * parcelsOfList),
    }));
  });
  await player.step(`${when} lists`, lists, async ({ manifest, parcels }, at) => {
    const shipmentIds = parcels.map(({ shipmentId }) => shipmentId);
    const as = turn(people.packers, at);
    const list = { shipmentIds, manifest };
    const outcome = await player.do(as, "shipments.handOver", manifest, list);
    if (outcome.state !== "refused") for (const parcel of parcels) parcel.isGone = true;
  });
}

/** Carriers say what became of the parcels that they have: of some they say nothing yet. */
export function hearOfParcels(player: Player): Promise<void> {
  const gone = player.desk
    .all()
    .flatMap((order) => order.parcels.map((parcel, part) => ({ order, parcel, part })))
    .filter(({ parcel }) => parcel.isGone);
  return player.step("deliveries", gone, async ({ order, parcel, part }, at) => {
    const { shipmentId, carrier } = parcel;
    const about = `${order.ref}/${part + 1}`;
    if (order.fate === "lost") {
      const lost = { shipmentId, reason: "not seen since the depot" };
      await player.do(carrier, "shipments.reportLoss", about, lost);
    } else if (at % 6 !== 5 || order.fate === "returned") {
      const outcome = await player.do(carrier, "shipments.confirmDelivery", about, { shipmentId });
      parcel.isDelivered = outcome.state !== "refused";
    }
  });
}

function packedInDoubt(player: Player): DeskOrder[] {
  const isPacked = ({ parcels, isHeld, isGone }: DeskOrder) =>
    parcels.length > 0 && !isHeld && !isGone;
  return ordersThat(player, "held when packed").filter(isPacked);
}

function partsOf({ fate, lines }: DeskOrder): Item[][] {
  const items = lines.map(({ picked }) => picked);
  const parts = fate === "two parcels" ? [items.slice(0, 1), items.slice(1)] : [items];
  return parts.map((part) => part.flat()).filter((part) => part.length > 0);
}

function carrierOf({ order }: DeskOrder): string {
  return order.input.promise?.carrierService === "express" ? carriers.express : carriers.standard;
}

async function pack(
  player: Player,
  packer: string,
  order: DeskOrder,
  { about, items }: { about: string; items: readonly Item[] },
): Promise<Parcel | undefined> {
  const { orderId, fate } = order;
  const carrier = carrierOf(order);
  const carton = items.length > 2 ? "L" : "M";
  const weightGrams = 180 + items.length * 340;
  const contents = { orderId, items, carton, weightGrams, carrier };
  const packed = await player.do(packer, "shipments.packParcel", about, contents);
  if (packed.state === "refused") return undefined;
  let { shipmentId } = packed.data;
  if (fate === "torn carton") {
    const torn = { shipmentId, reason: "the carton is torn" };
    await player.do(packer, "shipments.unpackParcel", about, torn);
    const again = await player.do(packer, "shipments.packParcel", `${about}/again`, contents);
    if (again.state === "refused") return undefined;
    shipmentId = again.data.shipmentId;
  }
  const untouched = { isLabelled: false, isGone: false, isDelivered: false };
  const parcel = { shipmentId, items, carrier, ...untouched };
  order.parcels.push(parcel);
  return parcel;
}

async function label(player: Player, packer: string, parcel: Parcel, about: string): Promise<void> {
  const { shipmentId, carrier } = parcel;
  const tracking = `${carrier.slice(0, 2).toUpperCase()}-${about}`;
  const labelled = { shipmentId, carrier, tracking };
  const outcome = await player.do(packer, "shipments.labelParcel", about, labelled);
  parcel.isLabelled = outcome.state !== "refused";
}
