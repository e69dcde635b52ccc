import type { Request } from "express";
import pg from "pg";
import { PgBoss } from "pg-boss";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { installReadModels, type Releases } from "../../server/src/kernel/install-read-models.ts";
import { isKept, type KeptReadModel, readModel } from "../../server/src/kernel/read-model.ts";
import { defaultSchemas } from "../../server/src/kernel/schemas.ts";
import { readModels } from "../../server/src/router.gen.ts";
import { ownCluster } from "../harness/own-cluster.ts";
import { startSelvedge, type TestSelvedge } from "../harness/selvedge.ts";
import { doIt, expectFit, part } from "./acting.ts";
import { openAdminPage } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";

/* Jobs, partners, incidents and settings, over a real server and its database. */

const hostile = `<img src=x onerror="document.title='pwned'">`;
const soon = { timeout: 20_000 };
let it: TestSelvedge;
let boss: PgBoss;
let browser: Browser;
let complaints: string[] = [];
vi.setConfig({ testTimeout: 60_000 });
beforeAll(async () => {
  await ensureAdminUiBuilt();
  const authenticate = ({ headers }: Request) => ({
    ...{ tenant: "default", partner: "erp", actor: "olga" },
    scopes: headers.authorization === "Bearer operator" ? ["operations:*", "settings:read"] : ["*"],
  });
  const jobsDashboardUrl = "/jobs-dashboard";
  it = await startSelvedge({ authenticate, jobsDashboardUrl }, await ownCluster());
  boss = new PgBoss({
    ...{ connectionString: it.database.url, schema: defaultSchemas.jobs },
    ...{ schedule: false, supervise: false },
  });
  boss.on("error", () => undefined);
  await boss.start();
  browser = await launchChromium();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await boss?.stop({ graceful: false });
  await it?.stop();
  await it?.database.drop();
});
afterEach(() => {
  expect(complaints).toEqual([]);
});

async function open(place: string, apiKey?: string): Promise<Page> {
  const opened = await openAdminPage(browser, `${it.baseUrl}/admin/#${place}`);
  ({ complaints } = opened);
  if (apiKey !== undefined) {
    await opened.page.evaluate(`sessionStorage.setItem('selvedge.admin.api-key', '${apiKey}')`);
    await opened.page.reload();
  }
  return opened.page;
}

async function fails(queue: string, error: Error): Promise<string> {
  await boss.send(queue, {}, { singletonKey: "order 7" });
  const [job] = await boss.fetch(queue);
  if (!job) throw new Error("There is no job.");
  await boss.fail(queue, job.id, error);
  return job.id;
}

test("where nothing was ever wrong the pages say so", async () => {
  const page = await open("/incidents");
  await page.getByText("None is open: a refresher is heard").waitFor();
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await page.getByText("None. What fails once is tried again").waitFor();
  await page.getByRole("link", { name: "Partners", exact: true }).click();
  await page.getByText("Nobody has called yet").waitFor();
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await page.getByText("Nobody has changed anything yet").waitFor();
});

test("a job that failed is read whole, tried again, and discarded when it is of no use", async () => {
  await boss.createQueue("labels", { retryLimit: 0 });
  const id = await fails(
    "labels",
    new Error(`${hostile}\n${"the printer is on fire ".repeat(20)}`),
  );
  await it.client.webhooks.subscribe({ url: `https://partner.example/${"hook".repeat(20)}` });
  await it.database.query(
    `update selvedge.webhook_subscription set paused_at = now(), paused_by = 'selvedge',
       paused_reason = 'it has failed for 3 days: 500', failures = 40, last_error = 'boom'`,
  );
  const page = await open("/jobs");
  const failed = part(page, "Jobs that failed");
  await failed.getByText("Given up").first().waitFor();
  await failed.getByText("onerror").first().click();
  await failed.getByText("the printer is on fire").waitFor();
  expect(await page.locator("img").count()).toBe(0);
  const dashboard = page.getByRole("link", { name: "Every job" });
  expect(await dashboard.getAttribute("href")).toBe("/jobs-dashboard");
  await page.getByText("Keeps fulfilment fresh").waitFor();
  await expectFit(page, "work-pages/jobs");

  await doIt(failed, "Retry", "paper is back");
  await failed.getByText("Trying again").first().waitFor();
  const [again] = await boss.fetch("labels");
  expect(again?.id).toBe(id);
  await boss.fail("labels", id, new Error("still on fire"));
  await failed.getByText("Given up").first().waitFor();
  await doIt(failed, "Discard", "printed by hand");
  await failed.getByText("None.").waitFor();

  const stopped = part(page, "Webhooks that are told no more");
  await doIt(stopped, "Resume", "they have mended it");
  await stopped.getByText("None.").waitFor();
  const { entries } = await it.client.operations.log();
  expect(entries.slice(0, 3).map(({ action, reason }) => `${action}: ${reason}`)).toEqual([
    "webhooks.resume: they have mended it",
    "discard job: printed by hand",
    "retry job: paper is back",
  ]);
});

