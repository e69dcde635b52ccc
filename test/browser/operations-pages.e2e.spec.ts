import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { currentOf } from "../harness/generations.ts";
import { ownCluster } from "../harness/own-cluster.ts";
import { startSelvedge, type TestSelvedge } from "../harness/selvedge.ts";
import { doIt, expectFit } from "./acting.ts";
import { openAdminPage } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";

/* The pages behind the overview, over a real server and its database, as operations use them. */

let it: TestSelvedge;
let browser: Browser;
let complaints: string[] = [];
vi.setConfig({ testTimeout: 60_000 });
const soon = { timeout: 20_000 };
beforeAll(async () => {
  await ensureAdminUiBuilt();
  const authenticate = () => ({
    ...{ tenant: "default", partner: "erp", actor: "olga", scopes: ["*"] },
  });
  it = await startSelvedge({ authenticate }, await ownCluster());
  browser = await launchChromium();
  await it.client.catalogue.registerVariant({ sku: "TEE" });
  await it.client.stock.addBatch({ ref: "B-1", sku: "TEE", qty: 3 });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await it?.stop();
  await it?.database.drop();
});
afterEach(() => {
  expect(complaints).toEqual([]);
});

async function open(place: string, options?: BrowserContextOptions): Promise<Page> {
  const opened = await openAdminPage(browser, `${it.baseUrl}/admin/#${place}`, options);
  ({ complaints } = opened);
  return opened.page;
}
const part = (page: Page, name: string): Locator => page.getByRole("region", { name });

test("a read model is paused and resumed, and the log says by whom and why", async () => {
  const page = await open("/");
  await page.getByRole("link", { name: "sellableAvailability" }).click();
  await page.getByText("Nothing: a refresher is heard").waitFor();
  expect(await page.title()).toBe("sellableAvailability · Selvedge");

  await doIt(page, "Pause", "the yearly count");
  await page.getByText("olga has paused its group.").waitFor();
  await part(page, "Read model").getByRole("button", { name: "Paused" }).waitFor();
  await it.client.stock.addBatch({ ref: "B-2", sku: "TEE", qty: 1 });
  const waiting = part(page, "Waiting to be shown").getByRole("table");
  await expect.poll(() => waiting.innerText(), soon).toMatch(/sku\s+TEE/);
  const behind = part(page, "Waiting to be shown").getByText("Not shown yet: changes of");
  await expect.poll(() => behind.innerText(), soon).toContain("1 sku stock");

  await doIt(page, "Resume", "it is over");
  await page.getByText("Nothing: a refresher is heard").waitFor();
  await page.getByRole("link", { name: "Log" }).click();
  const log = page.getByRole("table", { name: "Operations" });
  await expect.poll(() => log.innerText(), soon).toMatch(/olga\s+resume\s+fulfilment\s+it is over/);
  expect(await log.innerText()).toMatch(/olga\s+pause\s+fulfilment\s+the yearly count/);
});

test("what it is, how large, for whom and by which query stands on its page", async () => {
  for (let n = 0; n < 3; n += 1) await it.client.stock.sellableAvailability({ sku: "TEE" });
  const page = await open("/read-models/sellableAvailability");
  const told = part(page, "What it is");
  const readers = told.getByRole("table", { name: "Who has read it in the last 30 days" });
  await expect.poll(() => readers.innerText(), soon).toMatch(/erp\s+\d+\s+\d\d:/);
  const indexes = told.getByRole("table", { name: "Indexes" });
  expect(await indexes.innerText()).toMatch(/warehouse, sku, grade\s+[\d.]+\skB\s+\d+/);
  await told.getByText(/In the last 24 h: \d+ refresh(es)? of \d+ keys? took/).waitFor();
  await told.getByText("How it is worked out").click();
  await told.getByText(/select .* from/s).waitFor();
  await expectFit(page, "operations-pages/what-it-is");
  await readers.getByRole("link", { name: "erp" }).click();
  await part(page, "erp").waitFor();
});

test("a command is followed from the list to where it is to be seen", async () => {
  await it.client.operations.pause({ group: "fulfilment", reason: "a test" });
  const { commandId } = await it.client.stock.addBatch({ ref: "B-3", sku: "TEE", qty: 1 });
  const page = await open("/commands");
  const first = page.getByRole("table", { name: "Commands", exact: true }).getByRole("row").nth(1);
  await expect.poll(() => first.innerText(), soon).toMatch(/stock\.addBatch\s+\S+\s+\S+\s+1/);
  await first.getByRole("link", { name: "trace" }).click();
  expect(page.url()).toContain(`#/trace/${commandId}`);
  const row = page.getByRole("row").filter({ hasText: "sellableAvailability" });
  await expect.poll(() => row.innerText(), soon).toContain("not yet: keys of it wait");
  await it.client.operations.resume({ group: "fulfilment", reason: "done" });
  await expect.poll(() => row.innerText(), soon).toContain("shown");
});

test("a name with every odd sign is found by search, by its address, and again", async () => {
  const lpn = "50% off/A?b#c";
  const supplied = { kind: "supplier" as const, lines: [{ sku: "TEE", qty: 1 }] };
  const { data } = await it.client.inbound.announceInbound({
    source: "mill",
    ref: lpn,
    ...supplied,
  });
  await it.client.inbound.receivePiece({ inboundId: data.inboundId, line: 1, lpn });

  const page = await open("/passport");
  const plate = page.getByLabel("Licence plate of a garment");
  await plate.fill(lpn);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("GarmentReceived").waitFor();
  expect(page.url()).toContain("#/passport/50%25%20off%2FA%3Fb%23c");
  await page.reload();
  await page.getByText("GarmentReceived").waitFor();
  expect(await plate.inputValue()).toBe(lpn);

  const command = "scan/7?8#9 %2F";
  await page.getByRole("link", { name: "Trace", exact: true }).click();
  const sought = page.getByLabel("Command id or receipt");
  await sought.fill(command);
  await page.getByRole("button", { name: "Find" }).click();
  const isSought = async () => {
    await page.getByText("No command of this id").waitFor();
    expect(await sought.inputValue()).toBe(command);
  };
  await isSought();
  await page.reload();
  await isSought();
  await page.goBack();
  await page.goForward();
  await isSought();
});

