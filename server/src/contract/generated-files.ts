import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Generated files of a folder: brought up to date, or only compared. */
export class GeneratedFiles {
  /** The files that differed, relative to the folder. */
  readonly stale: string[] = [];
  readonly #root: string;
  readonly #check: boolean;

  constructor(root: string, check: boolean) {
    this.#root = root;
    this.#check = check;
  }

  /** Has a file say this; where only a check is asked for it is left as it is. */
  settle(file: string, text: string): void {
    const path = join(this.#root, file);
    if (existsSync(path) && readFileSync(path, "utf8") === text) return;
    this.stale.push(file);
    if (this.#check) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
