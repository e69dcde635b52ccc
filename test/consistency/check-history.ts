import { Causality } from "./causality.ts";
import type { History, Read, Rule, Violation, Write } from "./history.ts";

// More of them say no more, and a history that is broken at its root breaks everywhere.
const violationsMax = 20;
// Lag is rounded to a tenth of a millisecond.
const roundingMs = 0.1;

/**
 * Checks a history against what is promised of every answer, and tells what was broken; nothing of
 * it depends on how the history came about. A history may end while writes are under way.
 */
export function checkHistory(history: History): Violation[] {
  const facts = new Facts(history);
  const found = [
    ...history.reads.flatMap((read) => checkRead(read, facts)),
    ...checkOrder(history.reads),
    ...checkRests(history),
  ];
  return found.slice(0, violationsMax);
}

class Facts {
  readonly causality: Causality;
  readonly byNumber: ReadonlyMap<number, Write>;
  /** Committed writes of a register, the newest first. */
  readonly #ofRegister = new Map<string, Write[]>();

  constructor({ writes, reads }: History) {
    this.byNumber = new Map(writes.map((write) => [write.n, write]));
    // Of a write that nobody knows the end of, being seen is proof.
    const seen = new Set(reads.flatMap(({ shown }) => Object.values(shown)));
    const committed = writes.filter(({ outcome, n }) => {
      return outcome === "committed" || (outcome === "open" && seen.has(n));
    });
    this.causality = new Causality(committed);
    for (const write of [...committed].sort((a, b) => b.n - a.n)) {
      for (const register of write.registers) {
        const writes = this.#ofRegister.get(register);
        if (writes) writes.push(write);
        else this.#ofRegister.set(register, [write]);
      }
    }
  }

  /** Committed writes that an answer does not show in a register that it does show. */
  missingIn({ shown }: Read): Write[] {
    return Object.entries(shown).flatMap(([register, n]) => {
      const writes = this.#ofRegister.get(register) ?? [];
      const known = writes.findIndex((write) => write.n <= n);
      return known === -1 ? writes : writes.slice(0, known);
    });
  }
}

function checkRead(read: Read, facts: Facts): Violation[] {
  if (read.failure !== undefined) {
    // Who waits may be told that it took too long, who wants an error gets it.
    const mayMiss = read.onMiss === "wait" || read.onMiss === "error";
    if (read.failure === "NOT_FRESH" && mayMiss) return [];
    return [broken("read-answers", read, `failed with ${read.failure}`)];
  }
  return [
    ...checkValues(read, facts),
    ...checkInstant(read, facts),
    ...checkReceipts(read, facts),
    ...checkFreshness(read, facts),
  ];
}

/** Whatever is shown, somebody wrote it there and did not take it back. */
function checkValues(read: Read, { byNumber }: Facts): Violation[] {
  return Object.entries(read.shown).flatMap(([register, n]) => {
    if (n === 0) return [];
    const write = byNumber.get(n);
    const isWritten = write?.registers.includes(register) && write.begunAt < read.answeredAt;
    if (isWritten && write?.outcome !== "rolledBack") return [];
    return [broken("value-was-written", read, `shows ${n} in ${register}: ${outcomeOf(write)}`)];
  });
}

function outcomeOf(write: Write | undefined): string {
  return write === undefined ? "no such write" : `that write was ${write.outcome}`;
}

/** An answer that shows a write shows all of it, and all that was there before it. */
function checkInstant(read: Read, { causality }: Facts): Violation[] {
  const numbers = new Set(Object.values(read.shown));
  return [...numbers].flatMap((n) =>
    lacking(read, causality.ofInstant(n)).map(({ register, least }) =>
      broken("one-instant", read, `shows write ${n} but not ${least} in ${register}`),
    ),
  );
}

