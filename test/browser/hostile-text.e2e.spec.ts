import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { ownCluster } from "../harness/own-cluster.ts";
import { startSelvedge, type TestSelvedge } from "../harness/selvedge.ts";
import { type AdminPage, openAdminPage, sidewaysOverflow } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";

/* Names, notes and errors that would be markup if a page let them, in all that pages show. */

const hostile = `<img src=x onerror="document.title='pwned'">"'\`</script><script>pwned=1</script>`;
vi.setConfig({ testTimeout: 60_000 });

let it: TestSelvedge;
let browser: Browser;
let opened: AdminPage | undefined;
beforeAll(async () => {
  await ensureAdminUiBuilt();
  const identity = { tenant: "default", partner: hostile, actor: hostile, scopes: ["*"] };
  it = await startSelvedge({ authenticate: () => identity }, await ownCluster());
  browser = await launchChromium();
  const { client, database } = it;
  await client.catalogue.registerVariant({ sku: hostile });
  await client.stock.addBatch({ ref: hostile, sku: hostile, qty: 1 });
  await client.operations.pause({ group: "fulfilment", reason: hostile });
  await client.stock.addBatch({ ref: "B-2", sku: hostile, qty: 1 });
  await database.query(
    `insert into selvedge.journal
       (tenant, kind, id, version, type, data, partner, command_id, actor)
     values ('default', 'Garment', 'LPN-1', 1, $1, jsonb_build_object('note', $1::text, 'tags',
       jsonb_build_array($1::text)), $1, $1, $1)`,
    [hostile],
  );
  await database.query(
    `insert into selvedge.held_key (generation, key, error, retry_at)
     select id, jsonb_build_object('sku', $1::text), $1, now() + interval '1 day'
     from selvedge.generation where name = 'sellable_availability'`,
    [hostile],
  );
  await database.query(
    `insert into selvedge.verification (read_model, asked_by, error, started_at, finished_at)
     values ('sellable_availability', $1, $1, now(), now())`,
    [hostile],
  );
  await database.query(
    `insert into selvedge.refresh_log
       (refresh_group, started_at, outcome, refreshes, took_max_ms, keys, error)
     values ('fulfilment', now(), 'failed', 1, 1, '{}', $1)`,
    [hostile],
  );
  await database.query(
    "update selvedge.generation set error = $1 where name = 'sellable_availability'",
    [hostile],
  );
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await it?.stop();
  await it?.database.drop();
});
afterEach(async () => {
  const page = opened?.page;
  expect(await page?.locator("img, main script, a[href^='javascript:']").count()).toBe(0);
  expect(await page?.title()).toContain("· Selvedge");
  expect(await page?.evaluate("typeof pwned")).toBe("undefined");
  expect(opened?.complaints).toEqual([]);
  await page?.context().close();
  opened = undefined;
});

async function open(place: string): Promise<Page> {
  opened = await openAdminPage(browser, `${it.baseUrl}/admin/#${place}`);
  return opened.page;
}

const named = encodeURIComponent(hostile);

test.each([
  ["/", "Find read models"],
  [`/?find=${named}&status=${named}&sort=${named}`, "No read model is like that."],
  [`/read-models/${named}`, "There is no read model"],
  [`/commands?actor=${named}&procedure=stock.addBatch`, "Only procedure"],
  [`/trace/${named}`, "The way of this command"],
  [`/log?log.find=img&log.sort=-Why`, "What was done"],
  [`/passport/${named}`, "The life of"],
  [`/${named}`, "Find read models"],
])("at %s it is text", async (place, words) => {
  const page = await open(place);
  await page.getByText(words).or(page.getByLabel(words)).first().waitFor();
  await page.setViewportSize({ width: 360, height: 780 });
  expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
});

test("who did what is text in the lists of commands and operations", async () => {
  const page = await open("/commands");
  const commands = page.getByRole("table", { name: "Commands", exact: true });
  await commands.getByText(hostile).first().waitFor();
  await page.goto(`${it.baseUrl}/admin/#/log`);
  await page.getByRole("table", { name: "Operations" }).getByText(hostile).first().waitFor();
});

test("reasons, keys and errors are text on a read model's page", async () => {
  const page = await open("/read-models/sellableAvailability");
  for (const part of [
    ...["What stands in its way", "Waiting to be shown", "Set aside", "Refreshes"],
    ...["Verifications", "Releases"],
  ]) {
    await page.getByRole("region", { name: part }).getByText(hostile).first().waitFor();
  }
});

test("what happened to a piece is text, notes and names alike", async () => {
  const page = await open("/passport/LPN-1");
  const life = page.getByRole("region", { name: "The life of" });
  await life.getByText(hostile).nth(2).waitFor();
});

test("what others name is text in the element for other pages", async () => {
  const page = await open("/");
  await page.evaluate(`import("./freshness.js").then(() => {
    const element = document.createElement("selvedge-freshness");
    element.setAttribute("base-url", "..");
    element.setAttribute("read-model", ${JSON.stringify(hostile)});
    document.body.append(element);
  })`);
  const element = page.locator("selvedge-freshness[state=unknown]");
  await element.waitFor();
  expect(await element.getAttribute("title")).toContain(hostile);
});
