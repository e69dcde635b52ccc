import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { fakeSelvedge } from "../test-kit/index.ts";
import { answeredBy } from "../testing/answered-by.ts";
import { type Step, scriptedServer } from "../testing/scripted-server.ts";
import { fileStore } from "./index.ts";

const program = fileURLToPath(new URL("../testing/scanner-process.ts", import.meta.url));

async function aFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "selvedge-queue-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "queue.log");
}

function spawnScanner(task: "put" | "send", file: string, baseUrl = ""): ChildProcess {
  const args = ["--conditions=selvedge-source", program, task, file, baseUrl];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Lets a scanner put in until it has told of so many, kills it, and gives what it told of. */
async function putUntilKilled(file: string, count: number): Promise<string[]> {
  const child = spawnScanner("put", file);
  const told: string[] = [];
  if (!child.stdout) throw new Error("The scanner has no voice.");
  for await (const line of createInterface(child.stdout)) {
    told.push(line);
    if (told.length === count) child.kill("SIGKILL");
  }
  return told;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

test("whatever a scanner was told is kept is there after it was killed, in order", async () => {
  const file = await aFile();
  const told: string[] = [];
  for (const count of [1, 40, 150]) told.push(...(await putUntilKilled(file, count)));
  // Two at once, which are killed at different moments.
  const [one, two] = await Promise.all([putUntilKilled(file, 60), putUntilKilled(file, 90)]);

  const kept = (await fileStore(file).load()).map(({ command }) => command.commandId);
  expect(new Set(kept).size).toBe(kept.length);
  for (const by of [told, one, two]) {
    expect(by.length).toBeGreaterThanOrEqual(60);
    const wanted = new Set(by);
    expect(kept.filter((id) => wanted.has(id))).toEqual(by);
  }
  // What was kept and not yet told of when the scanner died: one for each that was killed.
  expect(kept.length - told.length - one.length - two.length).toBeLessThanOrEqual(5);
});

test("senders that are killed, and two at once, send everything in order, to be applied once", async () => {
  const file = await aFile();
  const told = await putUntilKilled(file, 120);
  const kept = (await fileStore(file).load()).map(({ command }) => command.commandId);
  expect(kept.length).toBeGreaterThanOrEqual(told.length);

  const fake = fakeSelvedge();
  const applied: unknown[] = [];
  fake.answers("garments.putAway", ({ lpn, bin }, { commandId }) => {
    applied.push(commandId);
    return { lpn, bin } as never;
  });
  let atOnce = 0;
  let atOnceMax = 0;
  const counting: Step = (response, request) => {
    atOnce += 1;
    atOnceMax = Math.max(atOnceMax, atOnce);
    response.once("close", () => {
      atOnce -= 1;
    });
    return answeredBy(fake)(response, request);
  };
  const { baseUrl } = await scriptedServer(counting);

  for (const count of [10, 30, 60]) {
    const sender = spawnScanner("send", file, baseUrl);
    await vi.waitFor(() => expect(applied.length).toBeGreaterThanOrEqual(count), 20_000);
    await kill(sender);
  }
  const both = [spawnScanner("send", file, baseUrl), spawnScanner("send", file, baseUrl)];
  await vi.waitFor(() => expect(applied.length).toBe(kept.length), 20_000);
  const store = fileStore(file);
  await vi.waitFor(async () => {
    const open = (await store.load()).filter(({ outcome }) => outcome?.state !== "applied");
    expect(open).toEqual([]);
  }, 20_000);
  for (const sender of both) await kill(sender);

  expect(applied).toEqual(kept);
  expect(atOnceMax).toBe(1);
  // At most what was under way when a sender was killed came twice.
  expect(fake.calls.length - kept.length).toBeLessThanOrEqual(3);
});
