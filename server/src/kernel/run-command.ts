import { setTimeout } from "node:timers/promises";
import { OptimisticLockError } from "@mikro-orm/postgresql";
import { type CommandKey, commitWithLog, findAnswer } from "./command-log.ts";
import { VersionConflict } from "./command-session.ts";
import type { Engine } from "./engine.ts";
import { Fault } from "./faults.ts";
import { type Receipt, writeReceipt } from "./receipt.ts";
import { Refusal } from "./refusals.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** A command's answer: its data, where it committed, and whether it had been applied before. */
export interface CommandAnswer {
  readonly data: unknown;
  readonly receipt: string;
  readonly repeated: boolean;
}

// A conflict is settled by running again on the new state; more than this means a hot spot.
const runsMax = 6;
const pauseMsMax = 20;

// unique_violation, exclusion_violation
const takenCodes = new Set(["23505", "23P01"]);
// integrity_constraint_violation and all of its kind
const constraintCode = /^23...$/;
// serialization_failure, deadlock_detected
const rerunCodes = new Set(["40001", "40P01"]);
// Class 08, admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections, and sockets.
const unavailableCodes =
  /^(08...|57P0[1-3]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;
// query_canceled, lock_not_available
const timeoutCodes = new Set(["57014", "55P03"]);

/**
 * Runs a command in a unit of work: the slice's changes, the journal and the command log commit
 * together or not at all. `work` may run several times, each time on a fresh unit of work.
 */
export async function runCommand(
  engine: Engine,
  key: CommandKey,
  work: (uow: UnitOfWork) => Promise<unknown>,
): Promise<CommandAnswer> {
  for (let run = 1; ; run += 1) {
    const uow = new UnitOfWork(engine.em, engine.sessions, key.identity);
    try {
      const data = await work(uow);
      await uow.flush();
      const xid = await commitWithLog(uow, engine.schemas, key, data);
      engine.signals.stale();
      return answer(engine, { data, xid }, false);
    } catch (error) {
      await uow.rollback();
      const verdict = judge(engine, error);
      if (verdict.mayBeRepeat) {
        const stored = await findAnswer(engine.sessions, engine.schemas, key);
        if (stored) return answer(engine, stored, true);
      }
      if (!verdict.rerun) throw verdict.error;
      if (run === runsMax) {
        throw new Fault("CONFLICT", "Others changed the same thing at the same time, repeatedly.", {
          hint: "Send the command again, with the same id.",
          cause: error,
        });
      }
      await setTimeout(Math.random() * pauseMsMax * run);
    }
  }
}

function answer(
  engine: Engine,
  { data, xid }: { data: unknown; xid: string },
  repeated: boolean,
): CommandAnswer {
  const receipt: Receipt = { epoch: engine.epoch, xid };
  return { data, receipt: writeReceipt(receipt), repeated };
}

interface Verdict {
  readonly error: unknown;
  /** Running again on the new state can settle it. */
  readonly rerun: boolean;
  /** It may have failed because the very same command was applied before. */
  readonly mayBeRepeat: boolean;
}

function judge(engine: Engine, error: unknown): Verdict {
  if (error instanceof Refusal) return { error, rerun: false, mayBeRepeat: true };
  if (error instanceof OptimisticLockError || error instanceof VersionConflict)
    return { error, rerun: true, mayBeRepeat: true };
  const { code = "", constraint } = postgresFacts(error);
  if (constraintCode.test(code)) {
    const refusal = constraint ? engine.refusalOf(constraint) : undefined;
    // What is taken may be so since the slice looked; any other constraint that is violated without
    // being declared is a bug. Either may be the command's own doing, applied once already.
    const rerun = !refusal && takenCodes.has(code);
    return { error: refusal ?? error, rerun, mayBeRepeat: true };
  }
  if (rerunCodes.has(code)) return { error, rerun: true, mayBeRepeat: false };
  return { error: asFault(error), rerun: false, mayBeRepeat: false };
}

/** Whether another transaction, or what a replica had to replay, stood in the way. */
export function isInTheWay(error: unknown): boolean {
  return rerunCodes.has(postgresFacts(error).code ?? "");
}

/** Names a database that is away or too slow; anything else stays what it is. */
export function asFault(error: unknown): unknown {
  const { code = "", message } = postgresFacts(error);
  if (unavailableCodes.test(code) || /^(Connection terminated|timeout exceeded)/.test(message)) {
    return new Fault("UNAVAILABLE", "The database cannot be reached just now.", { cause: error });
  }
  if (timeoutCodes.has(code) || message === "Query read timeout") {
    return new Fault("TIMEOUT", "The database took too long.", { cause: error });
  }
  return error;
}

function postgresFacts(error: unknown): { code?: string; constraint?: string; message: string } {
  const { code, constraint, message } = (error ?? {}) as Record<string, unknown>;
  return {
    ...(typeof code === "string" && { code }),
    ...(typeof constraint === "string" && { constraint }),
    message: typeof message === "string" ? message : "",
  };
}
