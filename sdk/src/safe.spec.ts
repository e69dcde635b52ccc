import { expect, expectTypeOf, test } from "vitest";
import {
  type CommandResult,
  type PlaceOrderData,
  type PlaceOrderRefusal,
  Selvedge,
  type SelvedgeError,
  safe,
} from "./index.ts";
import { commanded, failed, queried, scriptedServer } from "./testing/scripted-server.ts";

const order = { channel: "shop", externalRef: "A-1", lines: [{ sku: "TEE-RED-M", qty: 1 }] };

test("a call that succeeds is ok, and has its answer", async () => {
  const { baseUrl } = await scriptedServer(commanded("r1", { orderId: "o" }));
  const placed = await safe(new Selvedge({ baseUrl }).orders.placeOrder(order));
  expect(placed).toMatchObject({ ok: true, value: { data: { orderId: "o" }, receipt: "r1" } });
  expect(placed.error).toBeUndefined();
});

test("a refusal is answered, with the command's own reasons", async () => {
  const { baseUrl } = await scriptedServer(
    failed(409, { code: "REFUSED", reason: "external-ref-taken" }),
  );
  const placed = await safe(new Selvedge({ baseUrl }).orders.placeOrder(order));
  expect(placed).toMatchObject({ ok: false, error: { reason: "external-ref-taken" } });
  if (placed.ok) throw new Error("It was refused.");
  expectTypeOf(placed.error).toEqualTypeOf<SelvedgeError<PlaceOrderRefusal>>();
  expectTypeOf(placed.error.reason).toEqualTypeOf<PlaceOrderRefusal | undefined>();
});

test("the answer's type is the command's own", async () => {
  const { baseUrl } = await scriptedServer(commanded("r1", { orderId: "o" }));
  const placed = await safe(new Selvedge({ baseUrl }).orders.placeOrder(order));
  if (!placed.ok) throw placed.error;
  expectTypeOf(placed.value).toEqualTypeOf<CommandResult<PlaceOrderData>>();
  expect(placed.value.data.orderId).toBe("o");
});

test("queries are safe as well", async () => {
  const { baseUrl } = await scriptedServer(queried({ orders: 3 }));
  const totals = await safe(new Selvedge({ baseUrl }).orders.orderTotals());
  expect(totals).toMatchObject({ ok: true, value: { data: { orders: 3 } } });
});

test("what is no error of Selvedge's is thrown", async () => {
  await expect(safe(Promise.reject(new TypeError("a bug")))).rejects.toThrow(TypeError);
});
