import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../test/harness/house.ts";
import { operationPlanOf, planOf, type RunNode, rowsRead } from "../../../test/harness/plans.ts";

/* What the admin page asks costs the same in a house of many years: fifty thousand commands. */

let house: House;
let traced: string;
beforeAll(async () => {
  house = await startHouse();
  await house.database.query(
    `do $$ begin for n in 1..500 loop
       insert into selvedge.command_log
         (tenant, partner, command_id, procedure, input_hash, answer, actor)
       select 'default', 'partner-' || i % 20, 'command-' || n * 100 + i,
         case when n = 3 and i = 7 then 'bins.rare' else 'spec.act' || i % 30 end, '', '{}',
         case when n = 3 and i = 7 then 'rare' else 'actor-' || i % 30 end
       from generate_series(0, 99) as i;
       insert into selvedge.journal
         (tenant, kind, id, version, type, data, partner, command_id, actor)
       select 'default', 'Garment', 'LPN-' || n * 100 + i, 1, 'Usual', '{}',
         'partner-' || i % 20, 'command-' || n * 100 + i, 'actor-' || i % 30
       from generate_series(0, 99) as i;
       commit;
     end loop; end $$`,
  );
  // A best seller, to which something has happened all the time.
  await house.database.query(
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     select 'default', 'B-' || i, 'main', 'BEST', 'N', 3, 0, now() from generate_series(1, 99) as i`,
  );
  await house.database.query(
    `do $$ begin for n in 1..500 loop
       insert into selvedge.journal
         (tenant, kind, id, version, type, data, partner, command_id, actor)
       values ('default', 'SkuStock', 'main/BEST/N', n, 'Usual', '{}',
         'partner-0', 'command-' || n * 100, 'actor-7');
       commit;
     end loop; end $$`,
  );
  await house.database.query("vacuum analyze selvedge.journal, selvedge.command_log");
  traced = "command-25050";
}, 120_000);
afterAll(() => house.stop());

const tables = ["journal", "command_log"];
const best = {
  readModel: "sellableAvailability",
  key: { warehouse: "main", sku: "BEST", grade: "N" },
};

/** Nodes that read what grows with the years. */
function readsOf(nodes: readonly RunNode[]) {
  const reads = nodes.filter((node) => tables.includes(node["Relation Name"] ?? ""));
  return {
    scans: reads.filter((node) => node["Node Type"].includes("Seq Scan")).length,
    rows: reads.reduce((sum, node) => sum + rowsRead(node), 0),
  };
}

test("the years are there", async () => {
  const [counted] = await house.database.query(
    "select count(*)::int as n from selvedge.journal where tenant = 'default'",
  );
  expect(counted).toEqual({ n: 50_500 });
  const { commands } = await house.client.operations.why(best);
  expect(commands).toHaveLength(30);
});

describe("no operation walks through the years", () => {
  const group = "fulfilment";
  const readModel = "orderBoard";
  const asked: [string, (house: House) => Promise<unknown>, number][] = [
    ["lag", ({ client }) => client.operations.lag(), 0],
    ["diagnosis", ({ client }) => client.operations.diagnosis({ readModel }), 0],
    ["pendingKeys", ({ client }) => client.operations.pendingKeys({ readModel, limit: 500 }), 0],
    ["lagHistory", ({ client }) => client.operations.lagHistory({ readModel, span: "30d" }), 0],
    ["refreshHistory", ({ client }) => client.operations.refreshHistory({ group }), 0],
    ["verifications", ({ client }) => client.operations.verifications({ readModel }), 0],
    ["behind", ({ client }) => client.operations.behind({ readModel }), 0],
    ["incidents", ({ client }) => client.operations.incidents(), 0],
    ["describe", ({ client }) => client.operations.describe({ readModel }), 0],
    ["generations", ({ client }) => client.operations.generations({ readModel }), 0],
    ["heldKeys", ({ client }) => client.operations.heldKeys({ readModel }), 0],
    ["conflicts", ({ client }) => client.operations.conflicts({ span: "30d" }), 0],
    ["log", ({ client }) => client.operations.log(), 0],
    ["readModelRows", ({ client }) => client.operations.readModelRows({ readModel }), 0],
    // Thirty commands of a best seller, all that happened in each, and a look for each kind.
    ["why", ({ client }) => client.operations.why(best), 30 * 4 + 30],
    // One command by its id, and the hundred that share its transaction here.
    ["trace", ({ client }) => client.operations.trace({ command: traced }), 700],
  ];

  test.each(asked)("%s", async (_name, ask, rowsMax) => {
    const { scans, rows } = readsOf(await operationPlanOf(house, () => ask(house)));
    expect(scans).toBe(0);
    expect(rows).toBeLessThanOrEqual(rowsMax);
  });
});

describe("the commands of the page are found through an index", () => {
  test.each([
    ["the newest", {}],
    ["of one procedure", { procedure: "spec.act7" }],
    ["of a procedure that was hardly ever asked", { procedure: "bins.rare" }],
    ["of somebody who was here once", { actor: "rare" }],
    ["of one partner", { partner: "partner-7" }],
    ["of a partner who never came", { partner: "nobody" }],
  ])("%s", async (_what, filter) => {
    const nodes = await planOf(house, () =>
      house.client.journal.commandLog({ ...filter, limit: 50 }),
    );
    const { scans, rows } = readsOf(nodes);
    expect(scans).toBe(0);
    // A page of commands, and the events of each, of which a hundred share a transaction here.
    expect(rows).toBeLessThanOrEqual(51 + 51 * 100);
  });
});
