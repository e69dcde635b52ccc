import type { SubmitCountInput } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import {
  binOf,
  expectSoundBooks,
  hasBin,
  hasPieces,
  pieceOf,
  sellsPieces,
} from "../../../../../../test/harness/pieces.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.client.catalogue.registerVariant({ sku: "TEE" });
});
afterAll(() => house.stop());

const reason = "yearly count";
const start = (bin: string) => house.client.bins.startCount({ bin });
const submit = (bin: string, seen: Partial<SubmitCountInput["seen"]> = {}, as = house.client) =>
  as.bins.submitCount({ bin, seen: { lpns: [], batches: [], ...seen }, reason });
const typesOf = async (answer: { commandId: string }) =>
  (await house.journalOf(answer)).map(({ id, type }) => `${id} ${type}`);

const nothing = {
  ...{ missing: [], found: [], moved: [], batches: [], freed: [] },
  stray: { lpns: [], batches: [] },
  unknown: { lpns: [], batches: [] },
};

async function tasksOf(waveId: string) {
  const rows = await house.database.query(
    "select lpn, state from selvedge.pick_task where wave_id = $1 order by lpn nulls first",
    [waveId],
  );
  return rows.map(({ lpn, state }) => [lpn, state]);
}

async function liesIn(bin: string, sku: string, qty: number): Promise<void> {
  await house.stocks(sku, qty);
  await house.client.stock.putAwayLot({ ref: `${sku}/1`, bin });
}

test("a count that finds what is known changes nothing but the bin's state", async () => {
  await hasBin(house, "A-1");
  await hasPieces(house, { lpn: "A", bin: "A-1" }, { lpn: "B", bin: "A-1" });
  await liesIn("A-1", "SAME", 5);
  await start("A-1");
  const answer = await submit("A-1", { lpns: ["A", "B"], batches: [{ ref: "SAME/1", qty: 5 }] });
  expect(answer.data).toEqual({ warehouse: "main", bin: "A-1", ...nothing });
  expect(await house.journalOf(answer)).toEqual([
    {
      ...{ kind: "Bin", id: "main/A-1", version: 3, type: "BinCounted" },
      data: { expected: 7, seen: 7, reason, unknown: [] },
    },
  ]);
  const counted = { occupied: 7, countState: "none", countReason: null };
  expect(await binOf(house, "A-1")).toEqual(counted);
});

describe("a piece that was not seen", () => {
  test("is missing from now on, with the reason", async () => {
    await hasBin(house, "B-1");
    await hasPieces(house, { lpn: "GONE", bin: "B-1" }, { lpn: "HERE", bin: "B-1" });
    await start("B-1");
    const answer = await submit("B-1", { lpns: ["HERE"] });
    expect(answer.data).toMatchObject({ ...nothing, missing: ["GONE"] });
    expect(await typesOf(answer)).toEqual(["GONE GarmentMissing", "main/B-1 BinCounted"]);
    const [missing] = await house.journalOf(answer);
    expect(missing?.data).toEqual({ from: "B-1", reason, freed: null });
    expect(await pieceOf(house, "GONE")).toMatchObject({ status: "missing", bin: null });
    expect(await binOf(house, "B-1")).toMatchObject({ occupied: 1 });
  });

  test("is lost to its order line, which gets one that is there", async () => {
    const lpns = ["L-1", "L-2", "L-3"];
    const orderId = await sellsPieces(house, { sku: "LINE", bin: "L", lpns });
    await start("L");
    // The longest stored would be next, but is missing as well.
    const { data } = await submit("L", { lpns: ["L-3"] });
    expect(data.missing).toEqual(["L-1", "L-2"]);
    expect(data.freed).toEqual([{ orderId, line: 1, batch: null, lpns: ["L-3"] }]);
    expect(await pieceOf(house, "L-3")).toMatchObject({ status: "reserved", orderId, bin: "L" });
  });

  test("leaves its order line waiting where there is nothing else", async () => {
    const orderId = await sellsPieces(house, {
      sku: "LAST",
      bin: "W",
      lpns: ["W-1", "W-2"],
      qty: 2,
    });
    await start("W");
    const { data } = await submit("W");
    expect(data.freed).toEqual([{ orderId, line: 1, batch: null, lpns: [] }]);
    const { data: board } = await house.client.orders.orderBoard({ orderId });
    expect(board.rows).toMatchObject([{ status: "backordered" }]);
  });
});

