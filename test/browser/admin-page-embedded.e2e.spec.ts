import express from "express";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createSelvedge } from "../../server/src/selvedge.ts";
import { ownCluster } from "../harness/own-cluster.ts";
import { startSelvedge, type TestSelvedge } from "../harness/selvedge.ts";
import { type AdminPage, chips, openAdminPage, rowOf } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";

/* The page inside a host: below its paths, in its colours, in its frame, under its links. */

const theme = `:root { --slv-ground: rgb(1, 2, 3); --slv-accent: rgb(200, 0, 100); }`;
const soon = { timeout: 20_000 };
vi.setConfig({ testTimeout: 60_000 });

let it: TestSelvedge;
let browser: Browser;
let opened: AdminPage | undefined;
beforeAll(async () => {
  await ensureAdminUiBuilt();
  const adminPage = {
    stylesheet: "/erp/theme.css?v=1&w=2",
    frameAncestors: ["http://127.0.0.1:*"],
  };
  it = await startSelvedge({ adminPage }, await ownCluster(), (handler) => {
    const app = express();
    app.get("/erp/theme.css", (_req, res) => void res.type("css").send(theme));
    app.get("/frame", (_req, res) => {
      res.type("html").send(`<iframe src="/a/b/admin/#/log" title="Selvedge"></iframe>`);
    });
    return app.use("/a/b", handler).use("/", handler);
  });
  browser = await launchChromium();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await it?.stop();
  await it?.database.drop();
});
afterEach(async () => {
  await opened?.page.context().close();
  const { complaints = [], requests = [] } = opened ?? {};
  opened = undefined;
  expect(complaints).toEqual([]);
  expect(requests.filter((url) => !url.startsWith(`${it.baseUrl}/`))).toEqual([]);
});

async function open(place: string): Promise<Page> {
  opened = await openAdminPage(browser, `${it.baseUrl}${place}`);
  return opened.page;
}

const colourOf = (page: Page, selector: string, what: string) =>
  page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${what}`);

test.each(["", "/a/b"])(
  "under '%s/' every page of the menu is there, in the host's colours",
  async (base) => {
    const page = await open(`${base}/admin`);
    await page
      .getByText(/read models fresh/)
      .first()
      .waitFor();
    expect(await colourOf(page, "html", "backgroundColor")).toBe("rgb(1, 2, 3)");
    const menu = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
    expect(await menu.count()).toBeGreaterThan(4);
    for (const link of await menu.all()) {
      await link.click();
      await expect.poll(() => link.getAttribute("aria-current"), soon).toBe("page");
      expect(await page.getByText("This page broke").count()).toBe(0);
    }
    expect(await colourOf(page, "main a, .places a", "borderBottomColor")).toBeTruthy();
  },
);

test("a host shows it in a frame, and a link leads into it", async () => {
  const page = await open("/frame");
  const frame = page.frameLocator("iframe");
  await frame.getByText("Nobody has done anything yet.").waitFor();
  await frame.getByRole("link", { name: "Overview" }).click();
  await frame
    .getByText(/read models fresh/)
    .first()
    .waitFor();
});

test("a link shows what whoever sent it had found, filtered and ordered", async () => {
  const page = await open("/a/b/admin/");
  await page.getByLabel("Find read models").fill("board");
  await page.getByLabel("Order").selectOption("rows");
  await expect.poll(() => chips(page, "Fresh").count(), soon).toBeLessThan(13);
  const names = await page.getByRole("rowheader").allInnerTexts();
  expect(names.length).toBeGreaterThan(0);
  const address = page.url();
  expect(address).toContain("#/?find=board&sort=rows");

  await page.goto("about:blank");
  await page.goto(address);
  await rowOf(page, "orderBoard").waitFor();
  expect(await page.getByRole("rowheader").allInnerTexts()).toEqual(names);
  expect(await page.getByLabel("Find read models").inputValue()).toBe("board");

  await page.getByRole("link", { name: /read models are Fresh/ }).click();
  expect(page.url()).toMatch(/#\/\?status=fresh$/);
  await page.goBack();
  await expect.poll(() => page.getByLabel("Find read models").inputValue(), soon).toBe("board");
});

test("what the policy forbids does not run, and is complained of", async () => {
  const page = await open("/admin/");
  await page
    .getByText(/read models fresh/)
    .first()
    .waitFor();
  await page
    .evaluate(`{
    const script = document.createElement("script");
    script.append("document.title = 'owned'");
    document.body.append(script);
  }`)
    .catch(() => undefined);
  await page.evaluate("document.body.innerHTML = '<b>owned</b>'").catch(() => undefined);
  await expect.poll(() => opened?.complaints.length, soon).toBeGreaterThan(0);
  opened?.complaints.splice(0);
  expect(await page.title()).toBe("Lag · Selvedge");
  expect(await page.getByText("owned").count()).toBe(0);
});

test.each([
  [{ stylesheet: "https://elsewhere.example/a.css" }, "is not the path of a style sheet"],
  [{ stylesheet: "//elsewhere.example/a.css" }, "is not the path of a style sheet"],
  [{ stylesheet: `/a.css"><script>` }, "is not the path of a style sheet"],
  [{ frameAncestors: ["*; script-src *"] }, "is not an origin"],
])("%j is refused when the server is made", (adminPage, why) => {
  expect(() => createSelvedge({ databaseUrl: it.database.url, adminPage })).toThrow(why);
});
