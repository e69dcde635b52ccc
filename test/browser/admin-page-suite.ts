import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { type AdminPage, openAdminPage } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";
import { type FakeServer, startFakeServer } from "./fake-server.ts";
import type { Scenario } from "./scenarios.ts";

/** What a test of the admin page works with. */
export interface AdminPageSuite {
  /** The server of this test. */
  readonly server: FakeServer;
  /** Opens the page while the server answers in the given way. */
  open(scenario: Scenario, base?: string): Promise<AdminPage>;
}

/**
 * Gives every test of the file a server of its own and a browser, and checks after each that the
 * page broke nothing and called nobody but its server.
 */
export function adminPageSuite(): AdminPageSuite {
  let dist: string;
  let browser: Browser;
  let server: FakeServer;
  let opened: AdminPage[] = [];

  vi.setConfig({ testTimeout: 30_000 });
  beforeAll(async () => {
    dist = await ensureAdminUiBuilt();
    browser = await launchChromium();
  }, 120_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    server = await startFakeServer(dist);
    opened = [];
  });
  afterEach(async () => {
    for (const { page } of opened) await page.context().close();
    await server.close();
    for (const { complaints, requests } of opened) {
      expect(complaints).toEqual([]);
      expect(requests.length).toBeGreaterThan(0);
      expect(requests.filter((url) => !url.startsWith(`${server.origin}/`))).toEqual([]);
    }
  });

  return {
    get server() {
      return server;
    },
    open: async (scenario, base = "") => {
      server.show(scenario);
      const adminPage = await openAdminPage(browser, `${server.origin}${base}/admin/`);
      opened.push(adminPage);
      return adminPage;
    },
  };
}
