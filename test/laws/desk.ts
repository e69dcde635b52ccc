import { randomUUID } from "node:crypto";
import { Fault } from "../../server/src/kernel/faults.ts";
import type { ProcedureMeta } from "../../server/src/kernel/procedure.ts";
import { Refusal } from "../../server/src/kernel/refusals.ts";
import type { CommandAnswer } from "../../server/src/kernel/run-command.ts";
import { appRouter } from "../../server/src/router.gen.ts";
import type { TestDatabase } from "../harness/database.ts";
import { startSelvedge } from "../harness/selvedge.ts";

/** A command as somebody asks for it: its path, and what it is to do. */
export interface Ask {
  readonly path: string;
  readonly input: object;
}

/** What came of a command: its answer, or why it was refused. */
export type Outcome =
  | { readonly ok: true; readonly data: unknown; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: string };

/** Who asks, where, and under which id; a new one by default. */
export interface Asking {
  readonly tenant: string;
  readonly actor?: string;
  readonly commandId?: string;
}

/** Who may do all that anybody may; the others are no leads. */
export const lead = "lead";

/** Where commands are run through the router and the unit of work, without the way over HTTP. */
export interface Desk {
  readonly database: TestDatabase;
  /** Sends a command. Throws what is neither an answer nor a no of the domain's. */
  send(ask: Ask, asking: Asking): Promise<Outcome>;
  stop(): Promise<void>;
}

const areas = [
  ...["bins", "catalogue", "garments", "inbound", "orders"],
  ...["settings", "shipments", "stock", "waves"],
];
const scopesOf = (actor: string) => (actor === lead ? ["*"] : areas.map((area) => `${area}:write`));

/** Opens a desk over a database of its own; nothing refreshes there unless it is asked to. */
export async function openDesk(): Promise<Desk> {
  const { selvedge, database, stop } = await startSelvedge({ roles: ["command"] });
  const { engine } = selvedge;
  if (!engine) throw new Error("It did not start.");
  return {
    database,
    stop,
    async send({ path, input }, { tenant, actor = lead, commandId = randomUUID() }) {
      const caller = appRouter.createCaller({
        engine,
        identity: { tenant, partner: "laws", actor, scopes: scopesOf(actor) },
        commandId,
        freshness: { atLeast: [], maxStaleMs: undefined, onMiss: "serve", deadlineMs: 1_000 },
        requestId: "laws",
      });
      const [module = "", name = ""] = path.split(".");
      const call = (caller as unknown as Record<string, Record<string, Call>>)[module]?.[name];
      if (!call) throw new Error(`There is no command ${path}.`);
      try {
        const { data, repeated } = await call(input);
        return { ok: true, data, repeated };
      } catch (error) {
        return { ok: false, reason: reasonOf(error) };
      }
    },
  };
}

type Call = (input: object) => Promise<CommandAnswer>;

function reasonOf(error: unknown): string {
  const { cause = error } = error as Error;
  if (cause instanceof Refusal) return cause.reason;
  if (cause instanceof Fault && known.has(cause.code)) return cause.code;
  throw cause;
}

const known = new Set(["CONFLICT", "COMMAND_ID_REUSED"]);

interface Procedure {
  readonly _def: { readonly meta?: ProcedureMeta };
}

/** What each command says of itself, by its path. */
export const commandMetas: ReadonlyMap<string, ProcedureMeta> = new Map(
  Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>)
    .map(([path, { _def }]) => [path, _def.meta ?? {}] as const)
    .filter(([, { kind }]) => kind === "command"),
);

/** Pairs of commands that say of each other that they commute, each once. */
export const commutingPairs: readonly (readonly [string, string])[] = [...commandMetas].flatMap(
  ([path, { commutes = [] }]) =>
    commutes.filter((other) => path <= other).map((other) => [path, other] as const),
);
