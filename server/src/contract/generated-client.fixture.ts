import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { generateSource } from "oazapfts";
import { onTestFinished } from "vitest";

/** Where the repository is. */
export const root = resolve(import.meta.dirname, "../../..");

/**
 * A client as a partner gets one: a public generator's, of the committed document alone. Answers
 * the folder in which its `client.ts` is; the folder is gone after the test.
 */
export async function generateClient(): Promise<string> {
  const artefacts = join(root, "test/artefacts");
  mkdirSync(artefacts, { recursive: true });
  // Below the repository, where the generator's run-time package is found.
  const folder = mkdtempSync(join(artefacts, "generated-client-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const source = await generateSource(join(root, "docs/reference/openapi.json"));
  writeFileSync(join(folder, "client.ts"), source);
  return folder;
}
