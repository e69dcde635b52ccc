import type { Defect, Disposition, GradeRule, ReservedFor } from "./garment-facts.ts";
import type { GarmentStatus } from "./garment-life.ts";
import { garmentsRefusals } from "./refusals.ts";

/** What the guards look at. */
interface Guarded {
  readonly lpn: string;
  readonly owner: "own" | "consignor";
  readonly status: GarmentStatus;
  readonly grade?: string | null | undefined;
  readonly disposition?: Disposition | null | undefined;
  readonly bin?: string | null | undefined;
  readonly reservedFor: ReservedFor | null;
}

/** Whether a garment was promised until a time that is over. */
export function hasExpired(
  of: { readonly status: GarmentStatus; readonly reservedUntil?: Date | null | undefined },
  now: Date,
): boolean {
  return of.status === "reserved" && of.reservedUntil != null && of.reservedUntil <= now;
}

/** Where the garment is in its life does not allow something; these statuses would. */
export function statusForbids({ lpn, status }: Guarded, needs: readonly string[]) {
  return garmentsRefusals.because("garment-status-forbids", { lpn, status, needs });
}

/** Refuses unless the garment is at one of these points of its life. */
export function requireStatus(garment: Guarded, needs: readonly GarmentStatus[]): void {
  if (!needs.includes(garment.status)) throw statusForbids(garment, needs);
}

/** Refuses defects that its grade rules out: new is not worn. */
export function requireFit(grade: GradeRule, defects: readonly Defect[]): void {
  const worn = defects.filter(({ kind }) => kind !== "production");
  if (!grade.forbidsWear || worn.length === 0) return;
  const details = { grade: grade.code, defects: worn.map(({ kind }) => kind) };
  throw garmentsRefusals.because("grade-forbids-defects", details);
}

/** Refuses unless the garment is in this bin. */
export function requireIn({ lpn, bin: isIn = null }: Guarded, bin: string): void {
  if (isIn === bin) return;
  throw garmentsRefusals.because("garment-elsewhere", { lpn, bin, isIn });
}

/** Refuses unless this order line has the garment. */
export function requireReservedFor(
  { lpn, reservedFor }: Guarded,
  { orderId, line }: ReservedFor,
): void {
  if (reservedFor?.orderId === orderId && reservedFor.line === line) return;
  throw garmentsRefusals.because("wrong-piece", { lpn, orderId, line });
}

/** Refuses unless the garment is there to be sold, to anybody. */
export function requireFree(garment: Guarded): void {
  const { lpn, reservedFor } = garment;
  if (reservedFor) throw garmentsRefusals.because("reserved-for-another", { lpn, ...reservedFor });
  requireStatus(garment, ["stored"]);
  requireForSale(garment);
}

/** Refuses unless it is decided that the garment is sold. */
export function requireForSale({ lpn, disposition }: Guarded): void {
  if (disposition !== "sell") throw garmentsRefusals.because("not-for-sale", { lpn });
}

/** Refuses a decision that the garment's owner or grade rules out. */
export function requireFitFor(
  disposition: Disposition,
  { lpn, owner, grade = null }: Guarded,
  grades: readonly GradeRule[],
): void {
  if (disposition === "returnToOwner" && owner !== "consignor") {
    throw garmentsRefusals.because("not-consigned", { lpn });
  }
  const isSellable = grades.some(({ code, sellable }) => code === grade && sellable);
  if (disposition === "sell" && !isSellable) {
    throw garmentsRefusals.because("grade-not-sellable", { lpn, grade });
  }
}
