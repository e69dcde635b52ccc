import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  ExtensionError,
  extendSelvedge,
  type HostModules,
  selvedgeApplication,
} from "./application.ts";
import { servedOf } from "./contract/served.ts";
import { count, keyText } from "./kernel/primitives.ts";
import { command, router } from "./kernel/procedure.ts";
import { readModel } from "./kernel/read-model.ts";
import { declareRefusals } from "./kernel/refusals.ts";

const aCommand = command
  .meta({ scope: "repairs:write", doc: "Sews." })
  .input(z.strictObject({ lpn: keyText() }))
  .output(z.strictObject({ stitches: count() }))
  .mutation(() => ({ stitches: 1 }));
const aReadModel = (name: string) =>
  readModel({
    ...{ doc: "Stitches.", name, group: "repairs", scope: "repairs:read" },
    ...{ key: ["tenant", "lpn"], columns: { lpn: keyText() }, filterBy: [] },
    ...{ maintain: "whole", freshWithinMs: 1_000, staleOn: ["stitch"] },
    sql: "select tenant, lpn from stitch",
  } as const);
const refusalFor = (reason: string) =>
  declareRefusals({ [reason]: { kind: "conflict", text: "No." } });

/** What a host brings that goes well, and what a test has in its place. */
const aHost = (odd: Partial<HostModules> = {}): HostModules => ({
  modules: { repairs: router({ sew: aCommand }) },
  entities: [],
  refusals: [refusalFor("thread-torn")],
  readModels: [aReadModel("stitches")],
  ...odd,
});

describe("a host's modules", () => {
  test("stand beside Selvedge's, which stay as they are", () => {
    const migrations = new URL("file:///host/migrations/");
    const extended = extendSelvedge(aHost({ migrations }));
    const { contract } = servedOf(selvedgeApplication);
    const all = servedOf(extended).contract;
    expect(all.filter(({ path }) => path !== "repairs.sew")).toEqual(contract);
    expect(all.find(({ path }) => path === "repairs.sew")?.doc).toBe("Sews.");
    expect(extended.entities).toEqual(selvedgeApplication.entities);
    expect(extended.readModels.at(-1)?.name).toBe("stitches");
    expect(extended.readModels).toHaveLength(selvedgeApplication.readModels.length + 1);
    expect(extended.migrations).toBe(migrations);
  });

  test("leave a caller of Selvedge's own contract served with all of that", () => {
    const own = servedOf(selvedgeApplication).contractHash();
    const served = servedOf(extendSelvedge(aHost()));
    const whole = served.contractHash();
    expect(whole).not.toBe(own);
    const said = [own, whole, "another", undefined].map((one) => served.contractHashFor(one));
    expect(said).toEqual([own, whole, whole, whole]);
    const lessened = { ...selvedgeApplication, appRouter: router({ repairs: router({}) }) };
    expect(servedOf(lessened).contractHashFor(own)).not.toBe(own);
  });

  test.each<[string, Partial<HostModules>]>([
    ['The module "orders"', { modules: { orders: router({ sew: aCommand }) } }],
    ['The module "operations"', { modules: { operations: router({ sew: aCommand }) } }],
    ['The procedure "placeOrder"', { modules: { repairs: router({ placeOrder: aCommand }) } }],
    ['The read model "orderBoard"', { readModels: [aReadModel("order_board")] }],
    ['The refusal "bin-full"', { refusals: [refusalFor("bin-full")] }],
    ['The refusal "changed-in-between"', { refusals: [refusalFor("changed-in-between")] }],
  ])("may not take what is Selvedge's: %s", (what, odd) => {
    const words = `${what} needs another name: Selvedge has one.`;
    expect(() => extendSelvedge(aHost(odd))).toThrow(new ExtensionError(words));
  });

  test.each<[string, Partial<HostModules>]>([
    [
      'The procedure "sew"',
      { modules: { repairs: router({ sew: aCommand }), tailors: router({ sew: aCommand }) } },
    ],
    ['The read model "stitches"', { readModels: [aReadModel("stitches"), aReadModel("stitches")] }],
    ['The refusal "torn"', { refusals: [refusalFor("torn"), refusalFor("torn")] }],
  ])("may not have one name for two things: %s", (what, odd) => {
    const words = `${what} needs another name: there are two.`;
    expect(() => extendSelvedge(aHost(odd))).toThrow(new ExtensionError(words));
  });
});
