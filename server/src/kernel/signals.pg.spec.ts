import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { silent } from "../log.ts";
import { Signals, staleChannel } from "./signals.ts";

let it: TestSelvedge;
let elsewhere: Signals;
let heard: string[];
beforeAll(async () => {
  it = await startSelvedge({ roles: ["command"] });
  await it.client.catalogue.registerVariant({ sku: "TEE" });
});
afterAll(() => it.stop());
beforeEach(async () => {
  heard = [];
  elsewhere = new Signals(it.database.url, silent);
  await elsewhere.start();
  elsewhere.on("written", (tables) => void heard.push([...tables].sort().join(" ")));
  elsewhere.on("stale", (wanted) => void heard.push(`stale ${wanted ?? "anything"}`));
});
afterEach(() => elsewhere.stop());

const toBeHeard = (what: string[]) => expect.poll(() => heard).toEqual(what);

test("a command tells other processes which tables it has written to, with the journal", async () => {
  await it.client.stock.addBatch({ ref: randomUUID(), sku: "TEE", qty: 5 });
  await toBeHeard(["batch journal sku_stock"]);
  const lines = [{ sku: "TEE", qty: 1 }];
  await it.client.orders.placeOrder({ channel: "shop", externalRef: "A-1", lines });
  const placed = "allocation batch journal order_line sales_order sku_stock";
  await toBeHeard(["batch journal sku_stock", placed]);
});

test("a command that changes nothing tells of nothing that read models stand on", async () => {
  await it.client.catalogue.registerVariant({ sku: "TEE" });
  await it.client.catalogue.registerVariant({ sku: "COAT" });
  await toBeHeard(["journal variant"]);
});

test("a reader's wait and what is not known are told as such, in either direction", async () => {
  it.selvedge.engine?.signals.stale("orders");
  await toBeHeard(["stale orders"]);
  it.selvedge.engine?.signals.stale();
  await toBeHeard(["stale orders", "stale anything"]);
});

test("what a server of an older version sends wakes everybody", async () => {
  await it.database.query("select pg_notify($1, $2)", [staleChannel, `${randomUUID()} `]);
  await toBeHeard(["stale anything"]);
});
