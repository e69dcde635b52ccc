import type { JournalEvent } from "../../host/journal-listener.ts";
import type { Selvedge } from "../../selvedge.ts";
import type { MedusaContainer, MedusaEventBus, MedusaSide, MedusaWorkflows } from "./medusa.ts";
import { type Item, skuOf } from "./orders.ts";
import { readAll, type SelvedgeModuleService } from "./service.ts";

/** Tells Medusa's event bus of everything, and Medusa's orders of parcels that have left. */
export function tellMedusa(
  service: SelvedgeModuleService,
  { container, logger }: MedusaSide,
): void {
  const { selvedge, identity } = service;
  const tenants = [identity.tenant];
  selvedge.on({ name: "medusa", tenants }, async (event) => {
    const bus = container.resolve("event_bus") as MedusaEventBus;
    await bus.emit({ name: `selvedge.${event.type}`, data: event });
  });
  const types = ["ParcelHandedOver"];
  selvedge.on({ name: "medusa.parcels", tenants, types }, async (event) => {
    try {
      await fulfil(service, container, event);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Told again, it would be refused again, and hold up all parcels behind it.
      logger.error(`Selvedge: Medusa does not take parcel ${event.id}.`, error);
    }
  });
}

interface Fulfilment {
  readonly id: string;
  readonly shipped_at: string | null;
  readonly metadata: { readonly selvedge_shipment_id?: string } | null;
}

interface ItemToFulfil extends Item {
  readonly detail: { readonly quantity: number; readonly fulfilled_quantity: number };
}

interface OrderToFulfil {
  readonly id: string;
  readonly items: readonly ItemToFulfil[];
  readonly fulfillments: readonly (Fulfilment | null)[];
}

const fields = [
  ...["id", "items.id", "items.variant_sku", "items.variant.sku"],
  ...["items.detail.quantity", "items.detail.fulfilled_quantity"],
  ...["fulfillments.id", "fulfillments.shipped_at", "fulfillments.metadata"],
];

/** Makes a fulfilment of a parcel, and says that it is shipped; each once. */
async function fulfil(
  { selvedge, identity, channel }: SelvedgeModuleService,
  container: MedusaContainer,
  event: JournalEvent,
): Promise<void> {
  const read = (kind: string, id: unknown) => dataOf(selvedge, identity, kind, String(id));
  const { orderId, items, carrier, tracking } = await read("Shipment", event.id);
  const placed = await read("Order", orderId);
  if (placed.channel !== channel) return;
  const id = String(placed.externalRef);
  const [order] = await readAll<OrderToFulfil>(container, "order", fields, { id });
  if (!order) return;

  const workflows = container.resolve("workflows") as MedusaWorkflows;
  const known = order.fulfillments.find((one) => one?.metadata?.selvedge_shipment_id === event.id);
  const inParcel = { order_id: id, items: itemsOf(order, items as readonly Packed[]) };
  let fulfilment = known;
  if (!fulfilment) {
    const metadata = { selvedge_shipment_id: event.id, carrier };
    const input = { ...inParcel, metadata };
    const { result } = await workflows.run("create-order-fulfillment", { input });
    fulfilment = result as Fulfilment;
  }
  if (fulfilment.shipped_at) return;
  const label = { tracking_number: tracking, tracking_url: "#", label_url: "#" };
  await workflows.run("create-order-shipment", {
    input: { ...inParcel, fulfillment_id: fulfilment.id, labels: [label] },
  });
}

interface Packed {
  readonly sku: string;
  readonly qty: number;
}

/** Which of an order's items a parcel has, by their SKUs; items that are open come first. */
function itemsOf({ items }: OrderToFulfil, packed: readonly Packed[]) {
  const open = new Map(
    items.map(({ id, detail }) => [
      id,
      Number(detail.quantity) - Number(detail.fulfilled_quantity),
    ]),
  );
  const inParcel = new Map<string, number>();
  for (const { sku, qty } of packed) {
    let left = qty;
    for (const item of items.filter((one) => skuOf(one) === sku)) {
      const taken = Math.min(left, open.get(item.id) ?? 0);
      if (taken <= 0) continue;
      open.set(item.id, (open.get(item.id) ?? 0) - taken);
      inParcel.set(item.id, (inParcel.get(item.id) ?? 0) + taken);
      left -= taken;
    }
  }
  return [...inParcel].map(([id, quantity]) => ({ id, quantity }));
}

/** All that the journal says of an aggregate, the latest last word. */
async function dataOf(
  selvedge: Selvedge,
  identity: SelvedgeModuleService["identity"],
  kind: string,
  id: string,
): Promise<Readonly<Record<string, unknown>>> {
  const asked = { aggregate: { kind, id }, limit: 500 };
  const { data } = await selvedge.ask("journal.events", asked, identity, { deadlineMs: 5_000 });
  return Object.assign({}, ...data.events.map((event) => event.data));
}

/** Whether Medusa says no for good: its errors have a type. */
function isRefusal(error: unknown): error is Error {
  const { type } = (error ?? {}) as { type?: unknown };
  return ["invalid_data", "not_allowed", "not_found"].includes(String(type));
}
