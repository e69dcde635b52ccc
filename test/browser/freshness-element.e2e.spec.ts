import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { setTabHidden } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";
import { type FakeServer, startFakeServer } from "./fake-server.ts";
import { allFresh, behind, cut, forbidden, unknown } from "./scenarios.ts";

/* The element inside a page that is not ours, whose policy allows the least. */

const example = fileURLToPath(new URL("../../examples/freshness/", import.meta.url));
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";
const artefacts = fileURLToPath(new URL("../artefacts/freshness-element", import.meta.url));
const soon = { timeout: 20_000 };

let dist: string;
let browser: Browser;
let server: FakeServer;
let complaints: string[];
beforeAll(async () => {
  dist = await ensureAdminUiBuilt();
  browser = await launchChromium();
}, 120_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  server = await startFakeServer(dist);
  server.tellLive(true);
  complaints = [];
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await server.close();
  expect(complaints).toEqual([]);
});

/** Opens the example page, as the host below which Selvedge is mounted would serve it. */
async function open(): Promise<Page> {
  const page = await browser.newPage();
  const page1 = await readFile(join(example, "index.html"), "utf8");
  const html = page1.replaceAll("/selvedge", "/a/b");
  await page.route(`${server.origin}/shop/*`, async (route) => {
    const isPage = route.request().url().endsWith("/orders");
    await route.fulfill({
      contentType: isPage ? "text/html" : "text/css",
      body: isPage ? html : await readFile(join(example, "page.css"), "utf8"),
      headers: { "content-security-policy": policy },
    });
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() !== "error" || message.text().startsWith("Failed to load")) return;
    complaints.push(message.text());
  });
  await page.goto(`${server.origin}/shop/orders`);
  return page;
}

const board = (page: Page) => page.locator("selvedge-freshness[read-model=orderBoard]");
const stateOf = (page: Page) => board(page).getAttribute("state");

test("it says in a word how fresh its read model is, and why", async () => {
  server.show(allFresh);
  const page = await open();
  await expect.poll(() => stateOf(page), soon).toBe("fresh");
  expect(await board(page).getByText("Fresh").isVisible()).toBe(true);
  expect(await board(page).getAttribute("title")).toBe("orderBoard: promised within 2 s");
  expect(await board(page).getAttribute("role")).toBe("status");

  server.show(behind);
  await expect.poll(() => stateOf(page), soon).toBe("behind");
  expect(await board(page).getByText("Behind").isVisible()).toBe(true);
  expect(await board(page).getByText("48 s").isVisible()).toBe(true);
  await page.screenshot({ path: join(artefacts, "behind-light.png") });
  server.show(unknown);
  await expect.poll(() => stateOf(page), soon).toBe("unknown");
});

test.each([
  ["does not answer", cut],
  ["does not say it to whoever looks", forbidden],
])("where the server %s it is unknown", async (_what, how) => {
  server.show(how);
  const page = await open();
  await expect.poll(() => stateOf(page), soon).toBe("unknown");
  server.show(allFresh);
  await expect.poll(() => stateOf(page), soon).toBe("fresh");
});

test("all elements of a page share one line, which rests while the tab is hidden", async () => {
  const page = await open();
  await expect.poll(() => stateOf(page), soon).toBe("fresh");
  expect(await page.locator("selvedge-freshness[state=fresh]").count()).toBe(2);
  await expect.poll(() => server.listeners, soon).toBe(1);
  expect(server.calls.map(({ path }) => path)).toEqual(["/a/b/trpc/operations.lag"]);
  await setTabHidden(page, true);
  await expect.poll(() => server.listeners, soon).toBe(0);
  await setTabHidden(page, false);
  await expect.poll(() => server.listeners, soon).toBe(1);
});

test("the page's own style sheet colours it, light and dark, and it tells the page", async () => {
  const page = await open();
  await expect.poll(() => stateOf(page), soon).toBe("fresh");
  const colour = () =>
    page.evaluate(`getComputedStyle(document.querySelector("selvedge-freshness")).color`);
  expect(await colour()).toBe("rgb(11, 107, 58)");
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await colour()).toBe("rgb(127, 224, 168)");
  await page.evaluate(`document.addEventListener("freshnesschange", ({ target, detail }) => {
    document.title = target.getAttribute("read-model") + " " + detail.state;
  })`);
  server.show(behind);
  await expect.poll(() => page.title(), soon).toMatch(/^\w+ (behind|fresh)$/);
  await board(page).evaluate((element) => element.remove());
  await page.locator("selvedge-freshness").evaluate((element) => element.remove());
  await expect.poll(() => server.listeners, soon).toBe(0);
});

test("its script weighs at most 10 KB, compressed, and is one file", async () => {
  const script = await readFile(join(dist, "freshness.js"));
  expect(gzipSync(script).length).toBeGreaterThan(1_000);
  expect(gzipSync(script).length).toBeLessThanOrEqual(10_000);
  expect(script.toString()).not.toMatch(/\bfrom\s*["'`]|\bimport\s*\(/);
});
