import { randomUUID } from "node:crypto";
import { Selvedge as Client } from "@selvedge/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { CallRates } from "./call-rates.ts";

const callsPerMinuteMax = 3;

let it: TestSelvedge;
let partner: string;
beforeAll(async () => {
  it = await startSelvedge({
    callsPerMinuteMax,
    authenticate: ({ headers }) => {
      const name = headers.authorization?.replace("Bearer ", "") ?? "";
      return { tenant: "default", partner: name, actor: name, scopes: ["*"] };
    },
  });
});
afterAll(() => it.stop());
beforeEach(() => {
  partner = randomUUID();
});

/** A client that is told at once what the server says. */
const clientOf = (apiKey: string) => new Client({ baseUrl: it.baseUrl, apiKey, retriesMax: 0 });
const board = (client: Client) => client.orders.orderBoard({});
const refused = {
  code: "UNAVAILABLE",
  retryable: true,
  message: "This is more than 3 calls a minute.",
};

describe("a partner who calls too often", () => {
  test("is asked to come again, and others are not", async () => {
    const client = clientOf(partner);
    for (let call = 0; call < callsPerMinuteMax; call += 1) await board(client);
    await expect(board(client)).rejects.toMatchObject(refused);
    await board(clientOf(`not ${partner}`));
  });

  test.each([
    ["by the SDK's way", "/trpc/orders.orderBoard", "application/json"],
    ["over REST", "/v1/queries/orders/orderBoard", "application/problem+json; charset=utf-8"],
    ["in bulk", "/bulk", "application/json; charset=utf-8"],
  ])("hears %s when that is", async (_, path, type) => {
    const client = clientOf(partner);
    for (let call = 0; call < callsPerMinuteMax; call += 1) await board(client);
    const { status, headers } = await fetch(`${it.baseUrl}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${partner}`, "content-type": "application/json" },
      body: "{}",
    });
    const seconds = Number(headers.get("retry-after"));
    expect([status, headers.get("content-type")]).toEqual([429, type]);
    expect(seconds >= 1 && seconds <= 60).toBe(true);
  });

  test("has none of a bulk applied, each command of which counts", async () => {
    const client = clientOf(partner);
    await board(client);
    const commands = Array.from({ length: 3 }, () => ({
      ...{ command: "catalogue.registerVariant", commandId: randomUUID() },
      input: { sku: randomUUID() },
    }));
    const { status } = await fetch(`${it.baseUrl}/bulk`, {
      method: "POST",
      headers: { authorization: `Bearer ${partner}`, "content-type": "application/json" },
      body: JSON.stringify({ commands }),
    });
    expect(status).toBe(429);
    const ids = commands.map(({ commandId }) => commandId);
    const applied = await it.database.query(
      "select from selvedge.command_log where command_id = any($1)",
      [ids],
    );
    expect(applied.length).toBe(0);
  });
});

test("a bulk that is larger than a minute's share passes when nothing else was asked", async () => {
  const rates = new CallRates(2);
  const of = { tenant: "t", partner, actor: "a", scopes: [] };
  const res = { setHeader: () => undefined } as never;
  await rates.count(of, res, 100);
  await expect(rates.count(of, res)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test.each([0, -1, 1.5, Number.NaN])("%s calls a minute are no limit that can be set", (calls) => {
  expect(() => new CallRates(calls)).toThrow("calls a minute");
});
