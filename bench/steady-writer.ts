import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { Signals } from "../server/src/kernel/signals.ts";
import { silent } from "../server/src/log.ts";
import { placeOrderRaw } from "./raw-place-order.ts";
import { takePieceRaw } from "./raw-take-piece.ts";
import { batchesPerSku, refOf, skuOf } from "./stock-of-size.ts";

/*
 * Writes at a steady rate what commands write, in a process of its own: plain statements, each
 * transaction followed by the wake-up that a server sends. Prints its rate as one line of JSON.
 */

const { values: flags } = parseArgs({
  options: {
    url: { type: "string", default: "" },
    keys: { type: "string", default: "1" },
    write: { type: "string", default: "piece" },
    "per-second": { type: "string", default: "100" },
    "for-ms": { type: "string", default: "1000" },
  },
});
const keys = Number(flags.keys);
const perSecond = Number(flags["per-second"]);
const house = { url: flags.url, rows: keys * batchesPerSku, keys };
const pool = new pg.Pool({ connectionString: flags.url, max: 10, options: "-c jit=off" });
const signals = new Signals(flags.url, silent);
await signals.start();

const anyOf = (n: number) => Math.floor(Math.random() * n);
const write = async () => {
  if (flags.write === "order") await placeOrderRaw(pool, skuOf(anyOf(keys)), randomUUID());
  else await takePieceRaw(pool, refOf(house, anyOf(keys), anyOf(batchesPerSku)));
  signals.stale();
};
// Connections and plans are there before the first one counts.
await Promise.all(Array.from({ length: 20 }, write));

const calls: Promise<void>[] = [];
const begun = performance.now();
for (let n = 0; n < (perSecond * Number(flags["for-ms"])) / 1_000; n += 1) {
  const wait = begun + (n * 1_000) / perSecond - performance.now();
  if (wait > 0) await setTimeout(wait);
  calls.push(write());
}
const sentMs = performance.now() - begun;
await Promise.all(calls);
const doneMs = performance.now() - begun;
console.log(
  JSON.stringify({
    asked: perSecond,
    sentPerSecond: (calls.length * 1_000) / sentMs,
    donePerSecond: (calls.length * 1_000) / doneMs,
  }),
);
await signals.stop();
await pool.end();
