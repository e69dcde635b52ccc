import { PassThrough } from "node:stream";
import pg from "pg";
import { expect, test } from "vitest";
import { startSelvedge } from "../../../test/harness/selvedge.ts";
import { installReadModels } from "../kernel/install-read-models.ts";
import { isKept, type KeptReadModel, readModel } from "../kernel/read-model.ts";
import { defaultSchemas } from "../kernel/schemas.ts";
import { readModels } from "../router.gen.ts";
import type { CliIo } from "./cli-io.ts";
import { projectionsCommand } from "./projections.ts";

/* `selvedge projections` against a server in this process, with refreshers at work. */

test("a read model that the server does not declare is named by list, until it is dropped", async () => {
  const server = await startSelvedge();
  const { database, baseUrl, client } = server;
  const projections = async (...args: string[]) => {
    const said = { out: [] as string[], notes: [] as string[], code: 0 };
    const io: CliIo = {
      ...{ env: {}, progress: new PassThrough(), readStdin: async () => "" },
      out: (line) => said.out.push(line),
      note: (line) => said.notes.push(line),
      exitWith: (code) => {
        said.code = code;
      },
    };
    await projectionsCommand(io).parseAsync([...args, "--url", baseUrl], { from: "user" });
    return said;
  };
  try {
    expect((await projections("list")).notes).toEqual([]);
    const [declared] = readModels.filter(isKept);
    if (!declared) throw new Error("There are read models.");
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    await owner.query("begin");
    await installReadModels(owner, defaultSchemas, [
      readModel({ ...(declared as KeptReadModel), name: "old_one", group: "old_group" }),
    ]);
    await owner.query("commit");
    await owner.end();
    expect((await projections("list")).notes).toEqual([
      "oldOne is kept fresh, but this server does not declare it; drop removes it",
    ]);
    const { out } = await projections("drop", "oldOne", "--reason", "a spec says so");
    expect(out).toEqual(["oldOne is dropped, with all of its generations."]);
    expect((await projections("list")).notes).toEqual([]);
    await client.catalogue.registerVariant({ sku: "TEE" });
    await client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 5 });
    const { data } = await client.stock.sellableAvailability({ sku: "TEE" });
    expect(data.rows.map(({ onHand }) => onHand)).toEqual([5]);
  } finally {
    await server.stop();
  }
});
