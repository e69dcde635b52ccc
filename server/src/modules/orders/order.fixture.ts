import { Order, type OrderToPlace } from "./order.ts";

/** An order of a shop for two lines, or for what is said. */
export function anOrderToPlace(facts: Partial<OrderToPlace> = {}): OrderToPlace {
  return {
    id: "0199c0de-0000-4000-8000-000000000001",
    tenant: "t",
    channel: "shop",
    externalRef: "A-1",
    warehouse: "main",
    priority: 0,
    orderedAt: new Date("2026-03-01T10:00:00Z"),
    shipBy: new Date("2026-03-02T16:00:00Z"),
    deliverBy: new Date("2026-03-05T23:00:00Z"),
    carrierService: "express",
    lines: [
      { sku: "TEE", grade: "N", qty: 2, priceCents: 1_999 },
      { sku: "CAP", grade: "B", qty: 1, priceCents: null },
    ],
    ...facts,
  };
}

/** An order that was placed. */
export function anOrder(facts: Partial<OrderToPlace> = {}): Order {
  return Object.assign(Order.place(anOrderToPlace(facts)).order, { version: 1 });
}
