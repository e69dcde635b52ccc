// What the programs of both formats do with the SDK that they are given.
exports.callsOf = async ({ isSelvedgeError, Selvedge }) => {
  const selvedge = new Selvedge({ baseUrl: process.env.SELVEDGE_URL, apiKey: "slv_partner" });
  const placed = await selvedge.orders.placeOrder({
    channel: "shop",
    externalRef: "A-1",
    lines: [{ sku: "TEE", qty: 1 }],
  });
  const rows = [];
  for await (const row of selvedge.orders.orderBoard.rows()) rows.push(row.orderId);
  const refused = await selvedge.orders.cancelOrder({ orderId: "x" }).catch((error) => error);
  return {
    node: process.version,
    orderId: placed.data.orderId,
    receipts: selvedge.receipts(),
    rows,
    refused: isSelvedgeError(refused) && refused.reason,
  };
};
