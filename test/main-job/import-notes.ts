import { rejectsIn } from "../../server/src/import/source-files.fixture.ts";

type Row = Record<string, string>;

/** What an import has noted of rows that went in: where its totals differ from the file's. */
export class ImportNotes {
  readonly #noted: readonly Row[];

  private constructor(noted: readonly Row[]) {
    this.#noted = noted;
  }

  static async in(rejectsFile: string): Promise<ImportNotes> {
    return new ImportNotes((await rejectsIn(rejectsFile)).filter(({ kind }) => kind === "noted"));
  }

  /** Pieces that were ordered and that the file has lost, one a row, by the row's own words. */
  assumedBy(wordOf: (row: Row) => string): (word: string) => number {
    const lost = this.#noted.filter((row) => row.reason?.includes("the ordered quantity is lost"));
    const of = Map.groupBy(lost, wordOf);
    return (word) => of.get(word)?.length ?? 0;
  }

  /** Pieces of stock that were assumed. */
  get assumedStock(): number {
    const reasons = this.#noted.map(({ reason = "" }) => reason).join("\n");
    const pieces = [...reasons.matchAll(/stock is assumed: [^;\n]* \((\d+) pieces\)/g)];
    return pieces.reduce((sum, [, qty]) => sum + Number(qty), 0);
  }

  /** The category that the catalogue has of a SKU, where the file says another. */
  get keptCategories(): ReadonlyMap<string, string> {
    return new Map(
      this.#noted.flatMap(({ reason = "", SKU = "" }) => {
        const [, kept] = /kept the [^;]*?facts[^:]*: .*?category is "([^"]*)"/.exec(reason) ?? [];
        return kept === undefined ? [] : [[SKU, kept] as const];
      }),
    );
  }
}
