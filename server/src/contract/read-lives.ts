import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isLife, type Life } from "../kernel/life.ts";

/** All lives that the modules below the sources' folder declare, in their `*-life.ts` files. */
export async function readLives(sources: string): Promise<Life<string, string>[]> {
  const lives: Life<string, string>[] = [];
  for (const file of globSync("modules/*/*-life.ts", { cwd: sources }).sort()) {
    const exported = await import(pathToFileURL(join(sources, file)).href);
    const declared = Object.values(exported).filter(isLife);
    if (declared.length === 0) throw new Error(`${file}: expected it to export a life.`);
    lives.push(...declared);
  }
  return lives;
}
