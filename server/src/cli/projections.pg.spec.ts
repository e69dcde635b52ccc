import { PassThrough } from "node:stream";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { installReadModels, type Releases } from "../kernel/install-read-models.ts";
import { isKept, type KeptReadModel, type ReadModel, readModel } from "../kernel/read-model.ts";
import { defaultSchemas } from "../kernel/schemas.ts";
import { readModels } from "../router.gen.ts";
import type { CliIo } from "./cli-io.ts";
import { projectionsCommand } from "./projections.ts";

/* `selvedge projections` against a server in this process, with refreshers at work. */

let server: TestSelvedge;
beforeAll(async () => {
  server = await startSelvedge();
  await server.client.catalogue.registerVariant({ sku: "TEE" });
  await server.client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 5 });
});
afterAll(() => server.stop());

const because = ["--reason", "a spec says so"];
const stock = readModels
  .filter(isKept)
  .find(({ name }) => name === "sellable_availability") as KeptReadModel;

async function projections(...args: string[]) {
  const said = { out: [] as string[], notes: [] as string[], code: 0 };
  const io: CliIo = {
    ...{ env: {}, progress: new PassThrough(), readStdin: async () => "" },
    out: (line) => said.out.push(line),
    note: (line) => said.notes.push(line),
    exitWith: (code) => {
      said.code = code;
    },
  };
  await projectionsCommand(io).parseAsync([...args, "--url", server.baseUrl], { from: "user" });
  return said;
}

/** Declares a read model, as a server of another version did. */
async function install(model: ReadModel, releases?: Releases): Promise<void> {
  const owner = new pg.Client({ connectionString: server.database.url });
  await owner.connect();
  await owner.query("begin");
  await installReadModels(owner, defaultSchemas, [model], releases);
  await owner.query("commit");
  await owner.end();
}

test("a read model that the server does not declare is named by list, until it is dropped", async () => {
  expect((await projections("list")).notes).toEqual([]);
  await install(readModel({ ...stock, name: "old_one", group: "old_group" }));
  expect((await projections("list")).notes).toEqual([
    "oldOne is kept fresh, but this server does not declare it; drop removes it",
  ]);
  const { out } = await projections("drop", "oldOne", ...because);
  expect(out).toEqual(["oldOne is dropped, with all of its generations."]);
  expect((await projections("list")).notes).toEqual([]);
  const { data } = await server.client.stock.sellableAvailability({ sku: "TEE" });
  expect(data.rows.map(({ onHand }) => onHand)).toEqual([5]);
});

test("what waits is told by status, compared anew, discarded and accepted", async () => {
  const shown = readModel({ ...stock, name: "stock", group: "spec_group" }) as KeptReadModel;
  await install(shown);
  const columns = Object.keys(stock.columns).map((column) =>
    column === "on_hand" ? "on_hand * 2 as on_hand" : column,
  );
  const sql = `select tenant, ${columns.join(", ")} from (${stock.sql}) as o`;
  const told = async () => (await projections("status", "stock")).out;
  const states = async () => {
    const [table = ""] = await told();
    return ["waits", "current", "previous"].filter((state) => table.includes(state));
  };
  const differs = async () => {
    const [, difference = ""] = await told();
    const [, id = "", at = ""] =
      /^(\d+), compared at (\S+Z): 0 added, 0 removed, 1 changed in on_hand \(1\)\.$/.exec(
        difference,
      ) ?? [];
    return { id, at };
  };
  const waits = async () => {
    await expect.poll(states).toEqual(["waits", "current"]);
    return differs();
  };
  const decide = async (what: string, id: string) =>
    (await projections(what, "stock", "--generation", id, ...because)).out;

  await install(readModel({ ...shown, sql }), "accept");
  const first = await waits();
  await expect(decide("accept", "999")).rejects.toThrow("does not wait to be accepted");
  expect(await decide("compare", first.id)).toEqual([
    "stock is being compared anew; status tells how it differs.",
  ]);
  await expect.poll(async () => (await differs()).at > first.at).toBe(true);
  expect(await decide("discard", first.id)).toEqual([
    "What waited of stock is dropped; what is read stays as it is.",
  ]);
  expect(await states()).toEqual(["current"]);

  await install(readModel({ ...shown, sql }), "accept");
  const second = await waits();
  expect(await decide("accept", second.id)).toEqual([
    "stock is accepted; the next refresh puts it in its place.",
  ]);
  await expect.poll(states).toEqual(["current", "previous"]);
});