test("what a head means is shown to a mouse, a key and a finger, and its table is ordered all the same", async () => {
  await it.client.operations.pause({ group: "fulfilment", reason: "a test of words" });
  await it.client.stock.addBatch({ ref: "B-4", sku: "TEE", qty: 1 });
  const page = await open("/read-models/sellableAvailability", { hasTouch: true });
  const waiting = part(page, "Waiting to be shown");
  const head = (name: string) => waiting.getByRole("columnheader", { name, exact: true });
  const shown = (text: string) => waiting.getByText(text).locator("visible=true");

  await head("Key").getByRole("button").hover();
  await shown("What names one row").waitFor();
  await page.getByRole("heading", { name: "Selvedge" }).hover();
  await shown("What names one row").waitFor({ state: "detached" });

  const [sort, ask] = await head("Changes").getByRole("button").all();
  await sort?.focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await shown("How many times what this key").waitFor();
  expect(await ask?.getAttribute("aria-describedby")).toMatch(/^hint/);
  await page.keyboard.press("Escape");
  await shown("How many times what this key").waitFor({ state: "detached" });
  expect(page.url()).not.toContain("sort");
  await sort?.click();
  expect(page.url()).toContain("waiting.sort=-Changes");

  await page.setViewportSize({ width: 360, height: 800 });
  await ask?.tap();
  await shown("How many times what this key").waitFor();
  await page.keyboard.press("Escape");
  await expectFit(page, "operations-pages/waiting");
  await it.client.operations.resume({ group: "fulfilment", reason: "it is over" });
});

test("what happened is read from the newest on, and leads to the life of each thing", async () => {
  const order = { channel: "shop", externalRef: "J-1", lines: [{ sku: "TEE", qty: 1 }] };
  const { data, commandId } = await it.client.orders.placeOrder(order);
  await it.client.orders.holdOrder({ orderId: data.orderId, reason: "a test" });
  const page = await open("/journal");
  const events = page.getByRole("table", { name: "Events" });
  const held = events.getByRole("row").filter({ hasText: "OrderHeld" });
  await expect.poll(() => held.innerText(), soon).toMatch(/Order \S+\s+olga\s+orders\.holdOrder/);
  await expectFit(page, "operations-pages/journal");
  await held.getByRole("link", { name: data.orderId }).click();
  const life = part(page, `The life of Order ${data.orderId}`);
  await expect.poll(() => life.innerText(), soon).toMatch(/OrderPlaced.*OrderHeld.*a test/s);
  await expectFit(page, "operations-pages/life");
  await life.getByRole("link", { name: "trace" }).first().click();
  expect(page.url()).toContain(`#/trace/${commandId}`);
  await page.getByRole("link", { name: `Order ${data.orderId}` }).click();
  await life.waitFor();
  await page.getByLabel("A thing and its id").fill("Variant no such SKU");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("Nothing is on record of it.").waitFor();
});

test("pages of the journal have addresses of their own, and the way back", async () => {
  const skus = Array.from({ length: 60 }, (_, n) => `MANY-${n}`);
  for (const sku of skus) await it.client.catalogue.registerVariant({ sku });
  const page = await open("/journal");
  await page.getByText("MANY-59").first().waitFor();
  await page.getByRole("button", { name: "Older" }).click();
  await page.getByRole("link", { name: "Variant MANY-3", exact: true }).waitFor();
  expect(page.url()).toContain("from=");
  await page.goBack();
  await page.getByText("MANY-59").first().waitFor();
});

test("drift is found by a verification, and repaired", async () => {
  const { parts } = await currentOf(it.database, "sellable_availability");
  await it.client.stock.sellableAvailability({ sku: "TEE" });
  await it.database.query(`update ${parts.rows} set on_hand = on_hand + 7`);
  const page = await open("/read-models/sellableAvailability");
  await doIt(page, "Verify", "it looked wrong");
  const found = part(page, "Verifications");
  await expect.poll(() => found.innerText(), soon).toContain("1 different");
  await doIt(found, "Repair", "as found");
  await expect.poll(() => found.innerText(), soon).toMatch(/repaired \d\d:/);
  await expect
    .poll(() => it.database.query(`select from ${parts.rows} where on_hand > 6`), soon)
    .toEqual([]);
});

test("a dialog is used by keyboard alone, wants a reason, and Escape leaves it", async () => {
  const page = await open("/read-models/orderBoard");
  await page.getByRole("button", { name: "Refresh now" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Refresh now" });
  await dialog.waitFor();
  await dialog.getByRole("button", { name: "Refresh now" }).press("Enter");
  expect(await dialog.isVisible()).toBe(true);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
});

const places: [string, string, string][] = [
  ["overview", "/", "read models fresh"],
  ["read-model", "/read-models/sellableAvailability", "one step back|read now"],
  ["commands", "/commands", "registerVariant"],
  ["trace", "/trace/nothing-known", "No command of this id"],
  ["log", "/log", "the yearly count"],
  ["nowhere", "/read-models/noSuch", "There is no read model"],
];

test.each(places)("%s has no serious finding of axe and fits every screen", async (...of) => {
  const [name, place, text] = of;
  const page = await open(place);
  await page.getByText(new RegExp(text)).first().waitFor();
  await expectFit(page, `operations-pages/${name}`);
});
