import { afterAll, beforeAll, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import type { Identity } from "../kernel/context.ts";

/* What the host's bus tells more than once, in a real house. */

let it: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge();
});
afterAll(() => it.stop());

const identity: Identity = { tenant: "default", partner: "erp", actor: "bus", scopes: ["*"] };
const batchesOf = (sku: string) =>
  it.database.query<{ ref: string }>(
    `select answer ->> 'ref' as ref from selvedge.command_log
     where procedure = 'stock.addBatch' and answer ->> 'ref' like $1 order by 1`,
    [`${sku}%`],
  );

test("an event that fails half-way is made up for when it is told again, and no more", async () => {
  const { selvedge } = it;
  let tells = 0;
  const repeated: boolean[] = [];
  selvedge.onHostEvent<{ sku: string }>("product.created", async ({ data: { sku } }, house) => {
    tells += 1;
    await house.execute("catalogue.registerVariant", { sku });
    repeated.push(
      (await house.execute("stock.addBatch", { ref: `${sku}-1`, sku, qty: 1 })).repeated,
    );
    if (tells === 1) throw new Error("the host was restarted");
    await house.execute("stock.addBatch", { ref: `${sku}-2`, sku, qty: 1 });
  });
  const event = { id: "e-1", type: "product.created", data: { sku: "TEE" }, identity };
  await expect(selvedge.takeHostEvent(event)).rejects.toThrow("restarted");
  expect(await batchesOf("TEE")).toEqual([{ ref: "TEE-1" }]);
  expect(await selvedge.takeHostEvent(event)).toBe("handled");
  expect(await selvedge.takeHostEvent(event)).toBe("handled");
  expect(repeated).toEqual([false, true, true]);
  expect(await batchesOf("TEE")).toEqual([{ ref: "TEE-1" }, { ref: "TEE-2" }]);
});

test("an event that is told to two at once is applied once", async () => {
  const { selvedge } = it;
  selvedge.onHostEvent<{ sku: string }>("stock.came", async ({ id, data: { sku } }, house) => {
    await house.execute("catalogue.registerVariant", { sku });
    await house.execute("stock.addBatch", { ref: `${sku}-${id}`, sku, qty: 1 });
  });
  const event = { id: "e-2", type: "stock.came", data: { sku: "CAP" }, identity };
  const both = Promise.all([selvedge.takeHostEvent(event), selvedge.takeHostEvent(event)]);
  expect(await both).toEqual(["handled", "handled"]);
  expect(await batchesOf("CAP")).toEqual([{ ref: "CAP-e-2" }]);
});

test("a handler that decides otherwise the second time is refused, not applied twice", async () => {
  const { selvedge } = it;
  let ref = "HAT-1";
  selvedge.onHostEvent("hat.came", async (_event, house) => {
    await house.execute("catalogue.registerVariant", { sku: "HAT" });
    await house.execute("stock.addBatch", { ref, sku: "HAT", qty: 1 });
  });
  const event = { id: "e-3", type: "hat.came", data: {}, identity };
  expect(await selvedge.takeHostEvent(event)).toBe("handled");
  ref = "HAT-2";
  await expect(selvedge.takeHostEvent(event)).rejects.toMatchObject({ code: "COMMAND_ID_REUSED" });
  expect(await batchesOf("HAT")).toEqual([{ ref: "HAT-1" }]);
});
