import { expect, test } from "vitest";
import {
  contractHash,
  procedures,
  type Queries,
  type Commands as SelvedgeCommands,
  type Modules as SelvedgeModules,
} from "./api.gen.ts";
import type { CommandCall } from "./calls.ts";
import { clientOf } from "./client-of.ts";
import { Selvedge as OwnSelvedge } from "./index.ts";
import { fakeSelvedge } from "./test-kit/index.ts";
import { commanded, failed, scriptedServer } from "./testing/scripted-server.ts";

interface Modules extends SelvedgeModules {
  readonly repairs: {
    sew(input: { lpn: string }): CommandCall<{ repairId: string }, "repair-open">;
  };
}
const hash = "0123456789abcdef-and-more";
interface Commands extends SelvedgeCommands {
  "repairs.sew": { input: { lpn: string }; data: { repairId: string }; refusal: "repair-open" };
}
const command = { kind: "command", paged: false, repeatable: true } as const;
const withSewing = { ...procedures, "repairs.sew": command };
const Selvedge = clientOf<Modules, Commands>({ procedures: withSewing, contractHash: hash });

test("a client of a host's contract calls what the host has added, and what Selvedge has", async () => {
  const { baseUrl, seen } = await scriptedServer(commanded("r1.e.7", { repairId: "1" }));
  const selvedge = new Selvedge({ baseUrl });
  const { data, receipt } = await selvedge.repairs.sew({ lpn: "L-1" });
  expect([data, receipt, selvedge.receipts()]).toEqual([{ repairId: "1" }, "r1.e.7", ["r1.e.7"]]);
  await selvedge.garments.putAway({ lpn: "L-1", bin: "A-1" });
  expect(seen.map(({ path }) => path)).toEqual([
    "/selvedge/trpc/repairs.sew",
    "/selvedge/trpc/garments.putAway",
  ]);
});

test("each client says which contract it was made from", async () => {
  const { baseUrl, seen } = await scriptedServer(commanded("r1.e.7", {}));
  await new Selvedge({ baseUrl }).garments.putAway({ lpn: "L-1", bin: "A-1" });
  await new OwnSelvedge({ baseUrl }).garments.putAway({ lpn: "L-1", bin: "A-1" });
  expect(seen.map(({ headers }) => headers["selvedge-contract"])).toEqual([
    hash.slice(0, 16),
    contractHash.slice(0, 16),
  ]);
});

test("a fake answers and refuses what the host has added", async () => {
  const fake = fakeSelvedge<Commands & Queries>({ procedures: withSewing });
  const selvedge = new Selvedge(fake.options);
  fake.answers("repairs.sew", ({ lpn }) => ({ repairId: `of ${lpn}` }));
  expect((await selvedge.repairs.sew({ lpn: "L-1" })).data).toEqual({ repairId: "of L-1" });
  expect(fake.inputsOf("repairs.sew")).toEqual([{ lpn: "L-1" }]);
  fake.refuses("repairs.sew", "repair-open");
  const error = await selvedge.repairs.sew({ lpn: "L-1" }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "REFUSED", reason: "repair-open" });
});

test("Selvedge's own client has nothing of a host's", async () => {
  const { baseUrl } = await scriptedServer(failed(404, { code: "NOT_FOUND" }));
  expect("repairs" in new OwnSelvedge({ baseUrl })).toBe(false);
});
