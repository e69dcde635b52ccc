import { PassThrough } from "node:stream";
import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import type { CliIo } from "./cli-io.ts";
import { keysCommand } from "./keys.ts";

/* `selvedge keys` on the database of a server at work. */

let it: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge({ roles: ["command", "query", "admin"] });
});
afterAll(() => it.stop());

async function keys(...args: string[]) {
  const said = { out: [] as string[], notes: [] as string[] };
  const io: CliIo = {
    ...{ progress: new PassThrough(), readStdin: async () => "", exitWith: () => undefined },
    env: { DATABASE_URL: it.database.url },
    out: (line) => said.out.push(line),
    note: (line) => said.notes.push(line),
  };
  await keysCommand(io).parseAsync(args, { from: "user" });
  return said;
}

test("a key works until it is revoked; with the last one the webhooks of its partner stop", async () => {
  const { out } = await keys("create", "acme", "--json");
  const { id, key } = JSON.parse(out[0] ?? "");
  const acme = new Selvedge({ baseUrl: it.baseUrl, apiKey: key, retriesMax: 0 });
  const { id: subscription } = await acme.webhooks.subscribe({ url: "https://partner.example/" });

  const revoked = await keys("revoke", id, "--reason", "it leaked");
  expect(revoked).toEqual({
    out: [`Revoked ${id}.`],
    notes: ["acme has no valid key any more; its webhooks stopped: 1."],
  });
  // The server hears of it by a signal, and that may take a moment.
  const code = () => acme.stock.sellableAvailability({}).then(String, (error) => error.code);
  await expect.poll(code, { timeout: 20_000 }).toBe("UNAUTHENTICATED");
  const { subscriptions } = await it.client.webhooks.subscriptions();
  expect(subscriptions.find((one) => one.id === subscription)?.paused).toMatchObject({
    reason: "the last key of its partner was revoked",
  });
  const { partners } = await it.client.operations.partners();
  expect(partners.find(({ partner }) => partner === "acme")?.keys).toMatchObject([
    { id, revoked: { by: "selvedge keys revoke", reason: "it leaked" } },
  ]);
  await expect(keys("revoke", id)).rejects.toThrow(`there is no valid key with the id ${id}`);
});

test("another valid key of its partner keeps the webhooks going, and says nothing", async () => {
  const first = JSON.parse((await keys("create", "twice", "--json")).out[0] ?? "");
  await keys("create", "twice");
  expect(await keys("revoke", first.id)).toEqual({ out: [`Revoked ${first.id}.`], notes: [] });
});
