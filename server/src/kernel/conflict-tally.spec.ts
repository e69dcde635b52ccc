import { expect, test } from "vitest";
import { silent } from "../log.ts";
import { ConflictTally } from "./conflict-tally.ts";
import { defaultSchemas } from "./schemas.ts";

type Row = Record<"command" | "other" | "reruns" | "refused", unknown>;

/** A tally over a database that keeps what it is sent, or fails. */
function tallyOver({ away = false } = {}) {
  const stored: Row[][] = [];
  const database = { away };
  const query = async (_text: string, [rows]: [string]) => {
    if (database.away) throw new Error("The database is away.");
    stored.push(JSON.parse(rows));
  };
  const tally = new ConflictTally({ query } as never, defaultSchemas, silent);
  const rows = () =>
    stored.map((all) => all.map((row) => [row.command, row.other, row.reruns, row.refused]));
  return { tally, rows, database };
}

const a = { tenant: "t", command: "a" };

test("a thousand conflicts are stored as one row of one statement", async () => {
  const { tally, rows } = tallyOver();
  for (let i = 0; i < 1_000; i += 1) tally.count(a, ["b", "b"], i < 999 ? "rerun" : "refused");
  await tally.flush();
  expect(rows()).toEqual([[["a", "b", 999, 1]]]);
});

test("nothing is sent where nothing was counted", async () => {
  const { tally, rows } = tallyOver();
  tally.count(a, [], "rerun");
  await tally.flush();
  await tally.flush();
  expect(rows()).toEqual([]);
});

test("what cannot be stored is counted on, and stored with the next", async () => {
  const { tally, rows, database } = tallyOver({ away: true });
  tally.count(a, ["b"], "rerun");
  await tally.flush();
  tally.count(a, ["b", "c"], "rerun");
  database.away = false;
  await tally.stop();
  expect(rows()).toEqual([
    [
      ["a", "b", 2, 0],
      ["a", "c", 1, 0],
    ],
  ]);
});

test("while nothing can be stored no more than a thousand pairs are kept", async () => {
  const { tally, rows } = tallyOver();
  for (let i = 0; i < 1_100; i += 1) tally.count(a, [`b${i}`], "rerun");
  tally.count(a, ["b0"], "rerun");
  await tally.flush();
  expect(rows()[0]?.length).toBe(1_000);
  expect(rows()[0]?.[0]).toEqual(["a", "b0", 2, 0]);
});
