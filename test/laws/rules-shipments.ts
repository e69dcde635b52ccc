import { type HouseState, lineKey, type ParcelItemState, type ParcelState } from "./house-state.ts";
import { type Rule, rule } from "./rule.ts";

type Item = { readonly line: number } & ({ readonly lpn: string } | { readonly qty: number });

interface Packed {
  readonly orderId: string;
  readonly items: readonly Item[];
}

interface OfParcel {
  readonly shipmentId: string;
}

function refusesParcel(
  { parcels }: HouseState,
  { shipmentId }: OfParcel,
  ...statuses: readonly string[]
): (string | false)[] {
  const parcel = parcels.get(shipmentId);
  if (!parcel) return ["shipment-unknown"];
  return [!statuses.includes(parcel.status) && "shipment-status-forbids"];
}

/** Why an order's pieces are neither packed nor sent. */
function refusesWaiting({ orders }: HouseState, orderId: string): (string | false)[] {
  const order = orders.get(orderId);
  return [order?.status === "cancelled" && "order-cancelled", order?.held === true && "order-held"];
}

function parcelOf({ parcels }: HouseState, { shipmentId }: OfParcel): ParcelState {
  const parcel = parcels.get(shipmentId);
  if (!parcel) throw new Error(`There is no parcel ${shipmentId}.`);
  return parcel;
}

function refusesItem(state: HouseState, orderId: string, item: Item): (string | false)[] {
  const { line } = item;
  if (!state.orders.get(orderId)?.lines[line - 1]) return ["line-unknown"];
  if ("lpn" in item) {
    const piece = state.pieces.get(item.lpn);
    if (!piece) return ["garment-unknown"];
    const isIts = piece.order === orderId && piece.line === line;
    return [!isIts && "wrong-piece", piece.status !== "picked" && "garment-status-forbids"];
  }
  const allocation = state.allocations.get(lineKey(orderId, line));
  if (!allocation) return ["line-not-allocated"];
  const left = allocation.state === "picked" ? allocation.qty - allocation.packed : 0;
  return [item.qty > left && "not-picked"];
}

const nameOf = (item: Item) => ("lpn" in item ? item.lpn : `line ${item.line}`);

const packParcel = rule<Packed, OfParcel>({
  refuses: (state, { orderId, items }) => {
    const twice = new Set(items.map(nameOf)).size < items.length;
    if (!state.orders.has(orderId)) return ["order-unknown", twice && "item-twice"];
    return [
      twice && "item-twice",
      ...refusesWaiting(state, orderId),
      ...items.flatMap((item) => refusesItem(state, orderId, item)),
    ];
  },
  does: (state, { orderId, items }, { answer: { shipmentId } }) => {
    const packed = items.map((item): ParcelItemState => {
      if ("lpn" in item) {
        Object.assign(state.pieces.get(item.lpn) ?? {}, { status: "packed" });
        return { line: item.line, lpn: item.lpn, batch: null, qty: 1 };
      }
      const allocation = state.allocations.get(lineKey(orderId, item.line));
      if (allocation) allocation.packed += item.qty;
      return { line: item.line, lpn: null, batch: allocation?.batch ?? null, qty: item.qty };
    });
    const inOrder = packed.toSorted((a, b) => {
      return a.line - b.line || ((a.lpn ?? "") < (b.lpn ?? "") ? -1 : 1);
    });
    const parcel = { order: orderId, status: "packed", tracking: null, items: inOrder };
    state.parcels.set(shipmentId, parcel);
    return { items: items.length };
  },
});

/** A parcel is opened: what is in it is picked, and no longer packed. */
export function unpack(state: HouseState, parcel: ParcelState): void {
  Object.assign(parcel, { status: "unpacked", tracking: null });
  for (const { line, lpn, qty } of parcel.items) {
    const allocation = state.allocations.get(lineKey(parcel.order, line));
    if (lpn !== null) Object.assign(state.pieces.get(lpn) ?? {}, { status: "picked" });
    else if (allocation) allocation.packed -= qty;
  }
}

function handOver(state: HouseState, parcel: ParcelState): void {
  parcel.status = "handedOver";
  for (const { line, lpn, batch: ref, qty } of parcel.items) {
    if (lpn !== null) Object.assign(state.pieces.get(lpn) ?? {}, { status: "shipped" });
    const batch = ref === null ? undefined : state.batches.get(ref);
    const allocation = state.allocations.get(lineKey(parcel.order, line));
    if (!batch || !allocation) continue;
    batch.qty -= qty;
    batch.allocated -= qty;
    batch.picked -= qty;
    allocation.shipped += qty;
    if (allocation.shipped === allocation.qty) allocation.state = "shipped";
  }
}

/** What is known of parcels' commands. */
export const shipmentsRules: Readonly<Record<string, Rule>> = {
  "shipments.packParcel": packParcel,
  "shipments.unpackParcel": rule<OfParcel>({
    refuses: (state, input) => refusesParcel(state, input, "packed", "labelled"),
    does: (state, input) => {
      unpack(state, parcelOf(state, input));
      return { items: parcelOf(state, input).items.length };
    },
  }),
  "shipments.labelParcel": rule<OfParcel & { readonly carrier: string; readonly tracking: string }>(
    {
      refuses: (state, input) => [
        ...refusesParcel(state, input, "packed"),
        ...refusesWaiting(state, state.parcels.get(input.shipmentId)?.order ?? ""),
        [...state.parcels.values()].some(({ tracking }) => {
          return tracking === `${input.carrier} ${input.tracking}`;
        }) && "tracking-taken",
      ],
      does: (state, input) => {
        const tracking = `${input.carrier} ${input.tracking}`;
        Object.assign(parcelOf(state, input), { status: "labelled", tracking });
        return undefined;
      },
    },
  ),
  "shipments.handOver": rule<{ readonly shipmentIds: readonly string[] }>({
    refuses: (state, { shipmentIds }) =>
      shipmentIds.flatMap((shipmentId) => [
        ...refusesParcel(state, { shipmentId }, "labelled"),
        ...refusesWaiting(state, state.parcels.get(shipmentId)?.order ?? ""),
      ]),
    does: (state, { shipmentIds }) => {
      const parcels = [...new Set(shipmentIds)].map((shipmentId) => {
        return parcelOf(state, { shipmentId });
      });
      for (const parcel of parcels) handOver(state, parcel);
      return { parcels: parcels.length };
    },
  }),
  "shipments.confirmDelivery": rule<OfParcel>({
    refuses: (state, input) => refusesParcel(state, input, "handedOver"),
    does: (state, input) => {
      parcelOf(state, input).status = "delivered";
      return undefined;
    },
  }),
  "shipments.reportLoss": rule<OfParcel>({
    refuses: (state, input) => refusesParcel(state, input, "handedOver"),
    does: (state, input) => {
      const parcel = parcelOf(state, input);
      parcel.status = "lost";
      for (const { lpn } of parcel.items) {
        const piece = lpn === null ? undefined : state.pieces.get(lpn);
        // It may have come back before anybody said so, and have left again since.
        const hasIt = piece?.status === "shipped" && piece.order === parcel.order;
        if (hasIt) piece.status = "writtenOff";
      }
      return { pieces: parcel.items.reduce((sum, { qty }) => sum + qty, 0) };
    },
  }),
};
