import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import type { Identity } from "../kernel/context.ts";
import { silent } from "../log.ts";
import { createSelvedge, type Selvedge, type SelvedgeOptions } from "../selvedge.ts";
import type { JournalEvent } from "./journal-listener.ts";

/* The journal on the host's own bus. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const started: Selvedge[] = [];
async function startProcess(more: Partial<SelvedgeOptions> = {}): Promise<Selvedge> {
  const selvedge = createSelvedge({ databaseUrl: database.url, ...more });
  started.push(selvedge);
  await selvedge.start();
  return selvedge;
}
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

// Names of their own, so that no test hears another.
let name = "";
let tenant = "";
beforeEach(() => {
  name = `bus-${randomUUID().slice(0, 8)}`;
  tenant = `house-${randomUUID().slice(0, 8)}`;
});

const late = { timeout: 20_000 };
const identityOf = (house: string): Identity => ({
  ...{ tenant: house, partner: "shop", actor: "ines", scopes: ["*"] },
});

/** Registers variants, one event each, and gives their ids. */
async function registers(selvedge: Selvedge, count: number, house = tenant): Promise<string[]> {
  const skus = Array.from({ length: count }, () => `S-${randomUUID().slice(0, 12)}`);
  for (const sku of skus) {
    await selvedge.execute("catalogue.registerVariant", { sku }, identityOf(house));
  }
  return skus;
}

const skuOf = ({ data }: JournalEvent) => data.sku as string;

/** Listens to the test's house from a process, and keeps what was told. */
function listen(
  selvedge: Selvedge,
  react: (event: JournalEvent) => Promise<void> | void = () => undefined,
) {
  const told: JournalEvent[] = [];
  const off = selvedge.on({ name, tenants: [tenant], from: "beginning" }, async (event) => {
    await react(event);
    told.push(event);
  });
  return { told, skus: () => told.map(skuOf), off };
}

test("the host is told of each event once, in order, as the feed tells it", async () => {
  const selvedge = await startProcess();
  const { told, skus } = listen(selvedge);
  const wanted = await registers(selvedge, 5);
  await expect.poll(skus, late).toEqual(wanted);
  const { data } = await selvedge.ask("journal.events", {}, identityOf(tenant));
  expect(told).toEqual(data.events.map((event) => ({ tenant, ...event })));
});

test("a name that is new begins with what comes, and every house is told of", async () => {
  const selvedge = await startProcess();
  await registers(selvedge, 2);
  // Whoever writes elsewhere in the cluster holds them back, and until then they are yet to come.
  const inFeed = () => selvedge.ask("journal.events", {}, identityOf(tenant));
  await expect.poll(async () => (await inFeed()).data.events.length, late).toBe(2);
  const told: string[] = [];
  selvedge.on({ name }, (event) => void told.push(`${event.tenant} ${skuOf(event)}`));
  const noted = () => database.query("select from selvedge.host_listener where name = $1", [name]);
  await expect.poll(async () => (await noted()).length, late).toBe(1);
  const other = `${tenant}-new`;
  const [here = ""] = await registers(selvedge, 1);
  const [there = ""] = await registers(selvedge, 1, other);
  await expect
    .poll(() => told.toSorted(), late)
    .toEqual([`${tenant} ${here}`, `${other} ${there}`]);
});

test("of types that were not asked for nothing is told, and their place is passed", async () => {
  const selvedge = await startProcess();
  const told: string[] = [];
  const wish = { name, tenants: [tenant], types: ["BatchAdded"], from: "beginning" } as const;
  const off = selvedge.on(wish, ({ type }) => void told.push(type));
  const [sku = ""] = await registers(selvedge, 3);
  const added = await selvedge.execute(
    "stock.addBatch",
    { ref: sku, sku, qty: 1 },
    identityOf(tenant),
  );
  expect(added.repeated).toBe(false);
  await registers(selvedge, 3);
  await expect.poll(() => told, late).toEqual(["BatchAdded"]);
  await off();
});

