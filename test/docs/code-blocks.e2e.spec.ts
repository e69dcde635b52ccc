import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { blocksOf, pages, pathOf, root } from "./doc-pages.ts";

const folder = join(root, "test/artefacts/code-blocks");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/*
 * A block may begin with the path of the file it stands for; its relative imports then start from
 * there. TypeScript is told that the folder of blocks lies over the repository.
 */
test("every block of TypeScript in the docs compiles", async () => {
  const blocks = pages()
    .flatMap(blocksOf)
    .filter(({ language }) => language === "ts");
  expect(blocks.length).toBeGreaterThanOrEqual(7);
  rmSync(folder, { recursive: true, force: true });
  for (const block of blocks) {
    const { page, line } = block;
    const file = join(folder, pathOf(block) ?? `${page.replaceAll(/[/.]/g, "-")}-${line}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, block.code);
  }
  const config = {
    extends: "../../../tsconfig.json",
    compilerOptions: { rootDirs: ["../../..", "."], noUnusedLocals: false },
    include: ["**/*.ts"],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", folder, "--pretty", "false"],
    { cwd: root },
  ).catch((error: { stdout: string }) => error);
  expect(stdout).toBe("");
});
