import { type FileHandle, open, rm } from "node:fs/promises";
import { stringify } from "csv-stringify/sync";
import type { SourceRow } from "./source-rows.ts";

/** A CSV file of the rows that were rejected, set aside or noted, as they were, with the reason. */
export class RejectsFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #width: number;
  #rows = 0;
  #writing = Promise.resolve();

  private constructor(path: string, handle: FileHandle, header: readonly string[]) {
    this.path = path;
    this.#handle = handle;
    this.#width = header.length;
  }

  /** Opens the file, in place of what an earlier run has written there. */
  static async create(path: string, header: readonly string[]): Promise<RejectsFile> {
    const file = new RejectsFile(path, await open(path, "w"), header);
    await file.#append([["row", "kind", "reason", ...header]]);
    return file;
  }

  /** Writes one row; rows stand in the order in which they were given. */
  write(row: SourceRow, kind: "rejected" | "noted" | "aside", reason: string): Promise<void> {
    this.#rows += 1;
    const before = this.#writing;
    const line = [String(row.row), kind, reason, ...padded(row.cells, this.#width)];
    this.#writing = before.then(() => this.#append([line]));
    return this.#writing;
  }

  /** Closes the file and answers its path, or takes it away when there was nothing to say. */
  async close(): Promise<string | null> {
    let removable = false;
    try {
      await this.#writing;
      removable = this.#rows === 0 && (await this.#handle.stat()).isFile();
    } finally {
      await this.#handle.close();
    }
    if (removable) await rm(this.path, { force: true });
    return this.#rows > 0 ? this.path : null;
  }

  async #append(lines: string[][]): Promise<void> {
    await this.#handle.appendFile(stringify(lines));
  }
}

function padded(cells: readonly string[], width: number): string[] {
  return [...cells, ...Array<string>(Math.max(0, width - cells.length)).fill("")];
}
