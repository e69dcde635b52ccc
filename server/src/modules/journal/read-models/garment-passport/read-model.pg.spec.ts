import type { GarmentPassportRow } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { type WrittenRow, write, writerOf } from "../../journal-rows.fixture.ts";

let house: House;
let ask: House["client"]["journal"]["garmentPassport"];

const garment = (id: string, version: number, type: string, more: Partial<WrittenRow> = {}) => ({
  ...{ kind: "Garment", id, version, type, data: { lpn: id, step: version } },
  ...more,
});
const elsewhere = (id: string, type: string, data: object, more: Partial<WrittenRow> = {}) => ({
  ...{ kind: "Bin", id, type, data, ...more },
});

/** Two pieces: one that is received, graded, stored and picked, and one that is received only. */
beforeAll(async () => {
  house = await startHouse();
  ask = house.client.journal.garmentPassport;
  const writer = await writerOf(house.database);
  const rows: WrittenRow[] = [
    garment("LPN-1", 1, "PieceReceived", { data: { inbound: "IN-1", defects: [] } }),
    garment("LPN-2", 1, "PieceReceived"),
    garment("LPN-1", 2, "GarmentGraded", {
      data: { grade: "B", defects: [{ kind: "stain", severity: 2 }], note: null },
    }),
    elsewhere("A-1", "PieceStored", { lpn: "LPN-1", bin: "A-1" }),
    elsewhere("A-1", "BinCounted", { pieces: 1 }, { version: 2 }),
    elsewhere("A-1", "PieceLost", { lpn: null }, { version: 3 }),
    garment("LPN-1", 3, "GarmentStored"),
    elsewhere("O-1", "LinePicked", { lpn: "LPN-1", order: "O-1" }, { kind: "Order" }),
    garment("LPN-1", 1, "PieceReceived", { tenant: "elsewhere", data: { inbound: "theirs" } }),
  ];
  for (const row of rows) await write(writer, row);
  await writer.query(
    `insert into selvedge.command_log
       (tenant, partner, command_id, procedure, input_hash, answer, actor)
     values ('default', 'spec', 'grading', 'garments.gradeGarment', '', '{}', 'spec')`,
  );
  await writer.query(
    `update selvedge.journal set command_id = 'grading', actor = 'anna'
     where type = 'GarmentGraded'`,
  );
  await writer.end();
});
afterAll(() => house.stop());

const whole = ["PieceReceived", "GarmentGraded", "PieceStored", "GarmentStored", "LinePicked"];

test("a piece's life is told in order, with what others did to it", async () => {
  const { data, freshness } = await ask({ lpn: "LPN-1" });
  expect(data.nextCursor).toBeNull();
  expect(data.rows.map(({ type }) => type)).toEqual(whole);
  expect(data.rows.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    ...["Garment LPN-1", "Garment LPN-1", "Bin A-1", "Garment LPN-1", "Order O-1"],
  ]);
  const times = data.rows.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
  expect(freshness).toMatchObject({ servedFrom: "live", lagMs: 0, pending: 0 });
});

test("an entry says who did what with which command, and all that is known of it", async () => {
  const { data } = await ask({ lpn: "LPN-1" });
  expect(data.rows[1]).toEqual({
    ...{ lpn: "LPN-1", position: expect.any(Number), at: expect.any(String) },
    ...{ kind: "Garment", id: "LPN-1", version: 2, type: "GarmentGraded" },
    data: { grade: "B", defects: [{ kind: "stain", severity: 2 }], note: null },
    ...{ procedure: "garments.gradeGarment", partner: "spec", commandId: "grading", actor: "anna" },
  });
  expect(data.rows[0]).toMatchObject({ procedure: null, commandId: "written-by-hand" });
});

test("another house's piece of the same number has a life of its own", async () => {
  const { data } = await house.elsewhere.journal.garmentPassport({ lpn: "LPN-1" });
  expect(data.rows.map((row) => row.data)).toEqual([{ inbound: "theirs" }]);
});

test("a piece that nobody knows has no life, and an order is no piece", async () => {
  for (const lpn of ["LPN-3", "O-1", "A-1"]) expect((await ask({ lpn })).data.rows).toEqual([]);
});

test.each([1, 2, 4, 5, 6])("pages of %i tell everything exactly once, in order", async (limit) => {
  const told: GarmentPassportRow[] = [];
  for await (const row of ask.rows({ lpn: "LPN-1", limit })) told.push(row);
  expect(told.map(({ type }) => type)).toEqual(whole);
});

test("several pieces come one after the other", async () => {
  const { data } = await ask({ lpn: ["LPN-2", "LPN-1"] });
  expect(data.rows.map(({ lpn }) => lpn)).toEqual([...whole.map(() => "LPN-1"), "LPN-2"]);
});

test("a piece has to be named", async () => {
  const call = ask({} as { lpn: string });
  await expect(call).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("an entry has one key", async () => {
  const { data } = await ask({ lpn: ["LPN-1", "LPN-2"] });
  const keys = data.rows.map(({ lpn, position }) => `${lpn} ${position}`);
  expect(new Set(keys).size).toBe(6);
});
