import { setTimeout } from "node:timers/promises";
import { OptimisticLockError } from "@mikro-orm/postgresql";
import { readDecision } from "./based-on.ts";
import { changedInBetween, findBetween } from "./changed-in-between.ts";
import { type CommandKey, commitWithLog, findAnswer } from "./command-log.ts";
import type { Passed } from "./command-trail.ts";
import type { Engine } from "./engine.ts";
import { Fault } from "./faults.ts";
import { type Receipt, writeReceipt } from "./receipt.ts";
import { Refusal } from "./refusals.ts";
import { refuseIfStale } from "./stale-decision.ts";
import { UnitOfWork } from "./unit-of-work.ts";
import { VersionConflict } from "./version-conflict.ts";

/** A command that is to be run. */
export interface CommandToRun {
  readonly key: CommandKey;
  /** Commands that may come in between: then it is run again. */
  readonly commutes: readonly string[];
  /** What it was decided on, as the caller sent it; no part of what it asks. */
  readonly basedOn?: string | undefined;
}

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
 * together or not at all. `work` may run several times, each time on a fresh unit of work: after
 * what is nobody's fault, and after commands that this one commutes with.
 */
export async function runCommand(
  engine: Engine,
  command: CommandToRun,
  work: (uow: UnitOfWork) => Promise<unknown>,
): Promise<CommandAnswer> {
  const { sessions, schemas } = engine;
  const { key } = command;
  for (let run = 1; ; run += 1) {
    const uow = new UnitOfWork(engine.em, sessions, key.identity);
    try {
      const decision = decisionOf(engine, command);
      const data = await work(uow);
      if (decision) await refuseIfStale(uow, schemas, decision);
      await uow.flush();
      const written = await uow.written();
      const xid = await commitWithLog(uow, schemas, key, data);
      if (written) engine.signals.written(written);
      else engine.signals.stale();
      return answer(engine, { data, xid }, false);
    } catch (error) {
      await uow.rollback();
      const verdict = judge(engine, error);
      // Before the log is asked: if this very command is among them, it has its answer there.
      const between = verdict.isConflict ? await findBetween(sessions, schemas, uow) : [];
      if (verdict.mayBeRepeat) {
        const stored = await findAnswer(sessions, schemas, key);
        if (stored) return answer(engine, stored, true);
      }
      if (!verdict.rerun) throw verdict.error;
      const no = noToRerun(engine, command, { uow, between, run, error });
      if (no) throw no;
      await setTimeout(Math.random() * pauseMsMax * run);
    }
  }
}

function decisionOf({ readModels }: Engine, { key, basedOn }: CommandToRun) {
  return basedOn === undefined ? undefined : readDecision(basedOn, readModels, key.identity);
}

interface FailedRun {
  readonly uow: UnitOfWork;
  readonly between: readonly Passed[];
  /** Counted from 1. */
  readonly run: number;
  readonly error: unknown;
}

/** Why a command is not run once more, if it is not; counts what it met. */
function noToRerun(
  engine: Engine,
  { key, commutes }: CommandToRun,
  { uow, between, run, error: cause }: FailedRun,
): Error | undefined {
  const [first, ...others] = between.filter(({ command }) => !commutes.includes(command));
  const no = first
    ? changedInBetween(uow.read, between, [first, ...others])
    : run === runsMax
      ? new Fault("CONFLICT", "Others changed the same thing at the same time, repeatedly.", {
          hint: "Send the command again, with the same id.",
          cause,
        })
      : undefined;
  const met = first ? [first, ...others] : between;
  engine.conflicts.count(
    { tenant: key.identity.tenant, command: key.procedure },
    met.map(({ command }) => command),
    no ? "refused" : "rerun",
  );
  return no;
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
  /** Others changed what it changes. */
  readonly isConflict: boolean;
  /** It may have failed because the very same command was applied before. */
  readonly mayBeRepeat: boolean;
}

const failed = { rerun: false, isConflict: false, mayBeRepeat: false };
const refused = { ...failed, mayBeRepeat: true };
const conflict = { rerun: true, isConflict: true, mayBeRepeat: true };

function judge(engine: Engine, error: unknown): Verdict {
  if (error instanceof Refusal || error instanceof Fault) return { error, ...refused };
  if (error instanceof OptimisticLockError || error instanceof VersionConflict)
    return { error, ...conflict };
  const { code = "", constraint } = postgresFacts(error);
  if (constraintCode.test(code)) {
    const refusal = constraint ? engine.refusalOf(constraint) : undefined;
    // What is taken may be so since the slice looked; any other constraint that is violated without
    // being declared is a bug. Either may be the command's own doing, applied once already.
    if (!refusal && takenCodes.has(code)) return { error, ...conflict };
    return { error: refusal ?? error, ...refused };
  }
  if (rerunCodes.has(code)) return { ...failed, error, rerun: true };
  return { error: asFault(error), ...failed };
}

/** Whether another transaction, or what a replica had to replay, stood in the way. */
export function isInTheWay(error: unknown): boolean {
  return rerunCodes.has(postgresFacts(error).code ?? "");
}

/** Names a database that is away or too slow; anything else stays what it is. */
export function asFault(error: unknown): unknown {
  const { code = "", message } = postgresFacts(error);
  if (
    unavailableCodes.test(code) ||
    /^(Connection terminated|timeout exceeded|Cannot use a pool after)/.test(message)
  ) {
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
