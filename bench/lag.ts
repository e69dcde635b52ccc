import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { percentiles } from "./measure.ts";

/**
 * Lag from a command's journal row to its being visible in the read models, and the rate reached.
 */
export interface MeasuredLag {
  readonly perSecond: number;
  readonly seen: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/**
 * Sends commands at a steady rate and watches from outside when the stored snapshot shows each: by
 * the database's clock, from when the journal row was written (a little before the commit) to when
 * this watcher found the transaction visible (a little after it became so).
 */
export async function measureLag(
  { client, databaseUrl, skus }: { client: Selvedge; databaseUrl: string; skus: readonly string[] },
  { perSecond, forMs }: { perSecond: number; forMs: number },
): Promise<MeasuredLag> {
  const watcher = await watchVisibility(databaseUrl);
  const begun = performance.now();
  const calls: Promise<unknown>[] = [];
  for (let n = 0; n < (perSecond * forMs) / 1_000; n += 1) {
    const due = begun + (n * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await setTimeout(wait);
    const sku = skus[n % skus.length] ?? "";
    const order = { channel: "bench", externalRef: randomUUID(), lines: [{ sku, qty: 1 }] };
    calls.push(
      client.orders.placeOrder(order).then(({ receipt }) => watcher.watch(xidOf(receipt))),
    );
  }
  await Promise.all(calls);
  const reached = calls.length / ((performance.now() - begun) / 1_000);
  const lagsMs = await watcher.lags();
  return { perSecond: reached, seen: lagsMs.length, ...percentiles(lagsMs) };
}

function xidOf(receipt: string): string {
  return receipt.split(".")[2] ?? "";
}

async function watchVisibility(databaseUrl: string) {
  const listener = new pg.Client({ connectionString: databaseUrl });
  await listener.connect();
  const waiting = new Set<string>();
  const visibleAtMs = new Map<string, number>();
  let looking: Promise<void> | undefined;
  const look = async () => {
    const { rows } = await listener.query<{ xid: string; now_ms: number }>(
      `select xid, extract(epoch from clock_timestamp())::float8 * 1000 as now_ms
       from unnest($1::text[]) as xid, selvedge.refresh_group as g
       where g.name = 'fulfilment' and pg_visible_in_snapshot(xid::xid8, g.snapshot)`,
      [[...waiting]],
    );
    for (const { xid, now_ms } of rows) {
      waiting.delete(xid);
      visibleAtMs.set(xid, now_ms);
    }
    looking = undefined;
  };
  const lookOnce = () => {
    if (waiting.size > 0) looking ??= look();
    return looking;
  };
  listener.on("notification", lookOnce);
  await listener.query("listen selvedge_refreshed");
  return {
    watch: (xid: string) => {
      waiting.add(xid);
      lookOnce();
    },
    lags: async () => {
      while (waiting.size > 0) {
        await lookOnce();
        await setTimeout(5);
      }
      const { rows } = await listener.query<{ xid: string; at_ms: number }>(
        `select xid::text as xid, extract(epoch from min(at))::float8 * 1000 as at_ms
         from selvedge.journal where xid::text = any ($1) group by xid`,
        [[...visibleAtMs.keys()]],
      );
      await listener.end();
      return rows.map(({ xid, at_ms }) => (visibleAtMs.get(xid) ?? 0) - at_ms);
    },
  };
}
