import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { sidewaysOverflow } from "./admin-page.ts";
import { adminPageSuite } from "./admin-page-suite.ts";
import { seriousFindings } from "./axe.ts";
import { many } from "./scenarios.ts";

/* The overview of a house with five hundred read models. */

const artefacts = fileURLToPath(new URL("../artefacts/many-read-models", import.meta.url));
const soon = { timeout: 20_000 };

const suite = adminPageSuite();

const rows = (page: Page) => page.getByRole("rowheader");
const canvases = (page: Page) => page.locator("canvas").count();

test("of many rows few are drawn, and the last one is there when it is scrolled to", async () => {
  suite.server.tellLive(true);
  const { page } = await suite.open(many);
  await rows(page).filter({ hasText: "readModel0" }).first().waitFor();
  expect(await rows(page).count()).toBeLessThan(60);
  expect(await canvases(page)).toBeLessThan(60);
  const last = rows(page).filter({ hasText: "readModel499" });
  expect(await last.count()).toBe(0);
  // Heights are learnt on the way down, so the end moves away a little at first.
  await expect
    .poll(async () => {
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      return last.count();
    }, soon)
    .toBe(1);
  expect(await rows(page).count()).toBeLessThan(60);
  await page.screenshot({ path: join(artefacts, "end-1440-light.png") });
  expect(await seriousFindings(page)).toEqual([]);
});

test("what is late is found and comes first", async () => {
  const { page } = await suite.open(many);
  await page.getByRole("link", { name: "10 read models are Behind" }).click();
  await expect.poll(() => rows(page).count(), soon).toBe(10);
  await page.getByLabel("Order").selectOption("most lag");
  await expect.poll(() => rows(page).first().innerText(), soon).toContain("readModel499");
  await page.getByLabel("Find read models").fill("group_9 readModel4");
  await expect.poll(() => rows(page).count(), soon).toBeLessThan(10);
  await page.getByText(/^\d of 500$/).waitFor();
});

test("as cards they fit a narrow screen, and curves are drawn as they come near", async () => {
  const { page } = await suite.open(many);
  await page.setViewportSize({ width: 360, height: 780 });
  await rows(page).filter({ hasText: "readModel0" }).first().waitFor();
  await expect.poll(() => canvases(page), soon).toBeGreaterThan(3);
  expect(await rows(page).count()).toBeLessThan(60);
  await page.getByLabel("Find read models").fill("readModel499");
  await expect.poll(() => rows(page).count(), soon).toBe(1);
  await page.screenshot({ path: join(artefacts, "one-360-light.png") });
  await page.getByLabel("Find read models").fill("");
  await page.setViewportSize({ width: 800, height: 1_000 });
  await expect.poll(() => rows(page).count(), soon).toBeGreaterThan(6);
  expect(await rows(page).count()).toBeLessThan(60);
  await page.screenshot({ path: join(artefacts, "cards-800-light.png") });
  expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
});
