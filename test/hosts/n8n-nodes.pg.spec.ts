import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Ended, Executing, Item, Triggering } from "../../examples/hosts/n8n/src/n8n.ts";
import { Selvedge } from "../../examples/hosts/n8n/src/selvedge-action.ts";
import { SelvedgeTrigger } from "../../examples/hosts/n8n/src/selvedge-trigger.ts";
import { type House, startHouse } from "../harness/house.ts";

/* The nodes against a real server; what n8n gives them is a stand-in here. */

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

type Parameters = Readonly<Record<string, unknown>>;

interface Run {
  /** Fields of the node, for each item. */
  readonly items: readonly Parameters[];
  readonly executionId?: string;
  readonly goesOn?: boolean;
}

const asking = () => ({
  getCredentials: async () => ({ baseUrl: house.baseUrl, apiKey: "default" }),
  getNode: () => ({ id: "node-1", name: "Selvedge" }),
  logger: { warn: () => undefined },
});

async function run({ items, executionId = randomUUID(), goesOn = false }: Run): Promise<Item[]> {
  const n8n: Executing = {
    ...asking(),
    getInputData: () => items.map(() => ({ json: {} })),
    getNodeParameter: (name, item, fallback) => items[item]?.[name] ?? fallback,
    getExecutionId: () => executionId,
    getExecutionCancelSignal: () => undefined,
    continueOnFail: () => goesOn,
  };
  const [answers = []] = await new Selvedge().execute.call(n8n);
  return answers;
}

const command = (name: string, input: object, more: Parameters = {}): Parameters => ({
  ...{ kind: "command", command: name, input: JSON.stringify(input), ...more },
});
const query = (name: string, input: object, freshness: object = {}): Parameters => ({
  ...{ kind: "query", query: name, input, freshness },
});

describe("an action", () => {
  test("sends a command, and a query that is given its receipt shows what it wrote", async () => {
    await house.stocks("NODE", 5);
    const order = { channel: "n8n", externalRef: "N-1", lines: [{ sku: "NODE", qty: 2 }] };
    const [placed] = await run({ items: [command("orders.placeOrder", order)] });
    const answer = (placed?.json ?? {}) as { receipt?: string; data?: { orderId: string } };
    const { receipt, data } = answer;
    const [asked] = await run({
      items: [
        query(
          "orders.orderBoard",
          { orderId: data?.orderId },
          { atLeast: receipt, onMiss: "wait" },
        ),
      ],
    });
    expect(asked?.json).toMatchObject({
      data: { rows: [{ externalRef: "N-1", units: 2 }] },
      freshness: { includesReceipt: true },
    });
  });

  test("does so for each item, and says which answer is whose", async () => {
    const skus = ["ONE", "TWO", "THREE"];
    const answers = await run({
      items: skus.map((sku) => command("catalogue.registerVariant", { sku })),
    });
    expect(answers.map(({ json, pairedItem }) => [json, pairedItem?.item])).toMatchObject(
      skus.map((sku, item) => [{ data: { sku }, repeated: false }, item]),
    );
  });

  test("that is tried again in its execution applies nothing twice", async () => {
    const again = { items: [command("catalogue.registerVariant", { sku: "TWICE" })] };
    const executionId = "4711";
    const [first] = await run({ ...again, executionId });
    const [second] = await run({ ...again, executionId });
    expect([first?.json, second?.json]).toMatchObject([{ repeated: false }, { repeated: true }]);
  });

  test("that is refused ends the workflow, or says why where it goes on", async () => {
    const items = [
      command("orders.cancelOrder", { orderId: randomUUID(), reason: "no" }),
      command("catalogue.registerVariant", { sku: "AFTER" }),
    ];
    await expect(run({ items })).rejects.toMatchObject({ reason: "order-unknown" });
    const [refused, done] = await run({ items, goesOn: true });
    expect(refused?.json).toMatchObject({ code: "REFUSED", reason: "order-unknown" });
    expect(done?.json).toMatchObject({ data: { sku: "AFTER" } });
  });

  test.each([
    ["a procedure that there is not", command("orders.sell", {}), "knows no orders.sell"],
    ["what every object has", command("constructor.call", {}), "knows no constructor.call"],
    ["input that is no object", { ...command("orders.placeOrder", {}), input: "[]" }, "object"],
  ])("refuses %s", async (_, item, words) => {
    await expect(run({ items: [item] })).rejects.toThrow(words);
  });

  test("offers what the server has, in its words", async () => {
    const { getCommands, getQueries } = new Selvedge().methods.loadOptions;
    const commands = await getCommands.call(asking());
    const queries = await getQueries.call(asking());
    expect(commands.find(({ value }) => value === "orders.placeOrder")?.description).toContain(
      "Places an order",
    );
    expect(queries.map(({ value }) => value)).toContain("stock.sellableAvailability");
    expect(commands.length).toBeGreaterThan(40);
  });
});

