import { describe, expect, test } from "vitest";
import { cellsOf, chips } from "./admin-page.ts";
import { adminPageSuite } from "./admin-page-suite.ts";
import { allFresh, cut, forbidden, silence, unauthenticated, unavailable } from "./scenarios.ts";

const STATE_TO_PIXEL_MS = 2_000;
/** A silent server is given three seconds before its silence counts as no answer. */
const SILENCE_TO_PIXEL_MS = 5_000;

const suite = adminPageSuite();

describe.each([
  ["is cut off", cut, "The server does not answer", STATE_TO_PIXEL_MS],
  ["falls silent", silence, "The server does not answer", SILENCE_TO_PIXEL_MS],
  ["loses its database", unavailable, "cannot say how fresh its data is", STATE_TO_PIXEL_MS],
] as const)("when the server %s", (_, scenario, words, withinMs) => {
  test("the page says so, calls nothing fresh, and recovers by itself", async () => {
    const { page } = await suite.open(allFresh);
    const fresh = page.getByText(/\bFresh\b|models fresh/).locator("visible=true");
    await fresh.first().waitFor();
    expect(await fresh.count()).toBeGreaterThanOrEqual(5);

    suite.server.show(scenario);
    await page.getByRole("alert").getByText(words).waitFor({ timeout: withinMs });
    await page.getByText(/^Lag unknown since \d\d:\d\d:\d\d$/).waitFor();
    expect(await fresh.count()).toBe(0);
    expect(await chips(page, "Unknown").count()).toBe(4);
    expect(await cellsOf(page, "orderBoard")).toMatchObject({
      Lag: "— unknown",
      Pending: "— unknown",
      Promise: "2 s",
    });

    suite.server.show(allFresh);
    await chips(page, "Fresh").first().waitFor({ timeout: withinMs });
    expect(await page.getByRole("alert").count()).toBe(0);
  });
});

test("a server that is down from the start is no blank page", async () => {
  const { page } = await suite.open(cut);
  await page.getByRole("alert").getByText("This page goes on asking each second.").waitFor();
  suite.server.show(allFresh);
  await chips(page, "Fresh").first().waitFor();
});

test("somebody unknown is told what to do and gets in with a key", async () => {
  const { page } = await suite.open(unauthenticated);
  await page.getByRole("alert").getByText("The server does not know who you are").waitFor();
  await page.getByText("No identity came with this call · request req-0042").waitFor();
  suite.server.show(allFresh);
  await page.getByLabel("API key").fill("slv_warehouse");
  await page.keyboard.press("Enter");
  await chips(page, "Fresh").first().waitFor({ timeout: STATE_TO_PIXEL_MS });
  expect(suite.server.calls.at(-1)?.authorization).toBe("Bearer slv_warehouse");
});

test("a key outlives a reload of its tab and is gone once forgotten", async () => {
  const { page } = await suite.open(forbidden);
  await page.getByRole("alert").getByText("You may not see this page").waitFor();
  suite.server.show(allFresh);
  await page.getByLabel("API key").fill("slv_warehouse");
  await page.getByRole("button", { name: "Use this key" }).click();
  await chips(page, "Fresh").first().waitFor();
  await page.reload();
  await chips(page, "Fresh").first().waitFor();
  expect(suite.server.calls.at(-1)?.authorization).toBe("Bearer slv_warehouse");

  await page.getByRole("button", { name: "Forget API key" }).click();
  await expect.poll(() => suite.server.calls.at(-1)?.authorization).toBeUndefined();
  await page.reload();
  await chips(page, "Fresh").first().waitFor();
  expect(suite.server.calls.at(-1)?.authorization).toBeUndefined();
});

test("somebody without the scope is told whom to ask, and sees nothing", async () => {
  const { page } = await suite.open(allFresh);
  await chips(page, "Fresh").first().waitFor();
  suite.server.show(forbidden);
  await page.getByRole("alert").getByText("you lack the scope operations:read").waitFor();
  expect(await page.getByRole("table").count()).toBe(0);
});
