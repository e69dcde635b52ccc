import { Selvedge as Client, isSelvedgeError } from "@selvedge/sdk";
import express, { type Request } from "express";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { ownCluster } from "../harness/own-cluster.ts";
import { startSelvedge, type TestSelvedge } from "../harness/selvedge.ts";
import { expectFit } from "./acting.ts";
import { type AdminPage, openAdminPage } from "./admin-page.ts";
import { launchChromium } from "./chromium.ts";
import { ensureAdminUiBuilt } from "./ensure-admin-ui-built.ts";

/* Who may do what, as a host says it; by keyboard alone, below two paths, on two screens. */

const soon = { timeout: 20_000 };
vi.setConfig({ testTimeout: 90_000 });

const roles = {
  viewer: ["operations:read"],
  operator: ["operations:read", "operations:write", "journal:read"],
  admin: ["operations:*", "journal:read"],
} as const;
type Role = keyof typeof roles;

let it: TestSelvedge;
let browser: Browser;
let opened: AdminPage | undefined;
beforeAll(async () => {
  await ensureAdminUiBuilt();
  const authenticate = ({ headers }: Request) => {
    const role = headers.authorization?.replace("Bearer ", "") as Role | undefined;
    if (!role || !Object.hasOwn(roles, role)) return undefined;
    return { tenant: "default", partner: "erp", actor: role, scopes: roles[role] };
  };
  it = await startSelvedge({ authenticate }, await ownCluster(), (handler) =>
    express().use("/a/b", handler).use("/", handler),
  );
  browser = await launchChromium();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await it?.stop();
  await it?.database.drop();
});
afterEach(async () => {
  await opened?.page.context().close();
  const { complaints = [] } = opened ?? {};
  opened = undefined;
  expect(complaints).toEqual([]);
});

/** Opens a place as somebody of a role, who gives a key in its form, by keyboard. */
async function openAs(role: Role, place: string, width = 1440): Promise<Page> {
  const viewport = { width, height: 900 };
  opened = await openAdminPage(browser, `${it.baseUrl}${place}`, { viewport });
  const { page } = opened;
  await page.getByText("The server does not know who you are").waitFor();
  await tabTo(page, "API key");
  await page.keyboard.type(role);
  await page.keyboard.press("Enter");
  await page.getByText(role, { exact: true }).waitFor();
  return page;
}

/** Goes to what has this name by the Tab key alone. */
async function tabTo(page: Page, name: string): Promise<void> {
  const focused = `(() => {
    const { activeElement: { labels, innerText, ariaLabel } } = document;
    return (labels?.[0]?.innerText ?? ariaLabel ?? innerText ?? "").trim();
  })()`;
  for (let steps = 0; steps < 150; steps++) {
    if ((await page.evaluate(focused)) === name) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`The Tab key does not lead to ${name}.`);
}

const all = ["Refresh now", "Pause", "Verify", "Rebuild"];

test.each([
  ["viewer", "", [], ["Overview", "Trace", "Log"]],
  ["viewer", "/a/b", [], ["Overview", "Trace", "Log"]],
  ["operator", "/a/b", ["Refresh now", "Pause", "Verify"], ["Commands", "Passport"]],
  ["admin", "", all, ["Commands", "Passport"]],
] as const)("a %s under '%s/' is offered what is theirs", async (role, base, offered, places) => {
  const page = await openAs(role, `${base}/admin/#/read-models/orderBoard`);
  await page.getByText("Nothing: a refresher is heard").waitFor();
  const menu = page.getByRole("navigation", { name: "Pages" });
  for (const place of places) await menu.getByRole("link", { name: place }).waitFor();
  expect(await menu.getByRole("link", { name: "Passport" }).count()).toBe(
    role === "viewer" ? 0 : 1,
  );
  const head = page.getByRole("region", { name: "Read model", exact: true });
  const buttons = await head.locator(".action > button").allInnerTexts();
  expect(buttons.filter((label) => all.includes(label))).toEqual(offered);
  await expectFit(page, `roles/${role}`);
});

test.each([
  ["viewer", ["pause", "rebuild"]],
  ["operator", ["rebuild"]],
  ["admin", []],
] as const)("what a %s is not offered the server refuses", async (role, refused) => {
  const { operations } = new Client({ baseUrl: `${it.baseUrl}/a/b`, apiKey: role });
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => "done",
      (error: unknown) => isSelvedgeError(error) && error.code,
    );
  const reason = "a test of roles";
  const answers = {
    pause: await codeOf(operations.pause({ group: "settings", reason })),
    rebuild: await codeOf(operations.rebuild({ readModel: "gradingBoard", reason })),
  };
  for (const [what, answer] of Object.entries(answers)) {
    const isRefused = (refused as readonly string[]).includes(what);
    expect([what, answer]).toEqual([what, isRefused ? "FORBIDDEN" : "done"]);
  }
  expect(await operations.access()).toMatchObject({ actor: role, scopes: roles[role] });
});

test("an operator finds, pauses and resumes a read model by keyboard alone", async () => {
  const page = await openAs("operator", "/a/b/admin/", 360);
  await page
    .getByText(/read models/)
    .first()
    .waitFor();
  await tabTo(page, "Find read models");
  await page.keyboard.type("sellableAvailab");
  await tabTo(page, "sellableAvailability");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing: a refresher is heard").waitFor();

  await tabTo(page, "Pause");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByLabel("Reason").waitFor();
  await tabTo(page, "Reason, for the log");
  await page.keyboard.type("by keyboard");
  await tabTo(page, "Pause");
  await page.keyboard.press("Enter");
  await page.getByText("operator has paused its group.").waitFor();
  await page.getByRole("button", { name: "Resume" }).first().waitFor();
  await tabTo(page, "Resume");
  await page.keyboard.press("Enter");
  await tabTo(page, "Reason, for the log");
  await page.keyboard.type("by keyboard too");
  await tabTo(page, "Resume");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing: a refresher is heard").waitFor();

  await tabTo(page, "Log");
  await page.keyboard.press("Enter");
  const log = page.getByRole("table", { name: "Operations" });
  await expect.poll(() => log.innerText(), soon).toContain("by keyboard too");
});