describe("a trigger", () => {
  const idOf = (item: Item | undefined) => (item?.json as { id?: string } | undefined)?.id;
  interface Beginning {
    readonly kept?: { position?: string };
    readonly mode?: "trigger" | "manual";
    /** What the workflow does with an event; it ends at once if nothing is said. */
    readonly works?: (item: Item | undefined, ended: Ended | undefined) => void;
  }
  async function begin(parameters: Parameters, beginning: Beginning = {}) {
    const { kept = {}, mode = "trigger", works = (_, ended) => ended?.resolve() } = beginning;
    const told: Item[] = [];
    // n8n saves what is kept as it takes an item, and as a workflow has been switched on.
    const saved: { position?: string } = {};
    const save = () => void Object.assign(saved, kept);
    const errors: Error[] = [];
    const warnings: string[] = [];
    const n8n: Triggering = {
      ...asking(),
      getNodeParameter: (name, fallback) => parameters[name] ?? fallback,
      getWorkflowStaticData: () => kept,
      getMode: () => mode,
      emit: ([items = []], _, ended) => {
        save();
        told.push(...items);
        works(items[0], ended);
      },
      emitError: (error) => void errors.push(error),
      logger: { warn: (message) => void warnings.push(message) },
    };
    const { closeFunction, manualTriggerFunction } = await new SelvedgeTrigger().trigger.call(n8n);
    save();
    onTestFinished(closeFunction);
    const skus = () => told.map(idOf);
    return { skus, kept, saved, errors, warnings, closeFunction, manualTriggerFunction };
  }
  const types = "VariantRegistered";
  const register = (sku: string) => house.client.catalogue.registerVariant({ sku });

  test("tells what happens from then on, and goes on where it was", async () => {
    await register("BEFORE");
    // What others in the cluster hold back is told later, and so is from then on.
    const aggregate = { kind: "Variant", id: "BEFORE" };
    const told = async () => (await house.client.journal.events({ aggregate })).data.events.length;
    await expect.poll(told).toBe(1);
    const first = await begin({ types });
    await register("T-1");
    await expect.poll(first.skus).toEqual(["T-1"]);
    await first.closeFunction();
    await register("T-2");
    const second = await begin({ types }, { kept: first.saved });
    await register("T-3");
    await expect.poll(second.skus).toEqual(["T-2", "T-3"]);
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  test("goes on where it began, if nothing had happened before it was switched off", async () => {
    const first = await begin({ types });
    await first.closeFunction();
    await register("OFF-1");
    const second = await begin({ types }, { kept: first.saved });
    await expect.poll(second.skus).toEqual(["OFF-1"]);
  });

  test("begins with an event when the workflow of the one before has ended, even badly", async () => {
    const { kept, closeFunction } = await begin({ types });
    await closeFunction();
    for (const sku of ["IN-1", "IN-2", "IN-3"]) await register(sku);
    const log: string[] = [];
    const works: Beginning["works"] = (item, ended) => {
      log.push(`${idOf(item)} begins`);
      setImmediate(() => {
        log.push(`${idOf(item)} ends`);
        ended?.reject(new Error("It was cancelled."));
      });
    };
    const { warnings } = await begin({ types }, { kept, works });
    const inOrder = [1, 2, 3].flatMap((n) => [`IN-${n} begins`, `IN-${n} ends`]);
    await expect.poll(() => log).toEqual(inOrder);
    expect(warnings[0]).toMatch(/^VariantRegistered at \S+: .*: It was cancelled\.$/);
  });

  test("ends when it is told to, though a workflow goes on", async () => {
    const { skus, closeFunction } = await begin({ types }, { works: () => undefined });
    for (const sku of ["LONG-1", "LONG-2"]) await register(sku);
    await expect.poll(skus).toEqual(["LONG-1"]);
    await closeFunction();
    expect(skus()).toEqual(["LONG-1"]);
  });

  test("begins with the first event ever, if asked to", async () => {
    const { data } = await house.client.journal.events({ types: [types], limit: 500 });
    const all = data.events.map(({ id }) => id);
    const { skus } = await begin({ types, begin: "start" });
    await expect.poll(() => skus().slice(0, all.length)).toEqual(all);
    expect(all.length).toBeGreaterThan(0);
  });

  test("shows the next event to who tries it by hand, and ends", async () => {
    const { skus, manualTriggerFunction } = await begin({ types }, { mode: "manual" });
    const shown = manualTriggerFunction?.();
    // Whatever is registered before it listens is none of its business, so there are several.
    let n = 0;
    while (skus().length === 0) {
      n += 1;
      await register(`HAND-${n}`);
    }
    await shown;
    expect(skus()).toEqual([expect.stringMatching(/^HAND-\d+$/)]);
  });
});
