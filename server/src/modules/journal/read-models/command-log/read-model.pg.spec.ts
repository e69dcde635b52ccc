import type { CommandLogRow } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let ask: House["client"]["journal"]["commandLog"];
let receipt: string;

/** Four commands, of which one changes nothing and one causes two events; one is sent twice. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.journal.commandLog;
  const { catalogue } = house.client;
  await house.stocks("TEE", 10);
  ({ receipt } = await catalogue.registerVariant({ sku: "TEE" }, { commandId: "nothing-new" }));
  await catalogue.registerVariant({ sku: "TEE" }, { commandId: "nothing-new" });
  await house.sells({ TEE: 2 });
  await house.elsewhere.catalogue.registerVariant({ sku: "CAP" });
});
afterAll(() => house.stop());

const newestFirst = [
  ["orders.placeOrder", 2],
  ["catalogue.registerVariant", 0],
  ["stock.addBatch", 1],
  ["catalogue.registerVariant", 1],
] as const;
const told = (rows: readonly CommandLogRow[]) => rows.map((row) => [row.procedure, row.events]);

test("commands are told the newest first, with how many events they caused", async () => {
  const { data, freshness } = await ask();
  expect(told(data.rows)).toEqual(newestFirst);
  const times = data.rows.map(({ at }) => at);
  expect(times).toEqual(times.toSorted().reverse());
  expect(freshness).toMatchObject({ servedFrom: "live", lagMs: 0, pending: 0 });
});

test("an entry says who asked for what, and in which transaction it came; no answer", async () => {
  const { data } = await ask({ commandId: "nothing-new" });
  expect(data.rows).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/),
      ...{ partner: "spec", actor: "spec", commandId: "nothing-new" },
      ...{ procedure: "catalogue.registerVariant", events: 0 },
      transaction: Number(receipt.split(".")[2]),
    },
  ]);
});

test.each([1, 2, 3, 4, 5])("pages of %i tell everything exactly once, in order", async (limit) => {
  const rows: CommandLogRow[] = [];
  for await (const row of ask.rows({ limit })) rows.push(row);
  expect(told(rows)).toEqual(newestFirst);
});

test("commands of one moment are told once each", async () => {
  await house.database.query(
    `insert into selvedge.command_log
       (tenant, partner, command_id, procedure, input_hash, answer, actor, at)
     select 'default', 'import', 'many-' || n, 'spec.act', '', '{}', 'anna', '2026-01-01T00:00:00Z'
     from generate_series(1, 7) as n`,
  );
  const ids: string[] = [];
  for await (const row of ask.rows({ limit: 2, partner: "import" })) ids.push(row.commandId);
  expect(ids).toEqual([7, 6, 5, 4, 3, 2, 1].map((n) => `many-${n}`));
});

describe("what is told can be chosen", () => {
  test.each([
    ["by partner", { partner: "import" }, 7],
    ["by several", { partner: ["spec", "import"] }, 11],
    ["by actor", { actor: "anna" }, 7],
    ["by procedure", { procedure: "catalogue.registerVariant" }, 2],
    ["by id", { commandId: ["many-3", "nothing-new"] }, 2],
    ["by what never was", { actor: "nobody" }, 0],
  ])("%s", async (_, filter, n) => {
    expect((await ask(filter)).data.rows.length).toBe(n);
  });
});

test("another house sees its own commands only", async () => {
  const { data } = await house.elsewhere.journal.commandLog();
  expect(told(data.rows)).toEqual([["catalogue.registerVariant", 1]]);
});

test("a command that has just been answered is in", async () => {
  const { receipt, commandId } = await house.client.catalogue.registerVariant({ sku: "HAT" });
  const { data, freshness } = await ask({ limit: 1 }, { atLeast: receipt, onMiss: "error" });
  expect(data.rows.map((row) => row.commandId)).toEqual([commandId]);
  expect(freshness.includesReceipt).toBe(true);
});
