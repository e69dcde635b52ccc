/*
 * A marketplace keeps its listing of a house's stock: what can be sold, and what has changed since
 * it last looked.
 *
 * node --conditions=selvedge-source examples/partners/marketplace/list-stock.ts <listing.json>
 *   [--sell <sku>]
 */
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";

/** What the marketplace shows its customers. */
interface Listing {
  /** The instant of the read model that it shows: while that is the same, nothing has changed. */
  readonly tag: string | null;
  /** Receipts of our own sales: a listing that does not show them sells the same piece twice. */
  readonly receipts: readonly string[];
  readonly available: Readonly<Record<string, number>>;
}

const empty: Listing = { tag: null, receipts: [], available: {} };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { sell: { type: "string" } },
});
const [file = "listing.json"] = positionals;
const selvedge = new Selvedge({
  baseUrl: process.env.SELVEDGE_URL ?? "http://127.0.0.1:4000",
  apiKey: process.env.SELVEDGE_API_KEY,
});

const known: Listing = await readFile(file, "utf8").then(JSON.parse, () => empty);
const sold = values.sell === undefined ? [] : [await sell(values.sell)];
const listing = await refreshed({ ...known, receipts: [...known.receipts, ...sold] });
await writeFile(file, JSON.stringify(listing, null, 2));

/** Sells one piece; answers the receipt. A customer's order has a reference of the customer's. */
async function sell(sku: string): Promise<string> {
  const lines = [{ sku, qty: 1 }];
  const order = { channel: "marketplace", externalRef: randomUUID(), lines };
  const { data, receipt } = await selvedge.orders.placeOrder(order);
  console.log(`sold one ${sku} as order ${data.orderId}`);
  return receipt;
}

/** The listing as it is now: only where something has changed are the pages read. */
async function refreshed(before: Listing): Promise<Listing> {
  // Our own sales have to be in; of others' changes we bear to miss those of the last 5 s.
  const fresh = { atLeast: before.receipts, maxStaleMs: 5_000 };
  const { freshness } = await selvedge.stock.sellableAvailability({ limit: 1 }, fresh);
  // The first glance's instant: what changes while the pages are read shows the next time.
  const tag = freshness.asOf;
  if (tag !== null && tag === before.tag) {
    console.log(`nothing has changed since ${tag}`);
    return { ...before, receipts: [] };
  }
  const available: Record<string, number> = {};
  for await (const row of selvedge.stock.sellableAvailability.rows({ limit: 500 }, fresh)) {
    available[row.sku] = (available[row.sku] ?? 0) + row.available;
  }
  for (const sku of new Set([...Object.keys(before.available), ...Object.keys(available)])) {
    const [was, is] = [before.available[sku] ?? 0, available[sku] ?? 0];
    if (was !== is) console.log(`${sku}: ${was} -> ${is}`);
  }
  console.log(`${Object.keys(available).length} SKUs as of ${tag}, ${freshness.lagMs} ms behind`);
  return { tag, receipts: [], available };
}
