import { appendFileSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Outcome, QueuedCommand, StoredCommand } from "../offline/index.ts";
import { fileStore } from "./index.ts";

const at = "2026-01-05T10:00:00.000Z";
const commandOf = (commandId: string): QueuedCommand => ({
  commandId,
  path: "garments.putAway",
  input: { lpn: commandId, bin: "Größe-1" },
  at,
});
const applied: Outcome = {
  ...{ state: "applied", data: { bin: "A" }, receipt: "r1.e.1", repeated: false },
  settledAt: at,
};
const idsOf = (list: readonly StoredCommand[]) => list.map(({ command }) => command.commandId);

async function aFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "selvedge-queue-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "not-there-yet", "queue.log");
}

test("what is kept is found again, in order, with what became of it", async () => {
  const path = await aFile();
  const store = fileStore(path);
  expect(await store.load()).toEqual([]);
  for (const id of ["1", "2", "3", "4"]) expect(await store.add(commandOf(id), 10)).toBe(true);
  await store.settle("1", applied);
  await store.settle("2", applied);
  await store.settle("2", undefined);
  await store.add(commandOf("5"), 10, "3");
  await store.remove(["4"]);

  const expected = [
    { command: commandOf("1"), outcome: applied },
    { command: commandOf("2") },
    { command: commandOf("5") },
  ];
  expect(await store.load()).toEqual(expected);
  expect(await fileStore(path).load()).toEqual(expected);
});

test("there is room for so many, however many processes put in", async () => {
  const path = await aFile();
  const [one, two] = [fileStore(path), fileStore(path)];
  const added = await Promise.all(
    ["1", "2", "3", "4", "5", "6"].map((id, n) => (n % 2 ? one : two).add(commandOf(id), 4)),
  );
  expect(added.filter(Boolean)).toHaveLength(4);
  const [first = ""] = idsOf(await one.load());
  expect(await two.add(commandOf("7"), 4)).toBe(false);
  expect(await two.add(commandOf("7"), 4, first)).toBe(true);
  expect(idsOf(await one.load())[0]).toBe("7");
  await one.settle("7", applied);
  expect(await two.add(commandOf("8"), 4)).toBe(true);
  expect(await one.load()).toEqual(await two.load());
});

test.each(['{"put":{"commandId":"torn","path":"gar', '{"que', "\u0000\u0000\u0000"])(
  "half a line counts for nothing, and takes nothing with it: %j",
  async (half) => {
    const path = await aFile();
    await fileStore(path).add(commandOf("1"), 10);
    appendFileSync(path, half);
    const store = fileStore(path);
    expect(idsOf(await store.load())).toEqual(["1"]);
    await store.add(commandOf("2"), 10);
    expect(idsOf(await store.load())).toEqual(["1", "2"]);
    expect(idsOf(await fileStore(path).load())).toEqual(["1", "2"]);
  },
);

test("a first line that was not ended is no end of the file", async () => {
  const path = await aFile();
  const store = fileStore(path);
  await store.add(commandOf("1"), 10);
  const [head = ""] = readFileSync(path, "utf8").split("\n");
  const other = `${path}.2`;
  appendFileSync(other, head.slice(0, 12));
  await fileStore(other).add(commandOf("1"), 10);
  await fileStore(other).add(commandOf("2"), 10);
  expect(idsOf(await fileStore(other).load())).toEqual(["1", "2"]);
});

test("a file that is mostly past is written anew, and others notice", async () => {
  const path = await aFile();
  const [one, two] = [fileStore(path), fileStore(path)];
  await two.add(commandOf("kept"), 2_000);
  await one.add(commandOf("gone"), 2_000);
  expect(idsOf(await two.load())).toEqual(["kept", "gone"]);
  for (let n = 0; n < 210; n += 1) await one.settle("kept", n % 2 ? applied : undefined);
  await one.remove(["gone"]);

  expect(readFileSync(path, "utf8").split("\n").length).toBeLessThan(30);
  expect(await two.load()).toEqual([{ command: commandOf("kept"), outcome: applied }]);
  await two.add(commandOf("new"), 2_000);
  expect(idsOf(await one.load())).toEqual(["kept", "new"]);
});

test("one at a time leads, and whoever waits may give up", async () => {
  const path = await aFile();
  const [one, two] = [fileStore(path), fileStore(path)];
  const never = new AbortController().signal;
  const told: string[] = [];
  let end = () => {};
  const leading = one.lead(async () => {
    told.push("one begins");
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    told.push("one ends");
  }, never);
  await vi.waitFor(() => expect(told).toEqual(["one begins"]), 15_000);

  const controller = new AbortController();
  const impatient = two.lead(async () => void told.push("impatient"), controller.signal);
  controller.abort(new Error("enough"));
  await expect(impatient).rejects.toThrow("enough");
  const waiting = two.lead(async () => void told.push("two"), never);
  end();
  await Promise.all([leading, waiting]);
  expect(told).toEqual(["one begins", "one ends", "two"]);
  expect(await readdir(`${path}.sender`)).toEqual([]);
});

test("a claim of a process that is gone holds nobody up", async () => {
  const path = await aFile();
  const store = fileStore(path);
  await store.add(commandOf("1"), 10);
  const { pid, host } = {
    pid: 2 ** 22 + 1,
    host: encodeURIComponent((await import("node:os")).hostname()),
  };
  appendFileSync(join(`${path}.writer`, `${pid}.00000000-0000-4000-8000-000000000000.${host}`), "");
  await store.add(commandOf("2"), 10);
  expect(idsOf(await store.load())).toEqual(["1", "2"]);
});

test("a change by another is noticed", async () => {
  const path = await aFile();
  const [one, two] = [fileStore(path), fileStore(path)];
  let changes = 0;
  const end = one.watch(() => {
    changes += 1;
  });
  onTestFinished(end);
  await two.add(commandOf("1"), 10);
  await vi.waitFor(() => expect(changes).toBeGreaterThan(0), 15_000);
});