describe("a piece that was seen", () => {
  test("and was missing is found here, and may be sold again", async () => {
    await hasBin(house, "C-1");
    await hasPieces(house, { lpn: "LOST", status: "missing" });
    await start("C-1");
    const answer = await submit("C-1", { lpns: ["LOST"] });
    expect(answer.data).toMatchObject({ ...nothing, found: ["LOST"] });
    expect(await typesOf(answer)).toEqual(["LOST GarmentFound", "main/C-1 BinCounted"]);
    expect(await pieceOf(house, "LOST")).toMatchObject({ status: "stored", bin: "C-1" });
  });

  test("and was missing, in a bin that is not for sale, has to be put away", async () => {
    await hasBin(house, "C-2", { kind: "quarantine" });
    await hasPieces(house, { lpn: "ODD", status: "missing" });
    await start("C-2");
    await submit("C-2", { lpns: ["ODD"] });
    expect(await pieceOf(house, "ODD")).toMatchObject({ status: "graded", bin: "C-2" });
  });

  test("and is known elsewhere is moved here, with its order line", async () => {
    const orderId = await sellsPieces(house, { sku: "AWAY", bin: "D-1", lpns: ["D"] });
    await hasBin(house, "D-2");
    await start("D-2");
    const answer = await submit("D-2", { lpns: ["D"] });
    expect(answer.data).toMatchObject({ ...nothing, moved: [{ lpn: "D", from: "D-1" }] });
    expect(await pieceOf(house, "D")).toMatchObject({ status: "reserved", bin: "D-2", orderId });
    expect(await binOf(house, "D-1")).toMatchObject({ occupied: 0 });
    expect(await binOf(house, "D-2")).toMatchObject({ occupied: 1 });
  });

  test("where nothing is sold from is not sold, and its order line gets another", async () => {
    const orderId = await sellsPieces(house, {
      sku: "ASIDE",
      bin: "N-1",
      lpns: ["ASIDE-1", "ASIDE-2"],
    });
    const wave = (await house.client.waves.planWave({ orderIds: [orderId] })).data;
    await hasBin(house, "N-2", { kind: "quarantine" });
    await start("N-2");
    const answer = await submit("N-2", { lpns: ["ASIDE-1"] });
    expect(answer.data.freed).toEqual([{ orderId, line: 1, batch: null, lpns: ["ASIDE-2"] }]);
    expect(await pieceOf(house, "ASIDE-1")).toMatchObject({ status: "graded", bin: "N-2" });
    expect(await tasksOf(wave.waveId)).toEqual([["ASIDE-1", "cancelled"]]);
    await house.client.garments.putAway({ lpn: "ASIDE-1", bin: "N-1" });
    expect(await pieceOf(house, "ASIDE-1")).toMatchObject({ status: "stored", bin: "N-1" });
  });

  test("is moved out of a bin that is being counted as well, so that both counts end", async () => {
    await hasBin(house, "E-1");
    await hasBin(house, "E-2");
    await hasPieces(house, { lpn: "E1", bin: "E-1" }, { lpn: "E2", bin: "E-2" });
    await Promise.all([start("E-1"), start("E-2")]);
    await submit("E-1", { lpns: ["E2"] });
    await submit("E-2", { lpns: ["E1"] });
    expect(await pieceOf(house, "E1")).toMatchObject({ bin: "E-2", status: "stored" });
    expect(await pieceOf(house, "E2")).toMatchObject({ bin: "E-1", status: "stored" });
  });

  test("and is in no bin by its life, or in another warehouse, is only told", async () => {
    await hasBin(house, "F-1");
    await hasBin(house, "F-N", { warehouse: "north" });
    const statuses = ["graded", "picked", "shipped"];
    await hasPieces(house, ...statuses.map((status) => ({ lpn: `F ${status}`, status })));
    await hasPieces(house, { lpn: "F north", bin: "F-N", warehouse: "north" });
    await start("F-1");
    const lpns = ["F graded", "F north", "F picked", "F shipped"];
    const { data } = await submit("F-1", { lpns });
    const stray = ["graded", "stored", "picked", "shipped"];
    expect(data.stray.lpns).toEqual(lpns.map((lpn, i) => ({ lpn, status: stray[i] })));
    expect(await binOf(house, "F-1")).toMatchObject({ occupied: 0 });
  });
});

