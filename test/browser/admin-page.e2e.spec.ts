import { describe, expect, test } from "vitest";
import { cellsOf, chips, rowOf } from "./admin-page.ts";
import { adminPageSuite } from "./admin-page-suite.ts";
import { allFresh, behind, empty, failing, hostile, unknown } from "./scenarios.ts";

const STATE_TO_PIXEL_MS = 2_000;

const suite = adminPageSuite();

describe.each(["", "/a/b"])("mounted at '%s/'", (base) => {
  test("the page asks the API beside it and shows what it says", async () => {
    const { page } = await suite.open(allFresh, base);
    const summary = page.getByRole("region", { name: "Summary" });
    await summary.getByText(/^All 4 read models fresh, oldest data 0\.\d s$/).waitFor();
    expect(await chips(page, "Fresh").count()).toBe(4);
    expect(new Set(suite.server.calls.map(({ path }) => path))).toEqual(
      new Set([`${base}/trpc/operations.lag`]),
    );
  });
});

test("a person reads lag, waiting keys and the last refresh of each read model", async () => {
  const { page } = await suite.open(behind);
  const summary = page.getByRole("region", { name: "Summary" });
  await summary.getByText("orderBoard is 48 s behind and growing: 37 orders wait").waitFor();
  await summary.getByText("Not shown yet: changes of 37 garments; 4 orders with a").waitFor();
  await summary.getByRole("link", { name: "1 read model is Behind" }).waitFor();
  expect(await cellsOf(page, "orderBoard")).toMatchObject({
    "Read model": "orderBoard group orders · by key",
    Status: "Behind",
    Lag: "48 s↗ and growing",
    Pending: "1,234",
    Promise: "2 s",
    "p95, 1 h": "44 s",
    "Last refresh": "12 min ago took 0.8 s · 1,000 keys",
    Rows: "≈ 82,411",
  });
  expect(await cellsOf(page, "throughput")).toMatchObject({
    "Read model": "throughput group floor · whole",
    "Last refresh": "31 s ago took 2.1 s · whole",
  });
  const curve = rowOf(page, "orderBoard").getByRole("img", { name: /^Lag over the last 5 min: / });
  await curve.locator("canvas").waitFor();
});

test("one that is well and being built anew is rebuilding, one that is late is late", async () => {
  const building = { state: "building", rows: 1_000 };
  const { page } = await suite.open({
    kind: "report",
    report: (now) => {
      const told = behind.kind === "report" ? behind.report(now) : undefined;
      if (!told) throw new Error("It is a report.");
      return { ...told, readModels: told.readModels.map((one) => ({ ...one, building })) };
    },
  });
  await chips(page, "Behind").waitFor();
  expect(await chips(page, "Rebuilding").count()).toBe(3);
  await page.getByRole("link", { name: "3 read models are Rebuilding" }).click();
  await expect.poll(() => chips(page, "Behind").count()).toBe(0);
});

test("what changes on the server is on the screen within two seconds", async () => {
  const { page } = await suite.open(allFresh);
  await chips(page, "Fresh").first().waitFor();
  suite.server.show(failing);
  await chips(page, "Failing").waitFor({ timeout: STATE_TO_PIXEL_MS });
  await rowOf(page, "allocations").getByRole("button", { name: "Stalled" }).waitFor();
});

test("a short error stands there; a long one opens with the keyboard and is whole", async () => {
  const { page } = await suite.open(failing);
  await page.getByText("Last refresh failed: deadlock detected").waitFor();
  const wholeText = page.getByText("PL/pgSQL function selvedge.refresh_order_board");
  expect(await wholeText.isVisible()).toBe(false);
  await page.getByText("Last refresh failed: canceling statement").press("Enter");
  await wholeText.waitFor();
});

test("without a refresher lag is unknown, never 0, and the dash says why", async () => {
  const { page } = await suite.open(unknown);
  await page.getByText("Refresher last heard 5 min ago.").waitFor();
  expect(await chips(page, "Unknown").count()).toBe(4);
  expect(await cellsOf(page, "allocations")).toMatchObject({
    Lag: "— unknown",
    "Lag over time": "— unknown",
    Pending: "43",
    "p95, 1 h": "— unknown",
    "Last refresh": "— unknown",
    Rows: "— unknown",
  });
  const dash = rowOf(page, "allocations").getByRole("button", { name: "unknown", exact: true });
  await dash.first().press("Enter");
  const why = page.getByText("no refresher has been heard, so nobody measures it");
  await why.locator("visible=true").waitFor();
  await page.keyboard.press("Escape");
  await why.locator("visible=true").waitFor({ state: "detached" });
});

test("who starts is told what a read model is and what to do next", async () => {
  const { page } = await suite.open(empty);
  await page.getByRole("heading", { name: "No read models yet" }).waitFor();
  await page.getByText("selvedge migrate").waitFor();
});

test("names and errors are text, whatever they hold", async () => {
  const { page } = await suite.open(hostile);
  const attack = `<img src=x onerror="document.title='owned'">`;
  const summary = page.getByRole("region", { name: "Summary" });
  await summary.getByText(`${attack} is 3 s behind`).waitFor();
  await rowOf(page, "constructor").getByRole("button", { name: "Verifying" }).waitFor();
  expect(await page.locator("img, td script").count()).toBe(0);
  expect(await page.title()).toBe("Lag · Selvedge");
});
