import type { CauseCount, ImportProgress, ImportReport, RowsAndUnits } from "./import-report.ts";
import type {
  PlannedAside,
  PlannedOrder,
  PlannedRejection,
  PlannedSending,
  RowNote,
} from "./plan.ts";
import type { RejectsFile } from "./rejects-file.ts";
import type { SourceRow } from "./source-rows.ts";

/** So that a file of nothing but different wrong values cannot fill the memory. */
const causesMax = 1_000;

/** Keeps the books of an import: each row is entered once, as accepted, rejected or set aside. */
export class ImportLedger {
  readonly #report: ImportReport;
  readonly #rejects: RejectsFile;
  readonly #causes = new Map<string, CauseCount>();
  readonly #onProgress: ((progress: ImportProgress) => void) | undefined;
  readonly #open = new Set<number>();

  constructor(
    report: ImportReport,
    rejects: RejectsFile,
    onProgress?: (progress: ImportProgress) => void,
  ) {
    this.#report = report;
    this.#rejects = rejects;
    this.#onProgress = onProgress;
  }

  /** Work is begun; its rows are open until they are entered. */
  begin(rows: readonly SourceRow[]): void {
    for (const { row } of rows) this.#open.add(row);
  }

  /** The first row that was begun and is not entered yet, or null. */
  get firstOpenRow(): number | null {
    return this.#open.size > 0 ? Math.min(...this.#open) : null;
  }

  /** Enters rows of which nothing was taken. */
  async reject(rejections: readonly Omit<PlannedRejection, "kind">[]): Promise<void> {
    for (const { row, cause, reason, units } of rejections) {
      this.#report.rows.rejected += 1;
      this.#report.units.rejected += units;
      this.#count("rejected", cause, units);
      await this.#rejects.write(row, "rejected", reason);
      this.#open.delete(row.row);
    }
    this.#progress();
  }

  /** Enters a row that is understood and changes nothing. */
  async setAside({ row, cause, reason, units }: PlannedAside): Promise<void> {
    enter(this.#report.aside, units);
    this.#count("aside", cause, units);
    await this.#rejects.write(row, "aside", reason);
    this.#open.delete(row.row);
    this.#progress();
  }

  /** Enters rows whose commands are all in, with what there is to note about them. */
  async accept(work: PlannedSending, notes: readonly RowNote[]): Promise<void> {
    const { corrections, reductions } = this.#report;
    this.#report.rows.accepted += work.rows.length;
    this.#report.units.accepted += work.units;
    if (work.kind === "stock") this.#report.batches += work.batch ? 1 : 0;
    else if (work.kind === "order") this.#acceptOrder(work);
    else if (work.kind === "reduction") enter(reductions, work.units);
    else enter(corrections[work.units < 0 ? "writtenOff" : "found"], work.units);

    for (const [row, reasons] of byRow(notes)) {
      this.#report.rows.noted += 1;
      await this.#rejects.write(row, "noted", reasons.join("; "));
    }
    for (const note of notes) this.#count("noted", note.cause, 0);
    for (const { row } of work.rows) this.#open.delete(row);
    this.#progress();
  }

  /** The reasons met so far, the most frequent first. */
  causes(): CauseCount[] {
    return [...this.#causes.values()].sort((one, other) => other.rows - one.rows);
  }

  #acceptOrder(work: PlannedOrder): void {
    const { orders, units, outcomes } = this.#report;
    orders.placed += 1;
    orders.lines += work.rows.length;
    orders.cancelled += work.cancellation ? 1 : 0;
    units.assumed += work.assumedUnits;
    for (const { outcome, ...line } of work.outcomes) {
      outcomes[outcome].lines += 1;
      outcomes[outcome].units += line.units;
      outcomes[outcome].assumed += line.assumedUnits;
    }
    for (const one of new Set(work.outcomes.map(({ outcome }) => outcome)))
      outcomes[one].orders += 1;
  }

  #count(kind: CauseCount["kind"], cause: string, units: number): void {
    const key = `${kind} ${cause}`;
    const shown = this.#causes.has(key) || this.#causes.size < causesMax ? cause : "other reasons";
    const count = this.#causes.get(`${kind} ${shown}`) ?? { kind, cause: shown, rows: 0, units: 0 };
    count.rows += 1;
    count.units += units;
    this.#causes.set(`${kind} ${shown}`, count);
  }

  #progress(): void {
    const { inFile, accepted, rejected, noted } = this.#report.rows;
    const rowsDone = accepted + rejected + this.#report.aside.rows;
    this.#onProgress?.({ rowsInFile: inFile, rowsDone, rejected, noted });
  }
}

function enter(books: RowsAndUnits, units: number): void {
  books.rows += 1;
  books.units += units;
}

function byRow(notes: readonly RowNote[]): Map<SourceRow, string[]> {
  const rows = new Map<SourceRow, string[]>();
  for (const note of notes) rows.set(note.row, [...(rows.get(note.row) ?? []), note.reason]);
  return rows;
}
