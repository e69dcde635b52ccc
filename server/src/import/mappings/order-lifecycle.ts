import type { MappingFile } from "../mapping.ts";

/**
 * A marketplace's orders with the times of their way: bought, approved, with the carrier, with the
 * customer, and by when that was promised. It does not tell what was ordered.
 */
export const orderLifecycle: MappingFile = {
  name: "order-lifecycle",
  kind: "orders",
  columns: {
    orderId: "order_id",
    date: "order_purchase_timestamp",
    status: "order_status",
    approvedAt: "order_approved_at",
    handedOverAt: "order_delivered_carrier_date",
    deliveredAt: "order_delivered_customer_date",
    promisedFor: "order_estimated_delivery_date",
  },
  ignore: ["customer_id"],
  dateFormat: "M/D/YYYY H:mm",
  whenStockMissing: "assume-batch",
  values: {
    status: {
      created: "placed",
      approved: "placed",
      invoiced: "placed",
      processing: "placed",
      unavailable: "cancelled",
      canceled: "cancelled",
      shipped: "shipped",
      delivered: "delivered",
    },
  },
  constants: { channel: "marketplace", sku: "unknown-item", qty: 1 },
};
