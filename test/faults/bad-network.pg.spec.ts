import { isSelvedgeError, Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../../server/src/sample-day/seeded-random.ts";
import { startSelvedge, type TestSelvedge } from "../harness/selvedge.ts";
import { type FaultProxy, type NetworkFault, startFaultProxy } from "./fault-proxy.ts";

/*
 * Commands through a network that harms a third of all requests, each in another way. Some hundred
 * by default; ten thousand and more with SELVEDGE_COMMANDS.
 */

const commandsMin = Number(process.env.SELVEDGE_COMMANDS ?? 400);
const seed = Number(process.env.SELVEDGE_SEED ?? Math.floor(Math.random() * 1e9));
const clientsAtOnce = 12;
const faults: readonly NetworkFault[] = [
  ...(["cut-before", "cut-request", "cut-during", "cut-after", "cut-answer"] as const),
  ...(["hangs-before", "hangs-after", "drips", "delays", "says-429", "says-503"] as const),
];

let house: TestSelvedge;
let network: FaultProxy;
let befalling = faults;
beforeAll(async () => {
  house = await startSelvedge();
  await house.client.catalogue.registerVariant({ sku: "TEE" });
  await house.client.stock.addBatch({ ref: "all", sku: "TEE", qty: 1_000_000 });
  const random = seededRandom(seed);
  network = await startFaultProxy(house.baseUrl, () =>
    random.chance(0.33) ? befalling[random.int(0, befalling.length - 1)] : undefined,
  );
});
afterAll(async () => {
  await network.close();
  await house.stop();
});

/** Goes on with a command under its id until it knows what became of it. */
async function learn<Answer>(call: (commandId: string) => Promise<Answer>, unknown: string[]) {
  const commandId = crypto.randomUUID();
  for (;;) {
    try {
      return await call(commandId);
    } catch (error) {
      if (!isSelvedgeError(error) || !["NETWORK", "TIMEOUT", "UNAVAILABLE"].includes(error.code))
        throw error;
      expect(error.commandId).toBe(commandId);
      unknown.push(commandId);
    }
  }
}

test(`each command is applied once and answered rightly (seed ${seed})`, {
  timeout: 60_000 + commandsMin * 60,
}, async () => {
  const orders = Math.ceil(commandsMin / 4);
  const unknown: string[] = [];
  const ids: string[] = [];
  let next = 0;
  // Each is refused if it is applied twice, or before or after its turn.
  const oneClient = async () => {
    // Few repetitions, so that some outcomes are unknown for a while.
    const patience = { timeoutMs: 2_500, attemptTimeoutMs: 1_000, retriesMax: 2 };
    const selvedge = new Selvedge({ ...network, ...patience });
    while (next < orders) {
      const externalRef = `A-${next++}`;
      const lines = [{ sku: "TEE", qty: 2 }];
      const order = { channel: "shop", externalRef, lines };
      const placed = await learn(
        (commandId) => selvedge.orders.placeOrder(order, { commandId }),
        unknown,
      );
      const { orderId } = placed.data;
      expect(placed.data.lines).toMatchObject([{ line: 1, allocated: true }]);
      const named = { orderId, reason: "a bad day" };
      const held = await learn(
        (commandId) => selvedge.orders.holdOrder(named, { commandId }),
        unknown,
      );
      const released = await learn(
        (commandId) => selvedge.orders.releaseOrder(named, { commandId }),
        unknown,
      );
      const cancelled = await learn(
        (commandId) => selvedge.orders.cancelOrder(named, { commandId }),
        unknown,
      );
      for (const { data } of [held, released, cancelled]) expect(data.orderId).toBe(orderId);
      ids.push(...[placed, held, released, cancelled].map(({ commandId }) => commandId));
    }
  };
  await Promise.all(Array.from({ length: clientsAtOnce }, oneClient));

  const [logged] = await house.database.query(
    `select count(*)::int as commands, count(distinct command_id)::int as ids,
       (select count(*)::int from selvedge.journal where type = 'OrderPlaced') as placed,
       (select count(*)::int from selvedge.journal where type = 'OrderCancelled') as cancelled,
       (select allocated from selvedge.batch where ref = 'all') as allocated
     from selvedge.command_log where procedure like 'orders.%'`,
  );
  expect(ids).toHaveLength(4 * orders);
  expect(logged).toEqual({
    ...{ commands: ids.length, ids: new Set(ids).size },
    ...{ placed: orders, cancelled: orders, allocated: 0 },
  });
  for (const fault of faults) expect([fault, network.done.has(fault)]).toEqual([fault, true]);
  expect(unknown.length).toBeGreaterThan(0);
});

test("a bulk through it is applied once as well, and every outcome is told", {
  timeout: 90_000,
}, async () => {
  // What hangs would be given up after half a minute: a chunk may take long.
  befalling = faults.filter((fault) => !fault.startsWith("hangs"));
  const selvedge = new Selvedge(network);
  const count = 200;
  const commands = Array.from(
    { length: count },
    (_, i) =>
      ({ command: "stock.addBatch", input: { ref: `bulk-${i}`, sku: "TEE", qty: 1 } }) as const,
  );
  const bulk = selvedge.bulk(commands, { inOrderBy: ({ input }) => input.ref });
  const outcomes: string[] = [];
  for await (const { outcome } of bulk) outcomes.push(outcome);
  expect(outcomes).toHaveLength(count);
  expect(outcomes.filter((one) => one === "applied" || one === "repeated")).toHaveLength(count);
  const rows = await house.database.query(
    "select count(*)::int as batches from selvedge.batch where ref like 'bulk-%'",
  );
  expect(rows).toEqual([{ batches: count }]);
});
