import { expect, test } from "vitest";
import type { Identity } from "../kernel/context.ts";
import { type HostEvent, HostEvents } from "./host-events.ts";
import type { InProcess } from "./in-process.ts";

const identity: Identity = { tenant: "default", partner: "shop", actor: "bus", scopes: ["*"] };
const placed: HostEvent = { id: "e-1", type: "order.placed", data: { sku: "TEE" }, identity };

/** Host events whose commands are only written down. */
function hostEvents() {
  const sent: { path: string; commandId: string | undefined; identity: Identity }[] = [];
  const execute: unknown = async (
    path: string,
    _input: unknown,
    by: Identity,
    { commandId }: { commandId?: string } = {},
  ) => {
    sent.push({ path, commandId, identity: by });
    return {};
  };
  const ask: unknown = async () => ({});
  const inProcess = { execute, ask } as Pick<InProcess, "execute" | "ask">;
  return { made: new HostEvents(inProcess), sent };
}

test("commands of an event have ids of their own, the same each time it is told", async () => {
  const { made, sent } = hostEvents();
  made.on<{ sku: string }>("order.placed", async ({ data }, house) => {
    await house.execute("catalogue.registerVariant", data);
    await house.execute("catalogue.registerVariant", data);
  });
  expect(await made.take(placed)).toBe("handled");
  expect(await made.take(placed)).toBe("handled");
  expect(await made.take({ ...placed, id: "e-2" })).toBe("handled");
  const ids = sent.map(({ commandId }) => commandId);
  expect(ids).toHaveLength(6);
  expect(ids.slice(2, 4)).toEqual(ids.slice(0, 2));
  expect(new Set(ids).size).toBe(4);
  expect(sent.every((one) => one.identity === identity)).toBe(true);
});

test("those that are sent side by side count in the order in which they were sent", async () => {
  const { made, sent } = hostEvents();
  made.on("order.placed", async (_event, house) => {
    const send = () => house.execute("catalogue.registerVariant", { sku: "TEE" });
    await Promise.all([send(), send()]);
  });
  await made.take(placed);
  await made.take(placed);
  const ids = sent.map(({ commandId }) => commandId);
  expect(ids.slice(2)).toEqual(ids.slice(0, 2));
  expect(new Set(ids).size).toBe(2);
});

test("a command keeps the id that its handler gives it", async () => {
  const { made, sent } = hostEvents();
  const commandId = "of-the-handler";
  made.on("order.placed", async (_event, house) => {
    await house.execute("catalogue.registerVariant", { sku: "TEE" }, { commandId });
    await house.execute("catalogue.registerVariant", { sku: "TEE" }, { commandId: undefined });
  });
  await made.take(placed);
  expect(sent.map((one) => one.commandId)).toEqual([commandId, expect.stringMatching(/^.{36}$/)]);
});

test("what nothing is registered for is ignored, also once it no longer is", async () => {
  const { made } = hostEvents();
  expect(await made.take(placed)).toBe("ignored");
  const off = made.on("order.placed", () => undefined);
  expect(await made.take(placed)).toBe("handled");
  off();
  expect(await made.take(placed)).toBe("ignored");
});

test("a failure of the handler is the bus's to hear of", async () => {
  const { made } = hostEvents();
  made.on("order.placed", () => Promise.reject(new Error("no")));
  await expect(made.take(placed)).rejects.toThrow("no");
});

test.each([undefined, "", 7])("an event whose id is %j is not taken", async (id) => {
  const { made } = hostEvents();
  await expect(made.take({ ...placed, id: id as string })).rejects.toMatchObject({
    code: "BAD_INPUT",
  });
});

test("a type is handled in one place", () => {
  const { made } = hostEvents();
  made.on("order.placed", () => undefined);
  expect(() => made.on("order.placed", () => undefined)).toThrow("handled already");
});
