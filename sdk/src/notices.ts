// Many clients of one process hear the same; once is enough for its log.
const warned = new Set<string>();
const toldMax = 100;

/** What the server wants its callers to know: each sentence is told once. */
export class Notices {
  readonly #told: Set<string>;
  readonly #tell: (notice: string) => void;

  constructor(tell: ((notice: string) => void) | undefined) {
    this.#told = tell ? new Set() : warned;
    this.#tell = tell ?? ((notice) => console.warn(`Selvedge: ${notice}`));
  }

  /** Hears an answer's header: quoted sentences with commas between them. */
  hear(header: string | null): void {
    for (const [, quoted = ""] of (header ?? "").matchAll(/"((?:[^"\\]|\\.)+)"/g)) {
      const notice = quoted.replace(/\\(.)/g, "$1");
      if (this.#told.has(notice) || this.#told.size >= toldMax) continue;
      this.#told.add(notice);
      try {
        this.#tell(notice);
      } catch {
        // The call went well, whatever becomes of the notice.
      }
    }
  }
}