test("what fails is told again until it is taken, and what follows waits", async () => {
  const warn = vi.fn();
  const selvedge = await startProcess({ logger: { ...silent, warn } });
  const tries: string[] = [];
  const { skus } = listen(selvedge, (event) => {
    tries.push(skuOf(event));
    if (tries.length < 3) throw new Error("the bus is away");
  });
  const [first = "", second = ""] = await registers(selvedge, 2);
  await expect.poll(skus, late).toEqual([first, second]);
  expect(tries).toEqual([first, first, first, second]);
  const said = warn.mock.calls.filter(([{ listener }]) => listener === name);
  expect(said).toHaveLength(2);
  expect(said[0]?.[0]).toMatchObject({ tenant, err: { message: "the bus is away" } });
});

test("health says since when a listener fails, and how far it is behind", async () => {
  const selvedge = await startProcess();
  listen(selvedge, () => Promise.reject(new Error("the bus is away")));
  await registers(selvedge, 2);
  const server = selvedge.handler.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const health = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz/listeners`);
    const { listeners } = (await answer.json()) as { listeners: { name: string }[] };
    return { code: answer.status, ...listeners.find((one) => one.name === name) };
  };
  const failing = { code: 503, pending: 2, failingSince: expect.stringMatching(/Z$/) };
  await expect.poll(health, late).toMatchObject(failing);
  server.closeAllConnections();
  server.close();
});

test("stopped and started it goes on where it was, and after an end as well", async () => {
  const one = await startProcess();
  const first = listen(one);
  const before = await registers(one, 3);
  await expect.poll(first.skus, late).toEqual(before);
  await one.stop();
  const two = await startProcess();
  const between = await registers(two, 2);
  const second = listen(two);
  await expect.poll(second.skus, late).toEqual(between);
  await second.off();
  const after = await registers(two, 2);
  const third = listen(two);
  await expect.poll(third.skus, late).toEqual(after);
  expect([first.skus(), second.skus()]).toEqual([before, between]);
});

test("of two processes one tells, and the other goes on when it stops", async () => {
  const one = await startProcess();
  const first = listen(one);
  const before = await registers(one, 2);
  await expect.poll(first.skus, late).toEqual(before);
  const two = await startProcess();
  const second = listen(two);
  const shared = await registers(two, 20);
  await expect
    .poll(() => [...first.skus(), ...second.skus()], late)
    .toEqual([...before, ...shared]);
  expect(second.told).toEqual([]);
  await one.stop();
  const after = await registers(two, 2);
  await expect.poll(second.skus, late).toEqual(after);
});

test("a process without the role refresh tells nothing", async () => {
  const quiet = await startProcess({ roles: ["command", "query"] });
  const { told } = listen(quiet);
  const wanted = await registers(quiet, 1);
  const other = await startProcess();
  const heard = listen(other);
  await expect.poll(heard.skus, late).toEqual(wanted);
  expect(told).toEqual([]);
});

test("an event that is in the host's hands when it stops is told again", async () => {
  const one = await startProcess();
  const held = Promise.withResolvers<void>();
  const taking = Promise.withResolvers<void>();
  listen(one, () => {
    taking.resolve();
    return held.promise;
  });
  const wanted = await registers(one, 1);
  await taking.promise;
  await one.stop();
  const two = await startProcess();
  const { skus } = listen(two);
  await expect.poll(skus, late).toEqual(wanted);
  held.resolve();
});

test("a name that is given anew waits until its last event is out of the host's hands", async () => {
  const selvedge = await startProcess();
  const held = Promise.withResolvers<void>();
  const taking = Promise.withResolvers<void>();
  const first = listen(selvedge, () => {
    taking.resolve();
    return held.promise;
  });
  const [one = ""] = await registers(selvedge, 1);
  await taking.promise;
  const ended = first.off();
  const second = listen(selvedge);
  const [two = ""] = await registers(selvedge, 1);
  held.resolve();
  await ended;
  await expect.poll(second.skus, late).toEqual([two]);
  expect(first.skus()).toEqual([one]);
});

test.each(["", "a b", "x".repeat(101)])("%j is no listener's name", (odd) => {
  const idle = createSelvedge({ databaseUrl: database.url });
  expect(() => idle.on({ name: odd }, () => undefined)).toThrow("name");
});

test("a name is one listener's", () => {
  const idle = createSelvedge({ databaseUrl: database.url });
  idle.on({ name: "bus" }, () => undefined);
  expect(() => idle.on({ name: "bus" }, () => undefined)).toThrow("bus already");
  expect(() => idle.on({ name: "other", types: [] }, () => undefined)).toThrow("types");
});
