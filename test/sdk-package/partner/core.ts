/* What a partner writes against the client; compiled with every TypeScript that partners have. */
import {
  type ChangedInBetween,
  type CommandResult,
  contractHash,
  type Fact,
  isSelvedgeError,
  type PlaceOrderData,
  type PlaceOrderRefusal,
  type SellableAvailabilityRow,
  Selvedge,
  type SelvedgeError,
  type SelvedgeErrorCode,
} from "@selvedge/sdk";

/** Makes a client with every option there is. */
export function connect(baseUrl: string, apiKey?: string): Selvedge {
  return new Selvedge({
    baseUrl,
    apiKey,
    fetch: globalThis.fetch,
    timeoutMs: 5_000,
    retriesMax: 2,
    consistency: "own-writes",
  });
}

/** Places an order on what was seen of the stock, and tells whether it was taken. */
export async function order(selvedge: Selvedge, sku: string): Promise<string> {
  const { data, freshness } = await selvedge.stock.sellableAvailability({ sku: [sku], limit: 1 });
  const row: SellableAvailabilityRow | undefined = data.rows[0];
  if (!row) return "none";
  const seen: Fact = {
    readModel: "sellableAvailability",
    key: { warehouse: row.warehouse, sku: row.sku, grade: row.grade },
    columns: { available: row.available },
  };
  try {
    const placed: CommandResult<PlaceOrderData> = await selvedge.orders.placeOrder(
      { channel: "shop", externalRef: "A-1", lines: [{ sku, qty: 1 }] },
      { basedOn: { freshness, facts: [seen] }, signal: new AbortController().signal },
    );
    const receipt: string = placed.receipt;
    await selvedge.orders.orderBoard({ orderId: placed.data.orderId }, { atLeast: receipt });
    return placed.repeated ? "again" : "placed";
  } catch (error) {
    if (!isSelvedgeError<PlaceOrderRefusal>(error)) throw error;
    return reasonOf(error);
  }
}

/** Reads what was seen of an error, with its reason typed by the command's refusals. */
function reasonOf(error: SelvedgeError<PlaceOrderRefusal>): string {
  const code: SelvedgeErrorCode = error.code;
  // @ts-expect-error: no refusal of this command
  if (error.reason === "bin-full") return code;
  if (error.reason === "changed-in-between") {
    const { words } = error.details as unknown as ChangedInBetween;
    return words;
  }
  return error.reason ?? code;
}

/** Adds up what is on hand, page after page. */
export async function onHand(selvedge: Selvedge): Promise<number> {
  let sum = 0;
  for await (const row of selvedge.stock.sellableAvailability.rows()) sum += row.available;
  return sum;
}

/** What the compiler has to refuse. */
export async function mistakes(selvedge: Selvedge): Promise<void> {
  // @ts-expect-error: an order has lines
  await selvedge.orders.placeOrder({ channel: "shop", externalRef: "A-1" });
  // @ts-expect-error: no such option
  await selvedge.orders.orderTotals({}, { onMiss: "guess" });
  // @ts-expect-error: no such procedure
  await selvedge.orders.forgetOrder({});
  // @ts-expect-error: what is not paged has no rows
  selvedge.orders.orderTotals.rows();
}

export { contractHash };
