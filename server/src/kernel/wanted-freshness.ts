import { type FreshnessContract, onMissModes } from "./context.ts";
import type { Engine } from "./engine.ts";
import { Fault } from "./faults.ts";
import { type Receipt, readReceipt, receiptsMax } from "./receipt.ts";

/** What a caller says of a query's freshness, whichever way it is said. */
export interface WantedFreshness {
  readonly atLeast?: readonly string[] | undefined;
  readonly maxStaleMs?: number | undefined;
  readonly onMiss?: string | undefined;
  readonly deadlineMs?: number | undefined;
}

const deadlineMsDefault = 1_000;
const deadlineMsMax = 5_000;
const msMax = 86_400_000;

const names = {
  whole: "An option",
  maxStaleMs: "maxStaleMs",
  onMiss: "onMiss",
  deadlineMs: "deadlineMs",
};

/** Reads what is wanted; `called` are the names that the caller knows it by, for faults. */
export function freshnessContract(
  engine: Pick<Engine, "epoch">,
  wanted: WantedFreshness,
  called: Readonly<typeof names> = names,
): FreshnessContract {
  const { atLeast = [], onMiss: mode = "serve" } = wanted;
  const onMiss = onMissModes.find((one) => one === mode);
  if (!onMiss) throw bad(called.whole, called.onMiss, `is none of ${onMissModes.join(", ")}`);
  const deadlineMs = msOf(wanted.deadlineMs, called.whole, called.deadlineMs) ?? deadlineMsDefault;
  return {
    atLeast: readReceipts(atLeast, engine.epoch),
    maxStaleMs: msOf(wanted.maxStaleMs, called.whole, called.maxStaleMs),
    onMiss,
    deadlineMs: Math.min(deadlineMs, deadlineMsMax),
  };
}

function readReceipts(texts: readonly string[], epoch: string): Receipt[] {
  if (texts.length > receiptsMax) {
    throw new Fault("RECEIPT_REFUSED", `A query takes at most ${receiptsMax} receipts.`);
  }
  return texts.map((text) => {
    const receipt = readReceipt(text.trim());
    if (!receipt) throw new Fault("RECEIPT_REFUSED", "This is not a receipt of Selvedge.");
    if (receipt.epoch !== epoch) {
      throw new Fault("RECEIPT_REFUSED", "This receipt is from another database.", {
        hint: "Drop receipts that were kept from before the database was replaced.",
      });
    }
    return receipt;
  });
}

function msOf(ms: number | undefined, whole: string, name: string): number | undefined {
  if (ms === undefined) return undefined;
  if (Number.isInteger(ms) && ms >= 0 && ms <= msMax) return ms;
  throw bad(whole, name, `is not a whole number of milliseconds up to ${msMax}`);
}

function bad(whole: string, path: string, message: string): Fault {
  return new Fault("BAD_INPUT", `${whole} is not valid.`, {
    details: { issues: [{ path, message }] },
  });
}
