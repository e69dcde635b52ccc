import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAdminPage, sidewaysOverflow } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";
import { type FakeServer, startFakeServer } from "./fake-server.ts";
import {
  allFresh,
  behind,
  cut,
  empty,
  failing,
  forbidden,
  hostile,
  type Scenario,
  unauthenticated,
  unknown,
} from "./scenarios.ts";

const ARTEFACTS = fileURLToPath(new URL("../artefacts/admin-page", import.meta.url));
const SIZES = [
  { width: 1440, height: 900 },
  { width: 800, height: 1000 },
  { width: 360, height: 780 },
];

let browser: Browser;
let server: FakeServer;

beforeAll(async () => {
  server = await startFakeServer(await ensureAdminUiBuilt());
  browser = await launchChromium();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Each scenario with a text that is there once the page has settled. */
const SCENARIOS: [string, Scenario, string][] = [
  ["all-fresh", allFresh, "All 4 read models fresh"],
  ["behind", behind, "orderBoard is 48 s behind"],
  ["failing", failing, "deadlock detected"],
  ["unknown", unknown, "Refresher last heard"],
  ["empty", empty, "No read models yet"],
  ["hostile", hostile, "Verifying"],
  ["unauthenticated", unauthenticated, "The server does not know who you are"],
  ["forbidden", forbidden, "You may not see this page"],
  ["cut", cut, "The server does not answer"],
];

test.each(SCENARIOS)(
  "%s fits every screen, light and dark",
  async (name, scenario, text) => {
    // The page has rows to grey only if the server goes after it had answered.
    server.show(scenario === cut ? allFresh : scenario);
    const { page } = await openAdminPage(browser, `${server.origin}/a/b/admin/`);
    if (scenario === cut) await page.locator("canvas").first().waitFor();
    server.show(scenario);
    await page.getByText(text).locator("visible=true").first().waitFor();
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const path = join(ARTEFACTS, `${name}-${size.width}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true });
        expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
      }
    }
    await page.context().close();
  },
  30_000,
);
