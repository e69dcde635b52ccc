import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../test/harness/house.ts";
import {
  putUpBins,
  releasedWave,
  sellPieces,
  storePieces,
} from "../../../../test/harness/waves.ts";
import { UnitOfWork } from "../../kernel/unit-of-work.ts";
import { cancelTaskOfPiece, cancelTasksOfLines } from "./contract.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("RARE");
  await putUpBins(house.database, "A-1");
});
afterAll(() => house.stop());

/** What a command of another module records where it does this and no more. */
async function recorded(act: (uow: UnitOfWork) => Promise<void>) {
  const { engine } = house.selvedge;
  if (!engine) expect.fail("It did not start.");
  const identity = { tenant: "default", partner: "spec", actor: "spec", scopes: ["*"] };
  const uow = new UnitOfWork(engine.em, engine.sessions, identity);
  try {
    await act(uow);
    await uow.flush();
    return uow.journal;
  } finally {
    await uow.rollback();
  }
}

/** Two waves of an order each, both of two pieces. */
async function twoWaves(...lpns: readonly string[]) {
  await storePieces(house.database, { sku: "RARE", bin: "A-1" }, ...lpns);
  const first = await sellPieces(house, "RARE", 2);
  const second = await sellPieces(house, "RARE", 2);
  const waves = [
    await releasedWave(house, first.orderId),
    await releasedWave(house, second.orderId),
  ];
  return { orders: [first, second], waves: waves.map(({ waveId }) => waveId) };
}

test("a piece that is set aside is not picked, and others are", async () => {
  const { waves } = await twoWaves("L1", "L2", "L3", "L4");
  const journal = await recorded((uow) => cancelTaskOfPiece(uow, "L3", "quarantined"));
  expect(journal).toMatchObject([
    {
      ...{ kind: "PickWave", id: waves[1], version: 3, type: "TaskCancelled" },
      data: { task: 1, lpn: "L3", reason: "quarantined" },
    },
  ]);
});

test("a piece that nobody is to pick is no news", async () => {
  expect(await recorded((uow) => cancelTaskOfPiece(uow, "nobody's", "quarantined"))).toEqual([]);
  expect(await recorded((uow) => cancelTasksOfLines(uow, [], "burnt"))).toEqual([]);
});

test("lines of several orders leave their waves, which end with their last task", async () => {
  const { orders, waves } = await twoWaves("M1", "M2", "M3", "M4");
  const lines = orders.map(({ orderId }) => ({ orderId, line: 1 }));
  const journal = await recorded((uow) => cancelTasksOfLines(uow, lines, "burnt"));
  const types = ["TaskCancelled", "TaskCancelled", "WaveDone"];
  expect(journal.map(({ id, type }) => [id, type])).toEqual(
    waves.toSorted().flatMap((id) => types.map((type) => [id, type])),
  );
});
