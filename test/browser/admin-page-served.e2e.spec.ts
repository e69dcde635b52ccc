import { join } from "node:path";
import { Selvedge } from "@selvedge/sdk";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../harness/processes.ts";
import { cellsOf, chips, openAdminPage } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";

/* The page as the real server serves it, over what it really measures. */

let browser: Browser;
let server: ServerProcess;
let remove: () => Promise<void>;
beforeAll(async () => {
  await ensureAdminUiBuilt();
  const made = await temporaryFolder();
  remove = made.remove;
  server = await startServerProcess(join(made.folder, "postgres"));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await remove?.();
});

test("the page shows what commands have done, and says so when the server is gone", async () => {
  const client = new Selvedge({ baseUrl: server.baseUrl });
  const opened = await openAdminPage(browser, `${server.baseUrl}/admin`);
  const { page, complaints } = opened;
  await page.getByText(/^All 13 read models fresh, /).waitFor();
  expect(page.url()).toBe(`${server.baseUrl}/admin/`);
  expect(await chips(page, "Fresh").count()).toBe(13);
  expect(await cellsOf(page, "orderBoard")).toMatchObject({ Promise: "2 s", Pending: "0" });

  await client.catalogue.registerVariant({ sku: "TEE-RED-M" });
  await client.stock.addBatch({ ref: "PO-1/1", sku: "TEE-RED-M", qty: 3 });
  const lines = [{ sku: "TEE-RED-M", qty: 1 }];
  await client.orders.placeOrder({ channel: "shop", externalRef: "A-1", lines });
  const { data } = await client.orders.orderBoard({ externalRef: "A-1" });
  expect(data.rows.map(({ status }) => status)).toEqual(["allocated"]);
  await expect
    .poll(async () => (await cellsOf(page, "orderBoard"))["Last refresh"])
    .toMatch(/^[\d.]+ s ago took [\d.]+ m?s · \d+ keys?$/);
  expect(complaints).toEqual([]);
  expect(opened.requests.filter((url) => !url.startsWith(server.baseUrl))).toEqual([]);

  await server.kill();
  await page.getByRole("heading", { name: "The server does not answer" }).waitFor();
});
