import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { signedWebhook } from "@selvedge/sdk/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { isShipped } from "../harness/dock.ts";
import { type House, startHouse } from "../harness/house.ts";
import { hasBin, hasPieces, pieceOf } from "../harness/pieces.ts";

/* The programs of examples/partners, each as a partner runs it, against a real server. */

let house: House;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "selvedge-examples-"));
  house = await startHouse();
});
afterAll(async () => {
  await house?.stop();
  await rm(folder, { recursive: true, force: true });
});

const secret = "whsec_c2VjcmV0LW9mLXRoZS1wb3J0YWwtMDAx";

function start(program: string, args: string[], env: Record<string, string> = {}): ChildProcess {
  const file = fileURLToPath(new URL(`../../examples/partners/${program}`, import.meta.url));
  const child = spawn(process.execPath, ["--conditions=selvedge-source", file, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, SELVEDGE_URL: house.baseUrl, SELVEDGE_WEBHOOK_SECRET: secret, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Runs a program to its end and gives the lines that it printed. */
async function run(
  program: string,
  args: string[],
  { input = "", ...env }: Record<string, string> = {},
): Promise<string[]> {
  const child = start(program, args, env);
  child.stdin?.end(input);
  const [out, [code]] = await Promise.all([text(child.stdout as never), once(child, "exit")]);
  expect(code).toBe(0);
  return out.trim().split("\n");
}

test("a marketplace lists what can be sold, and what has changed since", async () => {
  const file = join(folder, "listing.json");
  const list = (...more: string[]) => run("marketplace/list-stock.ts", [file, ...more]);
  await house.stocks("COAT", 3);
  await house.stocks("TEE", 20);
  await house.client.stock.sellableAvailability({}, { maxStaleMs: 0 });

  const first = await list();
  expect(first.slice(0, -1)).toEqual(["COAT: 0 -> 3", "TEE: 0 -> 20"]);
  expect(first.at(-1)).toMatch(/^2 SKUs as of \d{4}-\S+Z, [\d.]+ ms behind$/);
  expect(await list()).toEqual([expect.stringMatching(/^nothing has changed since \d{4}-/)]);
  expect(await list("--sell", "COAT")).toEqual([
    expect.stringMatching(/^sold one COAT as order /),
    "COAT: 3 -> 2",
    expect.stringMatching(/^2 SKUs as of /),
  ]);
});

test("a scanner puts pieces away, whether or not there is a server", async () => {
  const file = join(folder, "scanner.queue");
  const scan = (input: string, env = {}) => run("scanner/put-away.ts", [file], { input, ...env });
  await house.client.catalogue.registerVariant({ sku: "TEE" });
  await hasBin(house, "A-1", { capacity: 1 });
  await hasBin(house, "A-2");
  await hasPieces(house, { lpn: "L-1" }, { lpn: "L-2" });

  const alone = await scan("L-1 A-1\nL-2 A-1\n", { SELVEDGE_URL: "http://127.0.0.1:9" });
  expect(alone).toContain("no way: NETWORK");
  expect(alone.at(-1)).toBe("2 wait, 0 refused NETWORK");

  const sent = await scan("");
  expect(sent.filter((line) => line.startsWith("waits from before"))).toHaveLength(2);
  expect(sent).toContain("applied L-1");
  expect(sent).toContain("refused L-2: bin-full");
  expect((await scan("L-2 A-2\n")).at(-1)?.trim()).toBe("0 wait, 0 refused");
  expect(await pieceOf(house, "L-1")).toMatchObject({ status: "stored", bin: "A-1" });
  expect(await pieceOf(house, "L-2")).toMatchObject({ status: "stored", bin: "A-2" });
});

test("a portal announces returns, and hears by webhook what becomes of them", async () => {
  await house.stocks("SHIRT", 5);
  const { orderId } = await house.sells({ SHIRT: 2 });
  await isShipped(house, { orderId, sku: "SHIRT", qty: 2 });
  const portal = start("returns-portal/serve.ts", ["0"]);
  const [line] = await once(createInterface(portal.stdout as never), "line");
  const [url] = /http:\S+/.exec(line) ?? [];
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
  const linesOf = async (id: string) => (await fetch(`${url}/returns/${id}`)).json();

  const wanted = { ref: "RMA-1", orderId, lines: [{ sku: "SHIRT", qty: 1, orderLine: 1 }] };
  const announced = await post("/returns", wanted);
  expect(announced.status).toBe(201);
  const { inboundId } = (await announced.json()) as { inboundId: string };
  const known = { line: 1, sku: "SHIRT", expected: 1 };
  expect(await linesOf(inboundId)).toEqual({
    lines: [{ ...known, stage: "announced", received: 0 }],
  });
  const tooMuch = { ...wanted, ref: "RMA-2", lines: [{ sku: "SHIRT", qty: 9, orderLine: 1 }] };
  const refused = await post("/returns", tooMuch);
  expect([refused.status, await refused.json()]).toMatchObject([
    422,
    { reason: "more-than-shipped" },
  ]);

  await house.client.inbound.receivePiece({ inboundId, line: 1, lpn: "R-1" });
  const { headers, ...webhook } = await signedWebhook({ type: "GarmentReceived" }, { secret });
  const forged = { ...headers, "webhook-id": "msg_of_somebody" };
  const turnedAway = await fetch(`${url}/webhooks`, { ...webhook, headers: forged });
  expect([turnedAway.status, await turnedAway.json()]).toEqual([
    401,
    { reason: "signature-differs" },
  ]);
  expect(await linesOf(inboundId)).toMatchObject({ lines: [{ stage: "announced" }] });

  const heard = await fetch(`${url}/webhooks`, { ...webhook, headers });
  expect(heard.status).toBe(204);
  expect(await linesOf(inboundId)).toEqual({
    lines: [{ ...known, stage: "received", received: 1 }],
  });
});
