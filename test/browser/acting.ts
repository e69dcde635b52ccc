import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { sidewaysOverflow } from "./admin-page.ts";
import { seriousFindings } from "./axe.ts";

/** A part of a page by its title. */
export function part(page: Page, name: string): Locator {
  return page.getByRole("region", { name, exact: true });
}

/** Presses a button, gives a reason, and says yes. */
export async function doIt(
  within: Page | Locator,
  label: string,
  reason: string,
): Promise<Locator> {
  await within.getByRole("button", { name: label, exact: true }).first().click();
  const dialog = within.getByRole("dialog", { name: label });
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: label, exact: true }).click();
  return dialog;
}

/**
 * Expects a page to fit a wide and a narrow screen, light and dark, without a serious finding of
 * axe; leaves pictures of all four below `test/artefacts`, by the name.
 */
export async function expectFit(page: Page, name: string): Promise<void> {
  const artefacts = fileURLToPath(new URL("../artefacts", import.meta.url));
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const path = join(artefacts, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
      expect(await seriousFindings(page)).toEqual([]);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}
