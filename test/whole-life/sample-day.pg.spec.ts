import { afterAll, beforeAll, expect, test } from "vitest";
import { readModels } from "../../server/src/router.gen.ts";
import { smallDay } from "../../server/src/sample-day/plan/day-size.ts";
import { people } from "../../server/src/sample-day/plan/people.ts";
import type { SampleDayProgress } from "../../server/src/sample-day/play/player.ts";
import type { SampleDayReport } from "../../server/src/sample-day/play/report.ts";
import { playSampleDay } from "../../server/src/sample-day/play-sample-day.ts";
import { type House, startHouse } from "../harness/house.ts";
import { expectSoundBooks } from "../harness/pieces.ts";

let house: House;
let report: SampleDayReport;
let repeatedLater: SampleDayReport;
const cutAt = 300;

beforeAll(async () => {
  house = await startHouse();
  const cut = ({ commands }: SampleDayProgress) => {
    if (commands === cutAt) throw new Error("cut short");
  };
  await expect(play(cut)).rejects.toThrow("cut short");
  report = await play();
  repeatedLater = await play();
}, 240_000);
afterAll(() => house.stop());

function play(onProgress?: (progress: SampleDayProgress) => void): Promise<SampleDayReport> {
  // The lead may do everything; the others work on the floor.
  const clientOf = (name: string) => (name === people.lead ? house.client : house.as(name));
  return playSampleDay({ clientOf, size: smallDay, onProgress });
}

test("a day that was cut short goes on where it was, and is refused only what it should be", () => {
  expect(report.repeated).toBeGreaterThanOrEqual(cutAt - report.refused);
  expect(report.applied).toBeGreaterThan(150);
  expect(Object.keys(report.refusals).sort()).toEqual([
    "more-than-shipped",
    "order-handed-over",
    "reserved-for-another",
  ]);
});

test("a second play applies nothing and comes to the same report", () => {
  const { applied, repeated } = report;
  expect(repeatedLater).toEqual({ ...report, applied: 0, repeated: applied + repeated });
});

test("everything that may happen to a piece happens to one", async () => {
  const rows = await house.database.query<{ type: string }>(
    "select distinct type from selvedge.journal where kind = 'Garment' order by type",
  );
  expect(rows.map(({ type }) => type)).toEqual([
    ...["DispositionDecided", "GarmentFound", "GarmentGraded", "GarmentMissing", "GarmentMoved"],
    ...["GarmentPacked", "GarmentPicked", "GarmentQuarantined", "GarmentReceived"],
    ...["GarmentRegraded", "GarmentReturned", "GarmentShipped", "GarmentStored"],
    ...["GarmentUnpacked", "GarmentUnpicked", "GarmentWrittenOff", "PieceReserved"],
    ...["QuarantineReleased", "ReservationExpired", "ReservationReleased"],
    ...["ReworkCompleted", "ReworkStarted"],
  ]);
});

test("its books are sound, and nobody got in the way of another who could have known", async () => {
  await expectSoundBooks(house);
  const { pairs } = await house.client.operations.conflicts({});
  expect(pairs.filter(({ refused }) => refused > 0)).toEqual([]);
});

test("every read model that is kept by key agrees with its definition", async () => {
  const byKey = readModels.filter(({ maintain }) => maintain === "byKey");
  expect(byKey.length).toBeGreaterThan(8);
  const pending = async () =>
    (await house.client.operations.lag()).readModels
      .filter(({ pending, promiseMs }) => pending > 0 && promiseMs < 60_000)
      .map(({ name }) => name);
  await expect.poll(pending, { timeout: 20_000 }).toEqual([]);
  for (const { name } of byKey) expect(await house.differences(name), name).toEqual([]);
});
