import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ADMIN_UI = join(ROOT, "admin-ui");
const CACHE = join(ROOT, "node_modules/.cache/selvedge");
/** Everything that the built page is made of. */
const SOURCES = [
  "admin-ui/src",
  "admin-ui/index.html",
  "admin-ui/vite.config.ts",
  "admin-ui/package.json",
  "sdk/src",
];

/** Builds the admin page if it was never built or its sources are newer; gives its folder. */
export async function ensureAdminUiBuilt(): Promise<string> {
  const dist = join(ADMIN_UI, "dist");
  if (!(await isBuilt(dist))) await buildInto(dist);
  return dist;
}

async function isBuilt(dist: string): Promise<boolean> {
  const page = join(dist, "index.html");
  if (!existsSync(page)) return false;
  const changes = await Promise.all(SOURCES.map((path) => changedAt(join(ROOT, path))));
  return (await stat(page)).mtimeMs > Math.max(...changes);
}

/** Builds beside and swaps, so that nobody finds half a page. */
async function buildInto(dist: string): Promise<void> {
  const { build } = await import("vite");
  const outDir = join(CACHE, `admin-ui-${randomUUID()}`);
  const nodeEnv = process.env.NODE_ENV;
  // A test runner sets it to "test", and React would then be built for development.
  process.env.NODE_ENV = "production";
  try {
    await build({ root: ADMIN_UI, logLevel: "warn", build: { outDir, emptyOutDir: true } });
  } finally {
    if (nodeEnv === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = nodeEnv;
  }
  // Another test process may have been faster, and its page may be in use already.
  if (await isBuilt(dist)) {
    await rm(outDir, { recursive: true });
    return;
  }
  await rm(dist, { recursive: true, force: true });
  await rename(outDir, dist);
}

async function changedAt(path: string): Promise<number> {
  const info = await stat(path);
  if (!info.isDirectory()) return info.mtimeMs;
  const names = await readdir(path);
  const inside = await Promise.all(names.map((name) => changedAt(join(path, name))));
  return Math.max(info.mtimeMs, ...inside);
}
