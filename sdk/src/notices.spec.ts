import { afterEach, expect, test, vi } from "vitest";
import { contractHash } from "./api.gen.ts";
import { Selvedge } from "./index.ts";
import { failed, json, noRows, scriptedServer } from "./testing/scripted-server.ts";
import { contractSaid as saidOf, sdkVersion } from "./version.ts";

const contractSaid = saidOf(contractHash);

const rows = { result: { data: { data: { rows: [], nextCursor: null }, freshness: {} } } };
const saying = (notice: string) => json(200, rows, { "selvedge-notice": notice });
const [old, newer] = ["orders.a is deprecated: use orders.b.", 'This SDK is "new", \\ or so.'];
const both = `"${old}", "This SDK is \\"new\\", \\\\ or so."`;

afterEach(() => {
  vi.restoreAllMocks();
});

test("each call says which contract the SDK was made from", async () => {
  const { baseUrl, seen } = await scriptedServer(noRows);
  await new Selvedge({ baseUrl }).orders.orderBoard();
  expect(contractSaid).toMatch(/^[0-9a-f]{16}$/);
  expect(seen[0]?.headers["selvedge-contract"]).toBe(contractSaid);
});

test("every notice is heard once, whatever is quoted in it", async () => {
  const { baseUrl } = await scriptedServer(saying(`"${old}"`), saying(both), saying(both));
  const heard = vi.fn();
  const selvedge = new Selvedge({ baseUrl, onNotice: heard });
  for (let call = 0; call < 3; call += 1) await selvedge.orders.orderBoard();
  expect(heard.mock.calls).toEqual([[old], [newer]]);
});

test("without a hook each is a warning, once for all clients of the process", async () => {
  const { baseUrl } = await scriptedServer(saying(`"${old}"`));
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  await new Selvedge({ baseUrl }).orders.orderBoard();
  await new Selvedge({ baseUrl }).orders.orderBoard();
  expect(warn.mock.calls).toEqual([[`Selvedge: ${old}`]]);
});

test("a hook that fails takes nothing from the call", async () => {
  const { baseUrl } = await scriptedServer(saying(both));
  const onNotice = () => {
    throw new Error("no log");
  };
  const { data } = await new Selvedge({ baseUrl, onNotice }).orders.orderBoard();
  expect(data.rows).toEqual([]);
});

test.each(["", "no quotes", '"', '""x', "\\"])("%j says nothing that matters", async (notice) => {
  const { baseUrl } = await scriptedServer(saying(notice));
  const heard = vi.fn();
  await new Selvedge({ baseUrl, onNotice: heard }).orders.orderBoard();
  expect(heard.mock.calls).toEqual([]);
});

test("what is strange to a server of another contract comes with a hint", async () => {
  const fault = (contract: string, data: Record<string, unknown>) =>
    scriptedServer((response, request) => {
      response.setHeader("selvedge-contract", contract);
      failed(400, data)(response, request);
    });
  const hintOf = async (contract: string, data: Record<string, unknown>) => {
    const { baseUrl } = await fault(contract, data);
    const failing = new Selvedge({ baseUrl }).orders.orderBoard();
    return failing.then(
      () => "none",
      ({ hint }: { hint?: string }) => hint,
    );
  };
  const said = `The server's contract is another than this SDK's (${sdkVersion}): bring it up to date.`;
  expect(await hintOf("another", { code: "BAD_INPUT" })).toBe(said);
  expect(await hintOf("another", { code: "NOT_FOUND" })).toBe(said);
  expect(await hintOf("another", { code: "BAD_INPUT", hint: "Its own." })).toBe("Its own.");
  expect(await hintOf("another", { code: "FORBIDDEN" })).toBeUndefined();
  expect(await hintOf(contractSaid, { code: "BAD_INPUT" })).toBeUndefined();
});
