import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));
// The workspaces' own sources, as the condition "selvedge-source" gives them to Node.
const resolve = {
  alias: {
    // A name stands for all that begins with it, so the longer ones come first.
    "@selvedge/sdk/offline/file": `${root}sdk/src/offline-file/index.ts`,
    "@selvedge/sdk/offline": `${root}sdk/src/offline/index.ts`,
    "@selvedge/sdk/testing": `${root}sdk/src/test-kit/index.ts`,
    "@selvedge/sdk/webhooks": `${root}sdk/src/webhooks/index.ts`,
    "@selvedge/sdk": `${root}sdk/src/index.ts`,
    "@selvedge/server": `${root}server/src/index.ts`,
    "@selvedge/migrations": `${root}migrations/index.ts`,
  },
};
const everywhere = ["server/src", "sdk/src", "admin-ui/src", "migrations", "test", "bench"];
const files = (suffix: string) => everywhere.map((folder) => `${folder}/**/*.${suffix}`);
// What comes later comes when it can: who waits a second for it fails on a busy machine.
const expect = { poll: { timeout: 15_000 } };
const exclude = ["**/node_modules/**", "**/dist/**"];

/*
 * Three kinds of test, told apart by their suffix: `.spec.ts` runs in memory, `.pg.spec.ts` over a
 * real PostgreSQL, `.e2e.spec.ts` with real processes and a real browser.
 */
export default defineConfig({
  root,
  resolve,
  test: {
    reporters: ["default"],
    projects: [
      {
        root,
        resolve,
        test: {
          name: "memory",
          sequence: { groupOrder: 1 },
          include: files("spec.ts"),
          exclude: [...exclude, "**/*.pg.spec.ts", "**/*.e2e.spec.ts"],
          isolate: false,
          testTimeout: 20_000,
          expect,
        },
      },
      {
        root,
        resolve,
        test: {
          name: "postgres",
          sequence: { groupOrder: 2 },
          include: files("pg.spec.ts"),
          exclude,
          globalSetup: ["test/harness/cluster.ts"],
          testTimeout: 30_000,
          expect,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        root,
        resolve,
        test: {
          name: "processes",
          sequence: { groupOrder: 3 },
          include: files("e2e.spec.ts"),
          exclude,
          testTimeout: 120_000,
          expect,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
