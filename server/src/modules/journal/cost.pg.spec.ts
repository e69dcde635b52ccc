import type { EventsInput } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../test/harness/house.ts";
import { planOf, type RunNode, rowsRead } from "../../../../test/harness/plans.ts";

/* What a question costs does not follow how much has ever happened. */

let house: House;
let positions: readonly string[];

/** A year of two houses: commands of four events each, of garments for the most part. */
beforeAll(async () => {
  house = await startHouse();
  await house.database.query(
    `do $$ begin for n in 1..3000 loop
       insert into selvedge.command_log
         (tenant, partner, command_id, procedure, input_hash, answer, actor)
       select tenant, 'spec', 'command-' || n, 'spec.act', '', '{}', 'actor-' || n % 7
       from unnest(array['default', 'elsewhere']) as tenant;
       insert into selvedge.journal
         (tenant, kind, id, version, type, data, partner, command_id, actor)
       select tenant, kind, case kind when 'Garment' then 'LPN-' || n % 100 else n::text end,
         n * 4 + e, 'Usual',
         case when kind = 'Order' then jsonb_build_object('lpn', 'LPN-' || n % 100) else '{}' end,
         'spec', 'command-' || n, 'spec'
       from unnest(array['default', 'elsewhere']) as tenant,
         unnest(array['Garment', 'Garment', 'Order', 'Bin']) with ordinality as k (kind, e);
       commit;
     end loop; end $$`,
  );
  await house.database.query("vacuum analyze selvedge.journal, selvedge.command_log");
  const found = await house.client.journal.events({ limit: 500 });
  positions = found.data.events.map(({ position }) => position);
});
afterAll(() => house.stop());

const tables = ["journal", "command_log"];
/** Nodes that read a write table; where a bitmap leads there, a node below has its index. */
const readsOf = (nodes: readonly RunNode[]) =>
  nodes.filter((node) => tables.includes(node["Relation Name"] ?? ""));
const indexesOf = (nodes: readonly RunNode[]) =>
  nodes.flatMap((node) => node["Index Name"] ?? (isSeqScan(node) ? [node["Node Type"]] : []));
const isSeqScan = (node: RunNode) =>
  node["Node Type"].includes("Seq Scan") && readsOf([node]).length > 0;
const sum = (nodes: readonly RunNode[]) => nodes.reduce((n, node) => n + rowsRead(node), 0);

/** By what a query reads the write tables, how many rows of them, and how many it sorts. */
async function costOf(ask: () => Promise<unknown>) {
  const nodes = await planOf(house, ask);
  return {
    by: [...new Set(indexesOf(nodes))].sort(),
    reads: sum(readsOf(nodes)),
    sorts: sum(nodes.filter((node) => node["Node Type"].includes("Sort"))),
  };
}

test("the years are there", async () => {
  const [counted] = await house.database.query(
    "select count(*)::int as n from selvedge.journal where tenant = 'default'",
  );
  expect(counted).toEqual({ n: 12_000 });
  expect(positions.length).toBe(500);
});

describe("the feed is read through its index, in its order", () => {
  const cost = (input: EventsInput) => costOf(() => house.client.journal.events(input));

  test.each([
    ["from the beginning", 0],
    ["from somewhere", 250],
    ["at the end of what was told", 499],
  ])("%s", async (_, i) => {
    const after = positions[i];
    const { by, reads, sorts } = await cost({ limit: 50, ...(i > 0 && after && { after }) });
    expect([by, sorts]).toEqual([["journal_feed"], 0]);
    expect(reads).toBeGreaterThanOrEqual(50);
    expect(reads).toBeLessThanOrEqual(51);
  });

  test("at the end of the journal", async () => {
    const end = await atTheEnd();
    const { by, reads, sorts } = await cost({ limit: 50, after: end });
    expect([by, reads, sorts]).toEqual([["journal_feed"], 0, 0]);
  });

  test("by type, as far as it has to look for what is wanted", async () => {
    const { by, reads, sorts } = await cost({ types: ["Usual"], kinds: ["Order"], limit: 50 });
    expect([by, sorts]).toEqual([["journal_feed"], 0]);
    // Each fourth event is an order's.
    expect(reads).toBeLessThanOrEqual(201);
  });

  test("by a type that never happens, twice as far as it may look at most", async () => {
    const { by, reads, sorts } = await cost({ types: ["Never"] });
    expect(by).toEqual(["journal_feed"]);
    expect(reads).toBeLessThanOrEqual(2 * 5_000 + 1);
    // For the last of them alone.
    expect(sorts).toBeLessThanOrEqual(5_001);
  });

  test("but by aggregate through the index of its versions", async () => {
    const { by, reads } = await cost({ aggregate: { kind: "Order", id: "200" } });
    expect(by).toContain("journal_version_key");
    expect(reads).toBeLessThanOrEqual(4);
  });
});

test("a passport is read through the indexes that find a piece", async () => {
  const { data } = await house.client.journal.garmentPassport({ lpn: "LPN-13" });
  expect(data.rows.length).toBe(90);
  const { by, reads } = await costOf(() => house.client.journal.garmentPassport({ lpn: "LPN-13" }));
  expect(by).toEqual(["command_log_pkey", "journal_lpn", "journal_version_key"]);
  expect(reads).toBeLessThanOrEqual(2 * 90);
});

test.each([undefined, 100])("the newest events are read backwards (%s)", async (page) => {
  const { journalEntries } = house.client.journal;
  const first = page && (await journalEntries({ limit: page }));
  const cursor = first ? (first.data.nextCursor ?? "") : undefined;
  const { by, reads, sorts } = await costOf(() =>
    journalEntries({ limit: 20, ...(cursor !== undefined && { cursor }) }),
  );
  expect([by, sorts]).toEqual([["command_log_pkey", "journal_feed"], 0]);
  expect(reads).toBeLessThanOrEqual(2 * 21);
});

describe("the log of commands is read backwards through its index", () => {
  test.each([undefined, 17, 100])("and counts the events of a page alone (%s)", async (page) => {
    const first = page && (await house.client.journal.commandLog({ limit: page }));
    const cursor = first ? (first.data.nextCursor ?? "") : undefined;
    const { by, reads, sorts } = await costOf(() =>
      house.client.journal.commandLog({ limit: 20, ...(cursor !== undefined && { cursor }) }),
    );
    expect([by, sorts]).toEqual([["command_log_at", "journal_feed"], 0]);
    expect(reads).toBeLessThanOrEqual(21 + 21 * 4);
  });

  test("and finds one command by its id", async () => {
    const ask = () =>
      house.client.journal.commandLog({ commandId: "command-200", partner: "spec" });
    expect((await ask()).data.rows).toMatchObject([{ events: 4, actor: "actor-4" }]);
    const { by, reads } = await costOf(ask);
    expect(by).toEqual(["command_log_pkey", "journal_feed"]);
    expect(reads).toBeLessThanOrEqual(5);
  });
});

async function atTheEnd(): Promise<string> {
  for (let after = positions[0]; ; ) {
    const { data } = await house.client.journal.events({ limit: 500, ...(after && { after }) });
    if (data.caughtUp && data.heldBackMs === 0) return data.position;
    after = data.position;
  }
}
