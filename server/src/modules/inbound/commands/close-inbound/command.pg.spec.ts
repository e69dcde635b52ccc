import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { announces } from "../../../../../../test/harness/dock.ts";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
let close: House["client"]["inbound"]["closeInbound"];
beforeAll(async () => {
  house = await startHouse();
  close = house.client.inbound.closeInbound;
});
afterAll(() => house.stop());

let pieces = 0;

/** An inbound of three tees and a cap of which so many have come. */
async function received(tees: number, caps: number): Promise<string> {
  const inboundId = await announces(house, { TEE: 3, CAP: 1 });
  const lines = [...Array(tees).fill(1), ...Array(caps).fill(2)];
  for (const line of lines) {
    pieces += 1;
    const overReason = "more in the box";
    await house.client.inbound.receivePiece({ inboundId, line, lpn: `L-${pieces}`, overReason });
  }
  return inboundId;
}

test("what has come in full is closed without a word", async () => {
  const inboundId = await received(3, 1);
  const answer = await close({ inboundId });
  expect(answer.data).toEqual({ inboundId, discrepancies: 0 });
  expect(await house.journalOf(answer)).toMatchObject([
    { id: inboundId, version: 6, type: "InboundClosed", data: { received: 4, discrepancies: 0 } },
  ]);
});

test("what has not is closed with reasons, each of which is said", async () => {
  const inboundId = await received(4, 0);
  const discrepancies = [{ line: 2, reason: "not in the box" }];
  const answer = await close({ inboundId, discrepancies });
  expect(answer.data.discrepancies).toBe(2);
  expect(await house.journalOf(answer)).toMatchObject([
    { type: "DiscrepancyFound", data: { line: 1, received: 4, reason: "more in the box" } },
    { type: "DiscrepancyFound", data: { line: 2, received: 0, reason: "not in the box" } },
    { type: "InboundClosed", data: { received: 4, discrepancies: 2 } },
  ]);
  const rows = await house.database.query(
    "select discrepancy from selvedge.inbound_line where inbound_id = $1 order by line",
    [inboundId],
  );
  expect(rows).toEqual([{ discrepancy: "more in the box" }, { discrepancy: "not in the box" }]);
});

test("an inbound that is closed again under the same command id is closed once", async () => {
  const inboundId = await received(3, 1);
  await house.answersOnce((options) => close({ inboundId }, options));
});

describe("closing is refused", () => {
  test("as long as a line is unexplained, and says which", async () => {
    const inboundId = await received(2, 0);
    const discrepancies = [{ line: 1, reason: "one short" }];
    const call = () => close({ inboundId, discrepancies });
    const { details } = await house.refuses(call, "discrepancy-unexplained");
    expect(details).toEqual({ lines: [{ line: 2, expected: 1, received: 0 }] });
  });

  test("with a reason for nothing", async () => {
    const inboundId = await received(3, 1);
    const discrepancies = [{ line: 1, reason: "why not" }];
    await house.refuses(() => close({ inboundId, discrepancies }), "nothing-to-explain");
  });

  test("with a reason for a line that there is not", async () => {
    const inboundId = await received(3, 1);
    const discrepancies = [{ line: 3, reason: "why not" }];
    await house.refuses(() => close({ inboundId, discrepancies }), "inbound-line-unknown");
  });

  test("of what is closed, and of what there is not", async () => {
    const inboundId = await received(3, 1);
    await close({ inboundId });
    const { details } = await house.refuses(() => close({ inboundId }), "inbound-closed");
    expect(details).toEqual({ inboundId, closedAt: expect.any(String) });
    await house.refuses(() => close({ inboundId: randomUUID() }), "inbound-unknown");
  });

  test("where a line is named twice", async () => {
    const inboundId = await received(0, 0);
    const discrepancies = ["one", "other"].map((reason) => ({ line: 1, reason }));
    const call = close({ inboundId, discrepancies });
    await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});

test("every inbound's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
