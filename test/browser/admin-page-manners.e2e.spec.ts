import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { cellsOf, chips, setTabHidden } from "./admin-page.ts";
import { adminPageSuite } from "./admin-page-suite.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";
import { allFresh, behind } from "./scenarios.ts";

const KILOBYTE = 1_000;
const soon = { timeout: 20_000 };

const suite = adminPageSuite();

test("every definition is a key press away", async () => {
  const { page } = await suite.open(allFresh);
  const head = page.getByRole("columnheader", { name: "Lag", exact: true }).getByRole("button");
  await head.press("Enter");
  const meaning = page.getByText("The age of the oldest change").locator("visible=true");
  await meaning.waitFor();
  await page.keyboard.press("Escape");
  await meaning.waitFor({ state: "detached" });
  await page.getByText("What these words mean").press("Enter");
  await meaning.waitFor();
});

test("a mouse only has to rest on a word, and a click keeps its meaning open", async () => {
  const { page } = await suite.open(allFresh);
  const head = page.getByRole("columnheader", { name: "Pending" }).getByRole("button");
  const meaning = page.getByText("How many changes").locator("visible=true");
  await head.hover();
  await meaning.waitFor();
  await page.getByRole("heading", { name: "Selvedge" }).hover();
  await meaning.waitFor({ state: "detached" });
  await head.click();
  await meaning.waitFor();
  await page.getByRole("heading", { name: "Selvedge" }).hover();
  expect(await meaning.count()).toBe(1);
  await head.click();
  await meaning.waitFor({ state: "detached" });
});

test("the sentence moves each second but is read aloud only when it says something new", {
  timeout: 90_000,
}, async () => {
  const { page } = await suite.open(allFresh);
  await page.clock.install();
  await page.reload();
  const aloud = page.locator("p[role=status]");
  await aloud.getByText("All 4 read models fresh").waitFor();
  const said = await aloud.innerText();
  await passSomeSeconds(page);
  const sentence = page.getByRole("region", { name: "Summary" }).getByText("All 4 read models");
  await expect.poll(() => sentence.innerText(), soon).not.toBe(said);
  expect(await aloud.innerText()).toBe(said);

  suite.server.show(behind);
  await sentence.waitFor({ state: "detached" });
  await passSomeSeconds(page);
  await expect.poll(() => aloud.innerText(), soon).toContain("orderBoard is 48 s behind");
});

/** Lets more seconds pass than lie between two announcements; it asks once in each. */
async function passSomeSeconds(page: Page): Promise<void> {
  for (let second = 0; second < 12; second++) {
    const { length } = suite.server.calls;
    await page.clock.runFor(1_000);
    await expect.poll(() => suite.server.calls.length, soon).toBeGreaterThan(length);
  }
}

test("a hidden tab asks nothing and asks again when it is seen", async () => {
  const { page } = await suite.open(allFresh);
  const { calls } = suite.server;
  await page.clock.install();
  await page.reload();
  await chips(page, "Fresh").first().waitFor();
  const shown = calls.length;
  await page.clock.runFor(3_000);
  await expect.poll(() => calls.length).toBeGreaterThan(shown);

  await setTabHidden(page, true);
  const hidden = calls.length;
  await page.clock.runFor(60_000);
  // One may have been on its way.
  expect(calls.length).toBeLessThanOrEqual(hidden + 1);
  const rested = calls.length;
  await setTabHidden(page, false);
  await expect.poll(() => calls.length).toBeGreaterThan(rested);
});

test("in a browser whose language tag is broken the numbers are there all the same", async () => {
  const { page, complaints } = await suite.open(allFresh);
  await page.addInitScript(
    "Object.defineProperty(navigator, 'language', { value: 'en-US@posix' })",
  );
  await page.reload();
  await expect.poll(() => complaints.length).toBe(1);
  expect(complaints.splice(0)[0]).toContain("No curves");
  await chips(page, "Fresh").first().waitFor();
  expect(await cellsOf(page, "allocations")).toMatchObject({ Rows: "≈ 1.2 M" });
});

test("all scripts of the page together weigh at most 200 KB, compressed", async () => {
  const { page, requests } = await suite.open(allFresh);
  await page.locator("canvas").first().waitFor();
  const dist = await ensureAdminUiBuilt();
  const scripts = requests.filter((url) => url.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(0);
  const weights = scripts.map(async (url) => {
    const file = join(dist, new URL(url).pathname.replace("/admin/", ""));
    return gzipSync(await readFile(file)).length;
  });
  const bytes = (await Promise.all(weights)).reduce((sum, weight) => sum + weight, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(200 * KILOBYTE);
});
