import { expect, test } from "vitest";
import { cellsOf, chips, rowOf, setTabHidden } from "./admin-page.ts";
import { adminPageSuite } from "./admin-page-suite.ts";
import { allFresh, behind, cut, failing, silence } from "./scenarios.ts";

/* The page while its server tells the lag, and when it stops telling. */

const stateToPixelMs = 2_000;
const soon = { timeout: 20_000 };

const suite = adminPageSuite();

/** Opens the page before a server that tells, and waits until it is told. */
async function openTold(base = "") {
  suite.server.tellLive(true);
  const opened = await suite.open(allFresh, base);
  await chips(opened.page, "Fresh").first().waitFor();
  await expect.poll(() => suite.server.listeners, soon).toBe(1);
  return opened;
}

test.each(["", "/a/b"])("under '%s/' the page is told, and asks no more", async (base) => {
  const { page } = await openTold(base);
  expect(suite.server.calls).toHaveLength(1);
  suite.server.show(failing);
  await chips(page, "Failing").waitFor({ timeout: stateToPixelMs });
  await rowOf(page, "allocations").getByRole("button", { name: "Stalled" }).waitFor();
  suite.server.show(behind);
  await chips(page, "Behind").waitFor({ timeout: stateToPixelMs });
  expect(await cellsOf(page, "orderBoard")).toMatchObject({ Lag: "48 s↗ and growing" });
  expect(suite.server.calls).toHaveLength(1);
});

test("where nothing is told any more it asks, and says what is so all the same", async () => {
  const { page } = await openTold();
  suite.server.tellLive(false);
  suite.server.show(failing);
  await chips(page, "Failing").waitFor(soon);
  const asked = suite.server.calls.length;
  await expect.poll(() => suite.server.calls.length, soon).toBeGreaterThan(asked + 2);
  expect(await page.getByRole("alert").count()).toBe(0);
});

test.each([
  ["is cut off", cut],
  ["falls silent", silence],
] as const)("when the server %s while it tells, the page says so", async (_what, how) => {
  const { page } = await openTold();
  suite.server.show(how);
  const banner = page.getByRole("alert").getByText("The server does not answer");
  await banner.waitFor(soon);
  await page.getByText(/^Lag unknown since \d\d:\d\d:\d\d$/).waitFor();
  expect(await chips(page, "Unknown").count()).toBe(4);
  suite.server.show(allFresh);
  await chips(page, "Fresh").first().waitFor(soon);
  await expect.poll(() => suite.server.listeners, soon).toBe(1);
});

test("a hidden tab is not told, and is again when it is seen", async () => {
  const { page } = await openTold();
  await setTabHidden(page, true);
  await expect.poll(() => suite.server.listeners, soon).toBe(0);
  const asked = suite.server.calls.length;
  suite.server.show(behind);
  expect(suite.server.calls).toHaveLength(asked);
  await setTabHidden(page, false);
  await chips(page, "Behind").waitFor(soon);
  await expect.poll(() => suite.server.listeners, soon).toBe(1);
});
