import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";

const SYSTEM_CHROMIUMS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];
const PACKAGE = fileURLToPath(new URL(".", import.meta.resolve("@sparticuz/chromium")));
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/selvedge", import.meta.url));

/** Nothing that talks to the network by itself, and nothing that a test does not look at. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  // Chromium reads a language tag that no Intl understands from a machine without a locale.
  "--accept-lang=en-US",
  "--no-first-run",
  "--font-render-hinting=none",
];

/** The package's own fonts.conf names places of the machine that it was made for. */
const FONTS_BESIDE = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">selvedge-fonts</cachedir>
</fontconfig>
`;

/** Starts a headless Chromium: the one of the system, or else the one that npm installed. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    args: isRoot ? [...QUIET, "--no-sandbox"] : QUIET,
  });
}

interface Found {
  readonly executablePath: string;
  readonly env: Record<string, string>;
}

async function findChromium(): Promise<Found> {
  const given = process.env.CHROMIUM_PATH;
  if (given && !existsSync(given)) throw new Error(`CHROMIUM_PATH names no file: ${given}`);
  const executablePath = given || SYSTEM_CHROMIUMS.find((path) => existsSync(path));
  if (executablePath) return { executablePath, env: {} };
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("No Chromium found. Set CHROMIUM_PATH to one; npm's runs on Linux x64 only.");
  }
  const folder = await unpackChromium();
  return { executablePath: join(folder, "chromium"), env: fontsOf(folder) };
}

/**
 * Unpacks npm's Chromium once and gives its folder. The package itself unpacks to a fixed place
 * and takes a half-written file for a whole one, so two test processes must not do it at once:
 * each unpacks to a folder of its own, and the first to finish gives it the final name.
 */
async function unpackChromium(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(PACKAGE, "../package.json"), "utf8"));
  const folder = join(CACHE, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const partial = await mkdtemp(join(CACHE, "unpacking-"));
  const unpack = `import chromium from "@sparticuz/chromium"; await chromium.executablePath();`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", unpack], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    env: { ...process.env, TMPDIR: partial },
  });
  await writeFile(join(partial, "fonts/fonts.conf"), FONTS_BESIDE);
  await rename(partial, folder).catch(async (cause) => {
    await rm(partial, { recursive: true });
    if (!existsSync(folder)) throw cause;
  });
  return folder;
}

/** A machine without fonts shows no text at all, and the package brings some. */
function fontsOf(folder: string): Record<string, string> {
  return existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: join(folder, "fonts") };
}
