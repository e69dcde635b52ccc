/* A partner who has Selvedge's own SDK, and knows nothing of what the host has added. */
import { Selvedge } from "@selvedge/sdk";

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
console.log(JSON.stringify({ status: board.data.rows[0]?.status, notices }));
