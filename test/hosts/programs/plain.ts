/* A partner who has Selvedge's own SDK, and knows nothing of what the host has added. */
import { Selvedge, safe } from "@selvedge/sdk";

const notices: string[] = [];
const selvedge = new Selvedge({
  baseUrl: process.env.SELVEDGE_URL ?? "",
  onNotice: (notice) => notices.push(notice),
});
await selvedge.catalogue.registerVariant({ sku: "CAP" });
await selvedge.stock.addBatch({ ref: "PO-1/1", sku: "CAP", qty: 3 });
const lines = [{ sku: "CAP", qty: 1 }];
const { data } = await selvedge.orders.placeOrder({ channel: "shop", externalRef: "A-1", lines });
const board = await selvedge.orders.orderBoard({ orderId: data.orderId });
const odd = await safe(selvedge.stock.addBatch({ ref: "PO-1/1", sku: "CAP", qty: -1 }));
const status = board.data.rows[0]?.status;
console.log(
  JSON.stringify({ status, notices, odd: odd.error?.code, hint: odd.error?.hint ?? null }),
);
