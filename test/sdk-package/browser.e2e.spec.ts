import { join } from "node:path";
import type { isSelvedgeError, Selvedge } from "@selvedge/sdk";
import type { OfflineQueue, QueueStore } from "@selvedge/sdk/offline";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type FakeSelvedge, fakeSelvedge } from "../../sdk/src/test-kit/index.ts";
import { launchChromium } from "../browser/chromium.ts";
import { partnerProject } from "./packed-sdk.ts";
import { type PageServer, startPageServer } from "./page-server.ts";

/* The packed SDK in a browser, as modules that nothing has bundled. */

declare global {
  /** What the page has of the SDK. */
  var sdk: {
    isSelvedgeError: typeof isSelvedgeError;
    Selvedge: typeof Selvedge;
    OfflineQueue: typeof OfflineQueue;
    indexedDbStore(options: { name: string }): QueueStore;
  };
  /** A page's queue, from one call to the next. */
  var queue: OfflineQueue;
}

let browser: Browser;
let installed = "";
let remove: () => Promise<void>;
beforeAll(async () => {
  const project = await partnerProject();
  remove = project.remove;
  installed = join(project.folder, "node_modules/@selvedge/sdk");
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await remove?.();
});

let fake: FakeSelvedge;
let site: PageServer;
let context: BrowserContext;
beforeEach(async () => {
  fake = fakeSelvedge();
  fake.answers("garments.putAway", ({ lpn, bin }) => ({ lpn, bin }) as never);
  site = await startPageServer(installed, fake);
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  await site.close();
});

const lpnsSent = () => fake.inputsOf("garments.putAway").map(({ lpn }) => lpn);

/** A tab with a queue in it that runs. */
async function scannerTab(): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => expect.soft(error.message).toBe(""));
  await page.goto(site.origin);
  await page.evaluate(async () => {
    const { indexedDbStore, OfflineQueue, Selvedge } = globalThis.sdk;
    const selvedge = new Selvedge({ baseUrl: "/selvedge" });
    globalThis.queue = new OfflineQueue(selvedge, {
      store: indexedDbStore({ name: "floor" }),
      entriesMax: 10,
    });
    await globalThis.queue.ready();
    globalThis.queue.start();
  });
  return page;
}

const put = (page: Page, ...lpns: string[]) =>
  page.evaluate(async (all) => {
    for (const lpn of all) await globalThis.queue.put("garments.putAway", { lpn, bin: "A-1" });
  }, lpns);

/** Resolves when a tab shows so many that were applied and none that wait. */
const untilApplied = (page: Page, count: number) =>
  page.waitForFunction((wanted) => {
    const { applied, pending, trouble } = globalThis.queue.state;
    return applied.length === wanted && pending.length === 0 && trouble === undefined;
  }, count);

const untilTrouble = (page: Page) =>
  page.waitForFunction(() => globalThis.queue.state.trouble?.code === "NETWORK");

test("a page without a bundler sends a command and reads what it wrote", async () => {
  fake.answers("orders.placeOrder", { orderId: "o-1", lines: [] });
  fake.answers("orders.orderBoard", [{ orderId: "o-1" }]);
  fake.refuses("orders.cancelOrder", "order-unknown");
  const page = await context.newPage();
  await page.goto(site.origin);
  const seen = await page.evaluate(async () => {
    const { isSelvedgeError, Selvedge } = globalThis.sdk;
    const selvedge = new Selvedge({ baseUrl: "/selvedge", apiKey: "slv_page" });
    const lines = [{ sku: "TEE", qty: 1 }];
    const placed = await selvedge.orders.placeOrder({ channel: "shop", externalRef: "A", lines });
    const { data, freshness } = await selvedge.orders.orderBoard({ orderId: "o-1" });
    const refused = await selvedge.orders
      .cancelOrder({ orderId: "o", reason: "none" })
      .catch((e: unknown) => e);
    return {
      repeated: placed.repeated,
      rows: data.rows,
      includesReceipt: freshness.includesReceipt,
      refused: isSelvedgeError(refused) && refused.reason,
    };
  });
  expect(seen).toEqual({
    repeated: false,
    rows: [{ orderId: "o-1" }],
    includesReceipt: true,
    refused: "order-unknown",
  });
  expect(fake.calls[0]?.headers.get("authorization")).toBe("Bearer slv_page");
});

test("what was put in without a network is sent by the next page, when there is one", async () => {
  const first = await scannerTab();
  fake.cutNetwork();
  await context.setOffline(true);
  await put(first, "L-1", "L-2", "L-3");
  await untilTrouble(first);
  await first.close();
  expect(lpnsSent()).toEqual([]);

  await context.setOffline(false);
  const second = await scannerTab();
  await untilTrouble(second);
  await put(second, "L-4");
  const waiting = await second.evaluate(() => globalThis.queue.state.pending.map(({ at }) => at));
  expect(waiting).toHaveLength(4);
  expect(waiting).toEqual([...waiting].sort());

  await context.setOffline(true);
  fake.mendNetwork();
  await context.setOffline(false);
  await untilApplied(second, 4);
  expect(lpnsSent()).toEqual(["L-1", "L-2", "L-3", "L-4"]);

  // It has all of it on its disk: a third page shows what was done.
  const third = await scannerTab();
  expect(await third.evaluate(() => globalThis.queue.state.applied.length)).toBe(4);
});

test("of two tabs one sends at a time; both show everything, and either may be closed", async () => {
  const one = await scannerTab();
  const two = await scannerTab();
  await Promise.all([put(one, "L-1", "L-2", "L-3"), put(two, "M-1", "M-2", "M-3")]);
  await Promise.all([untilApplied(one, 6), untilApplied(two, 6)]);
  await one.close();
  await put(two, "M-4");
  await untilApplied(two, 7);

  const sent = lpnsSent();
  expect(sent.filter((lpn) => lpn.startsWith("L"))).toEqual(["L-1", "L-2", "L-3"]);
  expect(sent.filter((lpn) => lpn.startsWith("M"))).toEqual(["M-1", "M-2", "M-3", "M-4"]);
  expect(sent).toHaveLength(7);
  expect(site.atOnceMax).toBe(1);
});

test("a page decides about what was refused, and there is room for so many", async () => {
  fake.refuses("garments.putAway", "bin-full", { times: 1 });
  const page = await scannerTab();
  const seen = await page.evaluate(async () => {
    const { queue } = globalThis;
    const first = await queue.put("garments.putAway", { lpn: "L-1", bin: "A-1" }, { group: "t" });
    await queue.put("garments.putAway", { lpn: "L-2", bin: "A-1" }, { group: "t" });
    const outcome = await queue.outcome(first.commandId);
    const { held } = queue.state;
    const insteadOf = first.commandId;
    const other = await queue.put("garments.putAway", { lpn: "L-1", bin: "B-1" }, { insteadOf });
    await queue.outcome(other.commandId);
    await queue.send();
    await queue.stop();
    const puts = Array.from({ length: 11 }, (_, n) =>
      queue.put("garments.putAway", { lpn: `N-${n}`, bin: "A-1" }).then(
        () => "kept",
        (error: { reason: string }) => error.reason,
      ),
    );
    return {
      reason: outcome.state === "refused" && outcome.error.reason,
      held: held.length,
      left: queue.state.refused.length,
      puts: await Promise.all(puts),
    };
  });
  expect(seen).toEqual({
    reason: "bin-full",
    held: 1,
    left: 0,
    puts: [...Array(10).fill("kept"), "queue-full"],
  });
  expect(lpnsSent()).toEqual(["L-1", "L-1", "L-2"]);
});