test("a partner is let in with a key that is shown once, watched, and shut out", async () => {
  const page = await open("/partners");
  await page.getByRole("button", { name: "Create key" }).click();
  const dialog = page.getByRole("dialog", { name: "Create key" });
  await dialog.getByLabel("Partner").fill("acme");
  await dialog.getByLabel("May").fill("stock:read, webhooks:*");
  await dialog.getByLabel("Reason").fill("their contract");
  await dialog.getByRole("button", { name: "Create key" }).click();
  const key = await page.locator(".secret").innerText();
  expect(key).toMatch(/^slv_[\w-]{43}$/);

  const { Selvedge } = await import("@selvedge/sdk");
  const acme = new Selvedge({ baseUrl: it.baseUrl, apiKey: key, retriesMax: 0 });
  await acme.stock.sellableAvailability({});
  const table = page.getByRole("table", { name: "Partners" });
  await expect.poll(() => table.innerText(), soon).toMatch(/acme\s+1\s+SDK js\/\S+\s+1\s+\d\d:/);
  await expectFit(page, "work-pages/partners");
  await page.getByRole("link", { name: "acme" }).click();
  await page.getByText("stock.sellableAvailability").waitFor();
  expect(page.url()).toContain("#/partners/acme");
  expect(await page.locator("main").innerText()).not.toContain(key);
  await expectFit(page, "work-pages/partner");

  const dialogs = await doIt(page, "Revoke", "it leaked");
  await dialogs.waitFor({ state: "hidden" });
  await page.getByText("revoked").first().waitFor();
  await expect(acme.stock.sellableAvailability({})).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
  });
  await expect.poll(() => page.locator("main").innerText(), soon).toContain("it leaked");
});

test("who only operates is shown partners and settings, and offered neither keys nor changes", async () => {
  await it.client.catalogue.registerVariant({ sku: "TEE" });
  const page = await open("/partners", "operator");
  await page.getByRole("table", { name: "Partners" }).waitFor();
  expect(await page.getByRole("button", { name: "Create key" }).count()).toBe(0);
  await page.goto(page.url().replace("#/partners", "#/settings"));
  await page.getByRole("form", { name: "Carriers" }).waitFor();
  expect(await page.getByRole("button", { name: "Change" }).count()).toBe(0);
});

test("incidents name what is wrong and mend it in their place", async () => {
  const page = await open("/incidents");
  await it.client.operations.pause({ group: "fulfilment", reason: hostile });
  await page.getByText("olga has paused the group fulfilment.").waitFor();
  await page.getByText(hostile).waitFor();
  expect(await page.getByRole("link", { name: "sellableAvailability" }).count()).toBe(1);
  await expectFit(page, "work-pages/incidents");
  await doIt(page, "Resume", "it is over");
  await page.getByText("None is open").waitFor();
});

test("settings are changed where they stand, and refusals are said there", async () => {
  await it.client.catalogue.registerVariant({ sku: "TEE" });
  await it.client.stock.addBatch({ ref: "B-1", sku: "TEE", qty: 3, grade: "B" });
  const page = await open("/settings");
  const carriers = page.getByRole("form", { name: "Carriers" });
  await carriers.getByRole("button", { name: "Change" }).click();
  await carriers.getByRole("button", { name: "Add" }).click();
  await carriers.getByLabel("Carrier", { exact: true }).fill("post");
  await carriers.getByLabel("Parcels by (UTC)").fill("17:30");
  await carriers.getByRole("button", { name: "Save" }).click();
  await carriers.getByText("Saved as version 1.").waitFor();
  const settings = async () => (await it.client.settings.settingsInForce()).data.carriers;
  await expect.poll(settings, soon).toEqual([{ name: "post", cutOff: "17:30" }]);
  const changes = page.getByRole("table", { name: "Who decided what" });
  await expect.poll(() => changes.innerText(), soon).toMatch(/1\s+\d\d:\S+\s+olga\s+carriers/);

  const grades = page.getByRole("form", { name: "Grades" });
  await grades.getByRole("button", { name: "Change" }).click();
  await expectFit(page, "work-pages/settings");
  await grades.getByRole("button", { name: "Remove" }).nth(2).click();
  await grades.getByRole("button", { name: "Save" }).click();
  await grades.getByText("grades: B").waitFor();
  await grades.getByRole("button", { name: "Cancel" }).click();
  expect(await grades.getByRole("row").count()).toBe(6);

  const promises = page.getByRole("form", { name: "Promises" });
  await promises.getByRole("button", { name: "Change" }).click();
  await promises.getByRole("button", { name: "Add" }).click();
  await promises.getByLabel("Read model").fill("orderBoard");
  await promises.getByLabel("At most behind, ms").fill("5");
  await promises.getByRole("button", { name: "Save" }).click();
  await promises.getByRole("alert").getByText("This is not taken").waitFor();
});

