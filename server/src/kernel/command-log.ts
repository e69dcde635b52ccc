import { createHash } from "node:crypto";
import stringify from "safe-stable-stringify";
import type { CommandSessions } from "./command-session.ts";
import type { Identity } from "./context.ts";
import { Fault } from "./faults.ts";
import { identifier, type Schemas } from "./schemas.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** What identifies a command: who sent it, under which id, what it asks. */
export interface CommandKey {
  readonly identity: Identity;
  readonly commandId: string;
  readonly procedure: string;
  /** SHA-256 over the procedure and its input, key order left aside. */
  readonly inputHash: string;
}

/** An answer that was stored with its command. */
export interface StoredAnswer {
  readonly data: unknown;
  readonly xid: string;
}

interface StoredRow {
  readonly procedure: string;
  readonly input_hash: string;
  readonly answer: unknown;
  readonly xid: string;
}

const commandId = /^[\w.:-]{8,100}$/;

/** Checks the id that the client made for its command, and sent in the header named. */
export function requireCommandId(id: string | undefined, header = "selvedge-command-id"): string {
  if (id !== undefined && commandId.test(id)) return id;
  throw new Fault("BAD_INPUT", "A command needs an id of its own.", {
    details: { issues: [{ path: header, message: "8 to 100 of A-Z a-z 0-9 _ . : -" }] },
    hint: "Make it before the first attempt and keep it over retries; a UUID is right.",
  });
}

/** Hashes what a command asks, so that a reused id with another body is noticed. */
export function hashInput(procedure: string, input: unknown): string {
  return createHash("sha256")
    .update(`${procedure}\n${writeSorted(input)}`)
    .digest("hex");
}

function writeSorted(input: unknown): string {
  try {
    return stringify(input) ?? "";
  } catch (cause) {
    // Nested so deep that the stack is used up: JSON may be, and no command is.
    throw new Fault("BAD_INPUT", "The input is not valid.", {
      details: { issues: [{ path: "", message: "is nested too deep" }] },
      cause,
    });
  }
}

/**
 * Writes the journal and the command log in the unit of work's own transaction and commits, in one
 * round trip. Answers the transaction's id.
 */
export async function commitWithLog(
  uow: UnitOfWork,
  schemas: Schemas,
  { identity, commandId, procedure, inputHash }: CommandKey,
  answer: unknown,
): Promise<string> {
  const write = identifier(schemas.write);
  const rows = await uow.commitWith<{ xid: string }>({
    name: "command-log",
    text: `with logged as (
        insert into ${write}.command_log
          (tenant, partner, command_id, procedure, input_hash, answer, actor)
        values ($1, $2, $3, $4, $5, $6, $7)
      ), journaled as (
        insert into ${write}.journal
          (tenant, kind, id, version, type, data, partner, command_id, actor)
        select $1, kind, id, version, type, data, $2, $3, $7
        from jsonb_to_recordset($8)
          as entry (kind text, id text, version int, type text, data jsonb)
      )
      select pg_current_xact_id()::text as xid`,
    values: [
      identity.tenant,
      identity.partner,
      commandId,
      procedure,
      inputHash,
      JSON.stringify(answer ?? null),
      identity.actor,
      JSON.stringify(uow.journal),
    ],
  });
  const xid = rows[0]?.xid;
  if (xid === undefined) throw new Error("The command log answered no transaction id.");
  return xid;
}

/** The stored answer of a command that was applied before; a fault if its id had another body. */
export async function findAnswer(
  sessions: CommandSessions,
  schemas: Schemas,
  { identity, commandId, procedure, inputHash }: CommandKey,
): Promise<StoredAnswer | undefined> {
  const rows = await sessions.query<StoredRow>({
    text: `select procedure, input_hash, answer, xid::text as xid
      from ${identifier(schemas.write)}.command_log
      where tenant = $1 and partner = $2 and command_id = $3`,
    values: [identity.tenant, identity.partner, commandId],
  });
  const stored = rows[0];
  if (!stored) return undefined;
  if (stored.procedure !== procedure || stored.input_hash !== inputHash) {
    throw new Fault("COMMAND_ID_REUSED", "This command id was used before with another body.", {
      details: { commandId, procedure: stored.procedure },
      hint: "Make a new id for a new command; keep it only while repeating the same one.",
    });
  }
  return { data: stored.answer, xid: stored.xid };
}
