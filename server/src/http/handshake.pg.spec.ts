import { contractHash, Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import type { ProcedureMeta } from "../kernel/procedure.ts";
import { appRouter } from "../router.gen.ts";

const words = "use orders.orderBoard since 0.2.0";
const notice = `orders.orderTotals is deprecated: ${words}.`;

let it: TestSelvedge;
beforeAll(async () => {
  // Before the contract is walked for the first time; none is deprecated yet.
  const { meta } = appRouter.orders.orderTotals._def as { meta?: ProcedureMeta };
  Object.assign(meta ?? {}, { deprecated: words });
  it = await startSelvedge();
});
afterAll(() => it.stop());

/** A client that says other things of itself. */
const saying = (headers: Record<string, string>, onNotice: (notice: string) => void = () => {}) =>
  new Selvedge({
    baseUrl: it.baseUrl,
    onNotice,
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, ...headers } }),
  });

test("an answer says which contract is served: the one that the SDK was made from", async () => {
  const response = await fetch(`${it.baseUrl}/v1/queries/orders/orderBoard`);
  expect(response.headers.get("selvedge-contract")).toBe(contractHash.slice(0, 16));
  expect(response.headers.get("selvedge-notice")).toBeNull();
});

test("who calls what is deprecated is told once what to use instead", async () => {
  const heard = vi.fn();
  const client = saying({}, heard);
  await client.orders.orderTotals({});
  await client.orders.orderTotals({});
  await client.orders.orderBoard({});
  expect(heard.mock.calls).toEqual([[notice]]);
});

test("over REST too, in a header, and also where the call fails", async () => {
  for (const query of ["", "?unknown=1"]) {
    const response = await fetch(`${it.baseUrl}/v1/queries/orders/orderTotals${query}`);
    expect(response.headers.get("selvedge-notice")).toBe(`"${notice}"`);
  }
});

test("an SDK that is too old is turned away in words, whatever it calls", async () => {
  const old = saying({ "selvedge-sdk": "js/0.0.9" });
  const error = {
    code: "SDK_TOO_OLD",
    message: "This SDK (0.0.9) is too old; the server takes 0.1.0 or newer.",
    hint: expect.stringContaining("npm install @selvedge/sdk@"),
    retryable: false,
  };
  await expect(old.orders.orderBoard({})).rejects.toMatchObject(error);
  await expect(old.catalogue.registerVariant({ sku: "A" })).rejects.toMatchObject(error);
  await expect(old.operations.lag()).rejects.toMatchObject(error);
  expect(await it.database.query("select from selvedge.command_log")).toEqual([]);
});

test("an SDK that is newer than the server hears so", async () => {
  const heard = vi.fn();
  const newer = { "selvedge-sdk": "js/99.0.0", "selvedge-contract": "another" };
  await saying(newer, heard).orders.orderBoard({});
  expect(heard.mock.calls).toEqual([[expect.stringMatching(/^This SDK \(99\.0\.0\) is newer/)]]);
});
