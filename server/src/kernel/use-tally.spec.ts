import { expect, test } from "vitest";
import { silent } from "../log.ts";
import { defaultSchemas } from "./schemas.ts";
import { UseTally } from "./use-tally.ts";

type Row = Record<"procedure" | "sdk" | "calls" | "id", unknown>;

/** A tally over a database that keeps what it is sent, or fails. */
function tallyOver({ away = false } = {}) {
  const stored: Row[][] = [];
  const database = { away };
  const query = async (_text: string, [rows]: [string]) => {
    if (database.away) throw new Error("The database is away.");
    stored.push(JSON.parse(rows));
  };
  const tally = new UseTally({ query } as never, defaultSchemas, silent);
  const told = ({ id, procedure, sdk, calls }: Row) => (id ? [id] : [procedure, sdk, calls]);
  return { tally, rows: () => stored.map((all) => all.map(told)), database };
}

const use = (procedure: string, sdk = "js/1.0.0") => {
  return { tenant: "t", partner: "p", procedure, sdk };
};

test("a thousand calls are stored as one row of one statement, and their key as another", async () => {
  const { tally, rows } = tallyOver();
  for (let i = 0; i < 1_000; i += 1) {
    tally.called(use("a"));
    tally.keyUsed("key");
  }
  tally.called(use("a", ""));
  await tally.flush();
  expect(rows()).toEqual([
    [["key"]],
    [
      ["a", "js/1.0.0", 1_000],
      ["a", "", 1],
    ],
  ]);
});

test("nothing is sent where nothing was counted", async () => {
  const { tally, rows } = tallyOver();
  await tally.flush();
  expect(rows()).toEqual([]);
});

test("what cannot be stored is counted on, and stored with the next", async () => {
  const { tally, rows, database } = tallyOver({ away: true });
  tally.called(use("a"));
  tally.keyUsed("key");
  await tally.flush();
  tally.called(use("a"));
  database.away = false;
  await tally.stop();
  expect(rows()).toEqual([[["key"]], [["a", "js/1.0.0", 2]]]);
});

test("while nothing can be stored no more than five thousand are kept", async () => {
  const { tally, rows } = tallyOver();
  for (let i = 0; i < 5_100; i += 1) tally.called(use(`p${i}`));
  tally.called(use("p0"));
  await tally.flush();
  expect(rows()[0]?.length).toBe(5_000);
  expect(rows()[0]?.[0]).toEqual(["p0", "js/1.0.0", 2]);
});
