import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../test/harness/house.ts";

/* A command's way into the read models, with a refresher that can be paused. */

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const soon = { timeout: 20_000 };
const trace = (command: string) => house.client.operations.trace({ command });
const stateIn = (of: Awaited<ReturnType<typeof trace>>, name: string) =>
  of.readModels.find(({ readModel }) => readModel === name);

test("a command is told with its events, and where it is to be seen", async () => {
  await house.client.catalogue.registerVariant({ sku: "TEE" });
  const { receipt, commandId } = await house.client.stock.addBatch({
    ref: "B",
    sku: "TEE",
    qty: 2,
  });
  await house.client.stock.sellableAvailability({ sku: "TEE" }, { atLeast: receipt });
  const traced = await trace(commandId);
  expect(traced).toMatchObject({
    receipt,
    command: { procedure: "stock.addBatch", commandId, receipt },
    events: [{ kind: "SkuStock", type: "BatchAdded" }],
  });
  expect(stateIn(traced, "sellableAvailability")).toMatchObject({
    ...{ group: "fulfilment", state: "visible", pendingKeys: [], asOf: expect.any(String) },
  });
  expect(await trace(` ${receipt} `)).toEqual({ ...traced, readModels: expect.any(Array) });
});

test("a command that is not in yet is told with the keys that wait", async () => {
  await house.client.operations.pause({ group: "fulfilment", reason: "a test" });
  const { commandId } = await house.client.stock.addBatch({ ref: "C", sku: "TEE", qty: 2 });
  const variant = await house.client.catalogue.registerVariant({ sku: "CAP" });
  expect(stateIn(await trace(commandId), "sellableAvailability")).toMatchObject({
    state: "pending",
    pendingKeys: [{ key: { sku: "TEE", warehouse: "main" }, held: false }],
  });
  // Nothing of its own waits there, but what was written before it does.
  expect(stateIn(await trace(variant.commandId), "sellableAvailability")).toMatchObject({
    ...{ state: "behind", pendingKeys: [] },
  });
  await house.client.operations.resume({ group: "fulfilment", reason: "done" });
  await expect
    .poll(async () => stateIn(await trace(commandId), "sellableAvailability")?.state, soon)
    .toBe("visible");
});

test("what was refused, never came or is another house's is not found", async () => {
  const own = await house.client.catalogue.registerVariant({ sku: "HAT" });
  for (const command of ["no-such-command", "' or true --"]) {
    await expect(trace(command)).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  const theirs = house.elsewhere.operations.trace({ command: own.commandId });
  await expect(theirs).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(trace("r1.0123456789ab.7")).rejects.toMatchObject({ code: "RECEIPT_REFUSED" });
});