describe("what is to be picked", () => {
  test("is so no longer once a count has not found it", async () => {
    const orderId = await sellsPieces(house, { sku: "PICK", bin: "P-1", lpns: ["PICK-1"] });
    await liesIn("P-1", "LOT", 2);
    const lot = await house.sells({ LOT: 2 });
    const { waveId } = (await house.client.waves.planWave({ orderIds: [orderId, lot.orderId] }))
      .data;
    await start("P-1");
    const answer = await submit("P-1");
    expect(await tasksOf(waveId)).toEqual([
      [null, "cancelled"],
      ["PICK-1", "cancelled"],
    ]);
    expect((await typesOf(answer)).slice(-3)).toEqual([
      ...[`${waveId} TaskCancelled`, `${waveId} TaskCancelled`, `${waveId} WaveDone`],
    ]);
  });
});

describe("a batch", () => {
  test("holds what was counted, and its order lines are told if they lose by that", async () => {
    await hasBin(house, "G-1");
    await liesIn("G-1", "LESS", 6);
    const kept = await house.sells({ LESS: 2 }, { priority: 1 });
    const lost = await house.sells({ LESS: 3 });
    await start("G-1");
    const answer = await submit("G-1", { batches: [{ ref: "LESS/1", qty: 4 }] });
    const deallocated = [{ orderId: lost.orderId, line: 1, qty: 3 }];
    expect(answer.data.batches).toEqual([{ ref: "LESS/1", before: 6, after: 4, deallocated }]);
    expect(await typesOf(answer)).toEqual([
      ...["main/LESS/N BatchQuantityChanged", "main/LESS/N LineDeallocated"],
      "main/G-1 BinCounted",
    ]);
    const [changed] = await house.journalOf(answer);
    expect(changed?.data).toEqual({ ref: "LESS/1", before: 6, after: 4, reason });
    const { data } = await house.client.stock.allocations({ orderId: kept.orderId });
    expect(data.rows).toMatchObject([{ state: "allocated", batch: "LESS/1" }]);
    expect(await binOf(house, "G-1")).toMatchObject({ occupied: 4 });
  });

  test("that was not seen at all is empty; what is picked of it is not looked for", async () => {
    await hasBin(house, "H-1");
    await liesIn("H-1", "NONE", 5);
    const { orderId } = await house.sells({ NONE: 2 });
    await house.database.query("update selvedge.batch set picked = 2 where ref = 'NONE/1'");
    await house.database.query(
      "update selvedge.allocation set state = 'picked' where order_id = $1",
      [orderId],
    );
    await start("H-1");
    const answer = await submit("H-1");
    expect(answer.data.batches).toEqual([{ ref: "NONE/1", before: 5, after: 2, deallocated: [] }]);
    const counted = (await house.journalOf(answer)).at(-1);
    expect(counted?.data).toMatchObject({ expected: 3, seen: 0 });
  });

  test("may hold more; two of one SKU are told apart", async () => {
    await hasBin(house, "I-1", { capacity: 20 });
    await house.stocks("TWO", 3, 3);
    for (const ref of ["TWO/1", "TWO/2"]) await house.client.stock.putAwayLot({ ref, bin: "I-1" });
    const orders = [await house.sells({ TWO: 3 }), await house.sells({ TWO: 3 })];
    await start("I-1");
    const batches = [
      { ref: "TWO/1", qty: 2 },
      { ref: "TWO/2", qty: 8 },
    ];
    const { data } = await submit("I-1", { batches });
    expect(data.batches).toEqual([
      {
        ...{ ref: "TWO/1", before: 3, after: 2 },
        deallocated: [{ orderId: orders[0]?.orderId, line: 1, qty: 3 }],
      },
      { ref: "TWO/2", before: 3, after: 8, deallocated: [] },
    ]);
    expect(await binOf(house, "I-1")).toMatchObject({ occupied: 10 });
  });

  test("of another bin, or of none, is only told", async () => {
    await hasBin(house, "J-1");
    await hasBin(house, "J-2");
    await liesIn("J-1", "OTHER", 3);
    await house.stocks("LOOSE", 2);
    await start("J-2");
    const { data } = await submit("J-2", {
      batches: [
        { ref: "OTHER/1", qty: 3 },
        { ref: "LOOSE/1", qty: 2 },
      ],
    });
    expect(data).toMatchObject({ ...nothing, stray: { lpns: [], batches: expect.any(Array) } });
    expect(data.stray.batches.toSorted()).toEqual(["LOOSE/1", "OTHER/1"]);
  });
});