test("a changed read model is compared with the one before, and taken one step back", async () => {
  const page = await open("/releases");
  await page.getByText("None: no read model is being built").waitFor();
  await it.client.orders.placeOrder({
    ...{ channel: "shop", externalRef: "A-1", lines: [{ sku: "TEE", qty: 1 }] },
  });
  await release("order_board", (column) => (column === "priority" ? "priority + 1" : column));
  const told = page.getByRole("article", { name: "orderBoard" });
  await told.getByText("0 added, 0 removed, 1 changed").waitFor();
  await told.getByText("read now since").waitFor();
  await told.getByText("in priority (1)").waitFor();
  await told.getByText("How the declaration changed").click();
  await told.getByText(/^\+ select tenant, .*priority \+ 1/).waitFor();
  await expectFit(page, "work-pages/releases");
  await doIt(told, "Return to previous", "a test");
  const last = async () => (await it.client.operations.log()).entries[0]?.action;
  await expect.poll(last, soon).toBe("return");
  await told.getByText(/^- select tenant, .*priority \+ 1/).waitFor();
});

test("one that would change what is read waits until somebody accepts it", async () => {
  await it.client.catalogue.registerVariant({ sku: "CAP" });
  await it.client.stock.addBatch({ ref: "caps", sku: "CAP", qty: 3 });
  const twice = (column: string) => (column === "on_hand" ? "on_hand * 2" : column);
  const caps = async () => {
    const rows = await it.database.query<{ n: number }>(
      "select on_hand::int as n from selvedge_read.sellable_availability where sku = 'CAP'",
    );
    return rows[0]?.n;
  };
  await expect.poll(caps, soon).toBe(3);
  await release("sellable_availability", twice, "accept");
  const page = await open("/incidents");
  await page.getByText("A changed sellableAvailability waits to be accepted.").waitFor();
  await expectFit(page, "work-pages/release-waits");
  await page.getByRole("link", { name: "See how it differs" }).click();
  const told = page.getByRole("article", { name: "sellableAvailability" });
  await told.getByText("waits to be accepted since").waitFor();
  await told.getByText(/in on_hand \(\d\)/).waitFor();
  await expectFit(page, "work-pages/release-to-accept");
  await doIt(told, "Compare again", "a while has passed");
  await expect.poll(() => told.getByText("being compared anew").count(), soon).toBe(0);
  await doIt(told, "Discard", "we do not want it");
  await expect.poll(() => told.count(), soon).toBe(0);
  await release("sellable_availability", twice, "accept");
  await told.getByText("waits to be accepted since").waitFor();
  await doIt(told, "Accept", "agreed with the shop");
  await told.getByText("read now since").waitFor();
  expect(await caps()).toBe(6);
  await doIt(told, "Return to previous", "the shop was wrong");
  await expect.poll(caps, soon).toBe(3);
});

test("a row tells which commands made it, and what it is about to say", async () => {
  const sku = `50% TEE/${hostile}`;
  await it.client.catalogue.registerVariant({ sku });
  await it.client.stock.addBatch({ ref: "T-1", sku, qty: 3 });
  const page = await open("/read-models/sellableAvailability");
  await page.getByRole("link", { name: "Rows, and why they say what they say" }).click();
  await page.getByLabel("sku").fill(sku);
  await page.getByRole("button", { name: "Find" }).click();
  const rows = page.getByRole("table", { name: "Rows of sellableAvailability" });
  await expect.poll(() => rows.getByRole("row").count(), soon).toBe(2);
  await rows.getByRole("link", { name: "why?" }).click();
  const why = part(page, "Why does it say that?");
  await expect
    .poll(() => why.innerText(), soon)
    .toMatch(/on hand\s+3.*stock\.addBatch.*catalogue\.registerVariant/s);
  await it.client.operations.pause({ group: "fulfilment", reason: "a test" });
  const { commandId } = await it.client.stock.addBatch({ ref: "T-2", sku, qty: 4 });
  await why.getByText("Waits", { exact: true }).waitFor();
  await why.getByText("3 → 7").first().waitFor();
  await expectFit(page, "work-pages/why");
  await it.client.operations.resume({ group: "fulfilment", reason: "it is over" });
  await expect.poll(() => why.innerText(), soon).toMatch(/on hand\s+7/);
  await why.getByRole("link", { name: "trace" }).first().click();
  expect(page.url()).toContain(`#/trace/${commandId}`);
  expect(await page.locator("img").count()).toBe(0);
});

/** Deploys another declaration of a read model: each column by what it is to be from now on. */
async function release(
  name: string,
  as: (column: string) => string,
  releases?: Releases,
): Promise<void> {
  const old = readModels.filter(isKept).find((model) => model.name === name);
  if (!old) throw new Error(`There is no ${name}.`);
  const columns = Object.keys(old.columns).map((column) => `${as(column)} as ${column}`);
  const sql = `select tenant, ${columns.join(", ")} from (${old.sql}) as o`;
  const owner = new pg.Client({ connectionString: it.database.url });
  await owner.connect();
  await owner.query("begin");
  const changed = readModel({ ...(old as KeptReadModel), sql });
  await installReadModels(owner, defaultSchemas, [changed], releases);
  await owner.query("commit");
  await owner.end();
}