/** An answer that says it includes receipts does include them, and one that waited says so. */
function checkReceipts(read: Read, { causality, byNumber }: Facts): Violation[] {
  const { receipts, freshness } = read;
  if (receipts.length === 0 || !freshness) return [];
  const { includesReceipt, pending } = freshness;
  if (includesReceipt === true) {
    return receipts.flatMap((n) =>
      lacking(read, causality.ofReceipt(n)).map(({ register, least }) =>
        broken("receipt-honoured", read, `includes ${n}, it says, but not ${least} in ${register}`),
      ),
    );
  }
  if (read.onMiss !== "serve") {
    const says = `says ${includesReceipt} of its receipts, with onMiss ${read.onMiss}`;
    return [broken("receipt-honoured", read, says)];
  }
  const allAcked = receipts.every((n) => (byNumber.get(n)?.ackedAt ?? Infinity) < read.sentAt);
  if (pending > 0 || !allAcked) return [];
  return [broken("receipt-honoured", read, "misses a receipt, it says, though nothing is pending")];
}

/** The registers that show less than they must. */
function lacking({ shown }: Read, leastOf: (register: string) => number) {
  return Object.entries(shown).flatMap(([register, n]) => {
    const least = leastOf(register);
    return n < least ? [{ register, least }] : [];
  });
}

/** Lag, pending and asOf may make an answer older than it is, never younger. */
function checkFreshness(read: Read, facts: Facts): Violation[] {
  const { freshness } = read;
  if (!freshness) return [];
  const { lagMs, asOfMs, pending } = freshness;
  return facts.missingIn(read).flatMap(({ n, ackedAt = Infinity, committedByMs = Infinity }) => {
    const found: Violation[] = [];
    const ageMs = read.clockMs - committedByMs;
    if (ackedAt < read.sentAt && pending === 0) {
      found.push(broken("lag-not-flattered", read, `lacks write ${n}, with nothing pending`));
    }
    if (ackedAt < read.sentAt && lagMs !== null && lagMs + roundingMs < ageMs) {
      const says = `lacks write ${n}, ${ageMs.toFixed(1)} ms old, and says ${lagMs} ms`;
      found.push(broken("lag-not-flattered", read, says));
    }
    if (asOfMs !== null && committedByMs <= asOfMs) {
      found.push(broken("as-of-not-flattered", read, `lacks write ${n} of before its asOf`));
    }
    return found;
  });
}

/**
 * What a read model was seen to show before a query was sent, every later answer shows. Rows that
 * were computed for one answer are ahead of the read model, so others may come behind them.
 */
function checkOrder(reads: readonly Read[]): Violation[] {
  const answers = reads.filter(({ failure }) => failure === undefined);
  const byAnswer = answers
    .filter(({ freshness }) => freshness === undefined || freshness.servedFrom === "readModel")
    .sort((a, b) => a.answeredAt - b.answeredAt);
  const newest = new Map<string, { n: number; read: Read }>();
  let next = 0;
  return [...answers]
    .sort((a, b) => a.sentAt - b.sentAt)
    .flatMap((read) => {
      for (; (byAnswer[next]?.answeredAt ?? Infinity) < read.sentAt; next++) {
        const earlier = byAnswer[next];
        for (const [register, n] of Object.entries(earlier?.shown ?? {})) {
          if (earlier && n > (newest.get(register)?.n ?? 0))
            newest.set(register, { n, read: earlier });
        }
      }
      return Object.entries(read.shown).flatMap(([register, n]) => {
        const before = newest.get(register);
        if (!before || n >= before.n) return [];
        const whom = before.read.session === read.session ? "it" : before.read.session;
        const says = `shows ${n} in ${register}, where ${whom} had seen ${before.n}`;
        return [broken("never-back", read, says)];
      });
    });
}

function checkRests({ rests }: History): Violation[] {
  return rests.flatMap(({ settledMs, differences }, i): Violation[] => {
    const rest = `rest ${i + 1}`;
    if (settledMs === null) {
      return [{ rule: "comes-to-rest", message: `${rest}: something stays pending` }];
    }
    const different = Object.entries(differences).filter(([, rows]) => rows !== 0);
    return different.map(([name, rows]) => {
      const message = `${rest}: ${name} and its defining query differ in ${rows} rows`;
      return { rule: "equals-definition", message };
    });
  });
}

function broken(rule: Rule, { session, sentAt }: Read, says: string): Violation {
  return { rule, message: `the answer to ${session} at ${sentAt} ${says}` };
}
