import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { startSelvedge } from "../../../test/harness/selvedge.ts";
import { generateClient } from "./generated-client.fixture.ts";

type Answer = { status: number; data: Record<string, unknown> };
type Call = (...args: unknown[]) => Promise<Answer>;

test("a client that was generated from the document places an order and reads it", async () => {
  const folder = await generateClient();
  const client: Record<string, Call> & { defaults: { baseUrl: string } } = await import(
    pathToFileURL(join(folder, "client.ts")).href
  );
  const { registerVariant, addBatch, placeOrder, orderBoard, postOrderBoard } = client as Record<
    string,
    Call
  >;
  const it = await startSelvedge();
  try {
    client.defaults.baseUrl = it.baseUrl;
    await registerVariant?.("key-variant", { sku: "TEE" });
    await addBatch?.("key-batch", { ref: "PO-1", sku: "TEE", qty: 2 });
    const order = { channel: "shop", externalRef: "A-1", lines: [{ sku: "TEE", qty: 1 }] };

    const placed = await placeOrder?.("key-order", order);
    const again = await placeOrder?.("key-order", order);
    const refused = await placeOrder?.("key-other", order);

    expect(placed).toMatchObject({ status: 200, data: { repeated: false } });
    expect(again?.data).toEqual({ ...placed?.data, repeated: true });
    expect(refused).toMatchObject({
      status: 409,
      data: { code: "REFUSED", reason: "external-ref-taken" },
    });
    const seen = { selvedgeAtLeast: placed?.data.receipt, selvedgeOnMiss: "wait" };
    const rows = [expect.objectContaining({ externalRef: "A-1", status: "allocated" })];
    const board = await orderBoard?.({ channel: ["shop", "none"], limit: 5, ...seen });
    expect(board).toMatchObject({
      status: 200,
      data: { data: { rows, nextCursor: null }, freshness: { includesReceipt: true } },
    });
    const posted = await postOrderBoard?.({ channel: ["shop", "none"] }, seen);
    expect(posted?.data.data).toEqual(board?.data.data);
  } finally {
    await it.stop();
  }
});