test("what nobody knows is answered, and stands in the journal", async () => {
  await hasBin(house, "K-1");
  await hasPieces(house, { lpn: "THEIRS", tenant: "elsewhere" });
  await start("K-1");
  const batches = [{ ref: "what", qty: 1 }];
  const answer = await submit("K-1", { lpns: ["THEIRS", "who"], batches });
  const unknown = { lpns: ["THEIRS", "who"], batches: ["what"] };
  expect(answer.data).toMatchObject({ ...nothing, unknown });
  const [counted] = await house.journalOf(answer);
  expect(counted?.data).toEqual({
    expected: 0,
    seen: 3,
    reason,
    unknown: ["THEIRS", "who", "what"],
  });
});

test("a count that is submitted again under the same command id is taken once", async () => {
  await sellsPieces(house, { sku: "AGAIN", bin: "N", lpns: ["N-1", "N-2"] });
  await start("N");
  const seen = { lpns: ["N-2"], batches: [] };
  await house.answersOnce((options) =>
    house.client.bins.submitCount({ bin: "N", seen, reason }, options),
  );
});

describe("a count is refused", () => {
  test("of a bin that nobody registered", async () => {
    await house.refuses(() => submit("nowhere"), "bin-unknown");
  });

  test("while nobody counts, and the second time", async () => {
    await hasBin(house, "P-1");
    await house.refuses(() => submit("P-1"), "bin-not-being-counted");
    await start("P-1");
    await submit("P-1");
    await house.refuses(() => submit("P-1"), "bin-not-being-counted");
  });

  test("from somebody who has not started it and is no lead", async () => {
    await hasBin(house, "P-2");
    await house.as("ann").bins.startCount({ bin: "P-2" });
    const error = await house.refuses(
      () => submit("P-2", {}, house.as("bob")),
      "counted-by-another",
    );
    expect(error.details).toEqual({ bin: "P-2", countingBy: "ann" });
    await submit("P-2", {}, house.as("ann"));
    await house.as("ann").bins.startCount({ bin: "P-2" });
    await submit("P-2", {}, house.client);
  });

  test("where more was seen than the bin has room for", async () => {
    await hasBin(house, "P-3", { capacity: 1 });
    await hasPieces(house, { lpn: "P1", status: "missing" }, { lpn: "P2", status: "missing" });
    await start("P-3");
    await house.refuses(() => submit("P-3", { lpns: ["P1", "P2"] }), "bin-full");
  });
});

test("pieces that are sold while they are counted are sold or missing, never both", async () => {
  await house.client.catalogue.registerVariant({ sku: "RACE" });
  const codes = Array.from({ length: 8 }, (_, i) => `R-${i}`);
  for (const bin of codes) {
    await hasBin(house, bin);
    await hasPieces(
      house,
      { lpn: `${bin}/gone`, sku: "RACE", bin },
      { lpn: bin, sku: "RACE", bin },
    );
    await start(bin);
  }
  const lines = [{ sku: "RACE", grade: "A", qty: 1 }];
  const all = await Promise.allSettled(
    codes.flatMap((bin) => [submit(bin, { lpns: [bin] }), house.sells({}, { lines })]),
  );
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons).toEqual(reasons.map(() => "changed-in-between"));
  const mixed = await house.database.query(
    `select lpn from selvedge.garment where sku = 'RACE'
       and ((status = 'reserved') <> (order_id is not null) or (status = 'missing') <> (bin is null))`,
  );
  expect(mixed).toEqual([]);
});

test.each([
  { seen: { lpns: ["A", "A"], batches: [] } },
  {
    seen: {
      lpns: [],
      batches: [
        { ref: "A", qty: 1 },
        { ref: "A", qty: 2 },
      ],
    },
  },
  { seen: { lpns: [], batches: [{ ref: "A", qty: -1 }] } },
  { reason: "" },
])("input with %o is not taken", async (odd) => {
  const input = { bin: "A-1", seen: { lpns: [], batches: [] }, reason, ...odd };
  await expect(house.client.bins.submitCount(input)).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("every bin's books are right, and every history is whole", () => expectSoundBooks(house));
