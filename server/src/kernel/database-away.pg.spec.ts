import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CutOff, cutOffFrom } from "../../../test/harness/cut-off.ts";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";

/* The database goes away for a while, under a server with everything in it. */

let database: TestDatabase;
let way: CutOff;
let it: TestSelvedge;
beforeAll(async () => {
  database = await createDatabase();
  way = await cutOffFrom(database.url);
  it = await startSelvedge({}, { ...database, url: way.url });
  await it.client.catalogue.registerVariant({ sku: "A" });
});
afterAll(async () => {
  await it.stop();
  await way.cut();
  await database.drop();
});

const add = (client: Selvedge, ref: string) => client.stock.addBatch({ ref, sku: "A", qty: 1 });

test("commands and queries say that it is away, and work again by themselves when it is back", async () => {
  const hasty = new Selvedge({ baseUrl: it.baseUrl, consistency: "none", retriesMax: 0 });
  for (let round = 1; round <= 2; round += 1) {
    await way.cut();
    const away = { code: "UNAVAILABLE", retryable: true };
    await expect(add(hasty, `lost-${round}`)).rejects.toMatchObject(away);
    await expect(hasty.stock.sellableAvailability({})).rejects.toMatchObject(away);
    expect((await fetch(`${it.baseUrl}/livez`)).status).toBe(200);
    expect((await fetch(`${it.baseUrl}/readyz`)).status).toBe(503);

    await way.mend();
    // The SDK sends it again until it is through; then its own write is waited for.
    await add(it.client, `back-${round}`);
    const { data } = await it.client.stock.sellableAvailability({ sku: "A" });
    expect(data.rows.map(({ onHand }) => onHand)).toEqual([round]);
    expect((await fetch(`${it.baseUrl}/readyz`)).status).toBe(200);
  }
});
