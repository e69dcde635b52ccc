import type { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { announces } from "../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../test/harness/house.ts";
import { readModels } from "../router.gen.ts";
import { columnsIn } from "./why-aggregates.ts";

/* Why a row says what it says: to the commands that made it, and those that will change it. */

let house: House;
let client: Selvedge;
beforeAll(async () => {
  house = await startHouse();
  client = house.client;
});
afterAll(() => house.stop());

const soon = { timeout: 20_000 };
const readModel = "sellableAvailability";
const ask = (sku: string, grade = "N") =>
  client.operations.why({ readModel, key: { warehouse: "main", sku, grade } });
const told = async (...of: Parameters<typeof ask>) =>
  (await ask(...of)).commands.map(({ procedure, state }) => `${procedure} ${state}`);

test("a row tells the commands that made it, the newest first, with their events", async () => {
  await house.stocks("TEE", 3);
  const { commandId, orderId } = await house.sells({ TEE: 2 });
  await expect
    .poll(() => told("TEE"), soon)
    .toEqual([
      "orders.placeOrder shown",
      "stock.addBatch shown",
      "catalogue.registerVariant shown",
    ]);
  const answer = await ask("TEE");
  expect(answer).toMatchObject({
    key: { warehouse: "main", sku: "TEE", grade: "N" },
    row: { on_hand: 3, reserved: 2, available: 1 },
    isDueKnown: true,
  });
  expect(answer.due).toEqual(answer.row);
  expect(answer.commands[0]).toMatchObject({ commandId, actor: "spec" });
  const events = answer.commands[0]?.events.map(({ kind, type }) => `${kind} ${type}`);
  expect(events).toContain("Order OrderPlaced");
  expect(answer.commands[1]?.events[0]?.data).toMatchObject({ qty: 3, ref: "TEE/1" });

  const order = await client.operations.why({
    readModel: "orderBoard",
    key: { order_id: orderId },
  });
  expect(order.row).toMatchObject({ order_id: orderId });
  expect(order.commands.map(({ procedure }) => procedure)).toEqual(["orders.placeOrder"]);
});

test("what it does not show yet is told as waiting, with what it will say", async () => {
  await house.stocks("CAP", 1);
  await expect.poll(() => told("CAP"), soon).toHaveLength(2);
  await expect.poll(async () => (await ask("CAP")).row, soon).toMatchObject({ on_hand: 1 });
  await client.operations.pause({ group: "fulfilment", reason: "a spec says so" });
  await client.stock.addBatch({ ref: "CAP/2", sku: "CAP", qty: 4 });
  const answer = await ask("CAP");
  expect(answer).toMatchObject({ row: { on_hand: 1 }, due: { on_hand: 5 } });
  expect(answer.commands.map(({ state }) => state)).toEqual(["waits", "shown", "shown"]);
  await client.operations.resume({ group: "fulfilment", reason: "it is over" });
  await expect.poll(async () => (await ask("CAP")).row, soon).toMatchObject({ on_hand: 5 });
  expect((await ask("CAP")).commands.map(({ state }) => state)).toEqual(Array(3).fill("shown"));
});

test("pieces that are counted in a row tell their own lives", async () => {
  const inboundId = await announces(house, { COAT: 2 });
  await client.inbound.receivePiece({ inboundId, line: 1, lpn: "LPN-1" });
  const queue = () =>
    client.operations.why({ readModel: "intakeQueue", key: { inbound_id: inboundId } });
  await expect.poll(async () => (await queue()).row, soon).not.toBeNull();
  const { commands } = await queue();
  const events = commands.flatMap((one) => one.events.map(({ kind, type }) => `${kind} ${type}`));
  expect(events).toContain("Garment GarmentReceived");
  expect(commands.map(({ procedure }) => procedure)).toEqual([
    "inbound.receivePiece",
    "inbound.announceInbound",
  ]);
});

test("names with a slash lead to their own history", async () => {
  await house.stocks("A/B", 2);
  await house.stocks("B", 7);
  await expect.poll(async () => (await ask("A/B")).row, soon).toMatchObject({ on_hand: 2 });
  const { commands } = await ask("A/B");
  expect(commands.flatMap(({ events }) => events.map(({ data }) => data.qty ?? 0))).toEqual([2, 0]);
});

test("a row that is not there is told as such, and may be about to come", async () => {
  expect(await ask("NONE")).toMatchObject({ row: null, due: null, commands: [] });
});

test("rows of another house are not seen", async () => {
  await house.elsewhere.catalogue.registerVariant({ sku: "TEE" });
  const { operations } = house.elsewhere;
  const key = { warehouse: "main", sku: "TEE", grade: "N" };
  const answer = await operations.why({ readModel, key });
  expect(answer.row).toBeNull();
  expect(answer.commands.map(({ procedure }) => procedure)).toEqual(["catalogue.registerVariant"]);
  expect((await operations.readModelRows({ readModel })).rows).toEqual([]);
});

test("rows are found by any part of their key, in its order", async () => {
  const found = await client.operations.readModelRows({ readModel, where: { sku: "TEE" } });
  expect(found.key).toEqual(["warehouse", "sku", "grade"]);
  expect(found.rows).toMatchObject([{ warehouse: "main", sku: "TEE", grade: "N" }]);
  const first = await client.operations.readModelRows({ readModel, limit: 2 });
  expect(first.rows.map(({ sku }) => sku)).toEqual(["A/B", "B"]);
});

test("of a read model that is worked out whole nobody says which commands made a row", async () => {
  const key = { hour: "2026-01-01T00:00:00Z", step: "picked" };
  const answer = await client.operations.why({ readModel: "throughput", key });
  expect(answer).toMatchObject({ maintain: "whole", isDueKnown: false, row: null });
});

test.each([
  [{ warehouse: "main", sku: "TEE" }, "This is not the whole key of a row."],
  [{ order_id: "no uuid" }, "This is not a key of it: invalid input syntax for type uuid"],
])("the key %j is refused in words", async (key, message) => {
  const of = "order_id" in key ? "orderBoard" : readModel;
  const refused = client.operations.why({ readModel: of, key });
  await expect(refused).rejects.toMatchObject({
    ...{ code: "BAD_INPUT", message: expect.stringContaining(message) },
  });
});

test("it needs the scope of what it shows", async () => {
  const floor = house.as("ines");
  const refused = floor.operations.why({ readModel, key: {} });
  await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("every read model that is kept by key can name the write rows that it comes from", () => {
  const named = readModels.flatMap((model) =>
    model.maintain === "byKey"
      ? [[model.name, Object.values(model.staleOn).filter((sql) => columnsIn(sql)).length]]
      : [],
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(([, count]) => count === 0)).toEqual([]);
});
