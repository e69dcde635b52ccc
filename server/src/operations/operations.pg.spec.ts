import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";

/* What operations do to read models through the SDK, with a refresher at work. */

let it: TestSelvedge;
let client: Selvedge;
beforeAll(async () => {
  it = await startSelvedge();
  client = it.client;
  for (let i = 0; i < 20; i += 1) {
    await client.catalogue.registerVariant({ sku: `SKU-${i}` });
    await client.stock.addBatch({ ref: `B-${i}`, sku: `SKU-${i}`, qty: 5 });
  }
  await client.stock.sellableAvailability({});
});
afterAll(() => it.stop());

const reason = "a spec says so";
const readModel = "sellableAvailability";

async function lagOf(name = readModel) {
  const { readModels, sentence } = await client.operations.lag();
  return { ...readModels.find((one) => one.name === name), sentence };
}

async function verified(sample?: number) {
  const input = { readModel, reason, ...(sample !== undefined && { sample }) };
  const { verification } = await client.operations.verify(input);
  return expect
    .poll(
      async () => {
        const { verifications } = await client.operations.verifications({ readModel });
        return verifications.find(({ id, finishedAt }) => id === verification && finishedAt);
      },
      { timeout: 20_000 },
    )
    .toBeDefined()
    .then(async () => {
      const { verifications } = await client.operations.verifications({ readModel });
      const found = verifications.find(({ id }) => id === verification);
      if (!found) throw new Error("The verification is gone.");
      return found;
    });
}

describe("a paused group", () => {
  test("stands still, says why, and goes on where it was", async () => {
    await client.operations.pause({ group: "fulfilment", reason });
    await client.stock.addBatch({ ref: "PAUSED", sku: "SKU-0", qty: 7 });
    const patient = new Selvedge({ baseUrl: it.baseUrl, consistency: "none" });
    const onHand = async () =>
      (await patient.stock.sellableAvailability({ sku: "SKU-0" })).data.rows[0]?.onHand;
    expect(await lagOf()).toMatchObject({
      ...{ status: "paused", paused: reason, pending: 1 },
      sentence: `Paused: fulfilment (${reason}).`,
    });
    expect(await onHand()).toBe(5);
    await client.operations.resume({ group: "fulfilment", reason });
    await expect.poll(onHand).toBe(12);
    expect(await lagOf()).toMatchObject({ status: "fresh", paused: null });
  });
});

describe("a verification", () => {
  test("finds nothing where nothing is wrong", async () => {
    expect(await verified()).toMatchObject({
      ...{ rowsChecked: 20, missing: 0, extra: 0, different: 0, keys: [], error: null },
    });
    expect(await verified(5)).toMatchObject({ rowsChecked: 5, different: 0 });
  });

  test("finds rows that are missing, too many or different, and repairs just those", async () => {
    const { parts } = await currentOf(it.database, "sellable_availability");
    await it.database.query(`delete from ${parts.rows} where sku = 'SKU-1'`);
    await it.database.query(`update ${parts.rows} set on_hand = 99 where sku = 'SKU-2'`);
    await it.database.query(
      `insert into ${parts.rows} select tenant, warehouse, 'SKU-X', grade, on_hand, reserved,
         available, incoming, incoming_reserved from ${parts.rows} where sku = 'SKU-3'`,
    );
    const found = await verified();
    expect(found).toMatchObject({ missing: 1, extra: 1, different: 1 });
    expect(found.keys.map(({ sku }) => sku).sort()).toEqual(["SKU-1", "SKU-2", "SKU-X"]);
    const { keys } = await client.operations.repair({ readModel, reason, verification: found.id });
    expect(keys).toBe(3);
    await expect.poll(async () => (await lagOf()).pending).toBe(0);
    expect(await verified()).toMatchObject({ missing: 0, extra: 0, different: 0 });
  });

  test("of what does not exist is refused", async () => {
    const input = { readModel: "nothing", reason };
    await expect(client.operations.verify(input)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

test("a read model of which nothing is kept has no lag, and nothing to mend", async () => {
  const { readModels, sentence } = await client.operations.lag();
  expect(readModels.map(({ name }) => name)).toEqual(
    expect.not.arrayContaining(["commandLog", "journalFeed", "garmentPassport"]),
  );
  expect(sentence).toContain(`All ${readModels.length} read models fresh`);
  const input = { readModel: "commandLog", reason };
  for (const act of ["verify", "rebuild"] as const) {
    await expect(client.operations[act](input)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "There is no read model command_log with rows.",
    });
  }
  const history = client.operations.lagHistory({ readModel: "commandLog" });
  await expect(history).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: "There is no read model commandLog with rows.",
  });
});

test("a rebuild replaces the rows while they are read", async () => {
  const before = await currentOf(it.database, "sellable_availability");
  await client.operations.rebuild({ readModel, reason });
  await expect
    .poll(async () => (await currentOf(it.database, "sellable_availability")).id, {
      timeout: 20_000,
    })
    .toBeGreaterThan(before.id);
  const { data } = await client.stock.sellableAvailability({});
  expect(data.rows.length).toBe(20);
});

test("a step back that does not exist is refused in words", async () => {
  const refused = client.operations.returnToPrevious({ readModel: "orderBoard", reason });
  await expect(refused).rejects.toMatchObject({
    code: "CONFLICT",
    message: "There is no way back: order_board has no previous generation.",
  });
});

test("a group that does not exist is refused", async () => {
  for (const act of ["pause", "resume", "refresh"] as const) {
    const refused = client.operations[act]({ group: "nothing", reason });
    await expect(refused).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
});

test("what was done is on record, with who did it and why; what was refused is not", async () => {
  const { entries } = await client.operations.log();
  expect(entries.map(({ action }) => action)).toEqual([
    ...["rebuild", "verify", "repair", "verify", "verify", "verify", "resume", "pause"],
  ]);
  expect(new Set(entries.map(({ actor, reason }) => `${actor}: ${reason}`))).toEqual(
    new Set([`local: ${reason}`]),
  );
});

test("who may only look may not act", async () => {
  const viewer = await startSelvedge(
    {
      roles: ["admin"],
      authenticate: () => ({
        ...{ tenant: "default", partner: "host", actor: "viewer" },
        scopes: ["operations:read"],
      }),
    },
    it.database,
  );
  try {
    await viewer.client.operations.lag();
    const refused = viewer.client.operations.pause({ group: "fulfilment", reason });
    await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN" });
  } finally {
    await viewer.stop();
  }
});
