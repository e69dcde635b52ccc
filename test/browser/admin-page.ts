import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

/** The admin page in a browser, as a person sees it, and what the browser complains of. */
export interface AdminPage {
  readonly page: Page;
  /**
   * Console errors, warnings and uncaught errors; failed answers of the server are not among them.
   */
  readonly complaints: string[];
  /** Addresses of everything that the page has asked for. */
  readonly requests: string[];
}

/** Opens the page and begins to listen before it loads. */
export async function openAdminPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<AdminPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // The browser's own words for an answer that is not 2xx; the page has no part in them.
    if (message.text().startsWith("Failed to load resource")) return;
    complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints, requests };
}

/** The row of a read model. */
export function rowOf(page: Page, name: string): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });
}

/** The chips that show a status, by the word on them. */
export function chips(page: Page, status: string): Locator {
  return page.getByRole("table").getByRole("button", { name: status, exact: true });
}

/** The texts of a read model's cells by the names of their columns. */
export async function cellsOf(page: Page, name: string): Promise<Record<string, string>> {
  const heads = await page.getByRole("columnheader").allInnerTexts();
  const cells = await rowOf(page, name).locator("th, td").allInnerTexts();
  const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();
  return Object.fromEntries(heads.map((head, index) => [head.trim(), oneLine(cells[index] ?? "")]));
}

/** How far the page can be scrolled sideways, in px. */
export function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - innerWidth");
}

/** Makes the page believe that its tab was hidden or shown. */
export async function setTabHidden(page: Page, isHidden: boolean): Promise<void> {
  const state = isHidden ? "hidden" : "visible";
  await page.evaluate(`
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "${state}" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  `);
}
