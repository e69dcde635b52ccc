import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

async function hasBin(code: string): Promise<void> {
  const facts = { zone: "A", pickSequence: 1, kind: "pick", capacity: 5 } as const;
  await house.client.bins.registerBin({ code, ...facts });
}

async function stateOf(code: string) {
  const [row] = await house.database.query(
    `select count_state as state, counting_by as by, occupied, version from selvedge.bin
     where tenant = 'default' and code = $1`,
    [code],
  );
  return row;
}

test("a count is started by somebody, and the journal says so", async () => {
  await hasBin("A-1");
  const answer = await house.as("ann").bins.startCount({ bin: "A-1" });
  const countSince = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(answer.data).toEqual({ warehouse: "main", bin: "A-1", countSince });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Bin", id: "main/A-1", version: 2, type: "BinCountStarted" },
      data: { reason: null },
    },
  ]);
  expect(await stateOf("A-1")).toEqual({ state: "counting", by: "ann", occupied: 0, version: 2 });
});

test("a count that is started again under the same command id is started once", async () => {
  await hasBin("AGAIN");
  await house.answersOnce((options) => house.client.bins.startCount({ bin: "AGAIN" }, options));
});

describe("a count is refused", () => {
  test("of a bin that nobody registered, or that is another house's", async () => {
    await hasBin("MINE");
    const error = await house.refuses(
      () => house.client.bins.startCount({ bin: "nowhere" }),
      "bin-unknown",
    );
    expect(error).toMatchObject({ kind: "not-found", details: { bin: "nowhere" } });
    await house.refuses(() => house.elsewhere.bins.startCount({ bin: "MINE" }), "bin-unknown");
    await house.refuses(
      () => house.client.bins.startCount({ bin: "MINE", warehouse: "north" }),
      "bin-unknown",
    );
  });

  test("while somebody counts, whoever asks", async () => {
    await hasBin("BUSY");
    await house.as("ann").bins.startCount({ bin: "BUSY" });
    for (const who of ["ann", "bob"]) {
      const call = () => house.as(who).bins.startCount({ bin: "BUSY" });
      const error = await house.refuses(call, "bin-being-counted");
      expect(error.details).toEqual({ bin: "BUSY", countingBy: "ann" });
    }
  });

  test("but for one of eight who start at once", async () => {
    await hasBin("RACE");
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => house.client.bins.startCount({ bin: "RACE" })),
    );
    const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    expect(reasons).toEqual(Array(7).fill("bin-being-counted"));
  });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
