import { randomUUID } from "node:crypto";
import { defineEntity, MikroORM, p } from "@mikro-orm/postgresql";
import { z } from "zod";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import type { Identity } from "./context.ts";
import type { Engine } from "./engine.ts";
import { type Aggregate, type DomainEvent, happened } from "./events.ts";
import { command, router } from "./procedure.ts";
import { declareRefusals, Refusal, type RefusalDeclaration } from "./refusals.ts";
import type { CommandAnswer } from "./run-command.ts";
import type { CommandScope } from "./unit-of-work.ts";

/* A domain of one aggregate, to try the command side of the kernel with. */

const AccountSchema = defineEntity({
  name: "Account",
  tableName: "account",
  properties: {
    tenant: p.text().primary(),
    name: p.text().primary(),
    owner: p.text().nullable(),
    alias: p.text().nullable(),
    balance: p.integer(),
    version: p.integer().concurrencyCheck(),
  },
});

/** Money under a name. The database alone sees to it that there is enough. */
export class Account extends AccountSchema.class implements Aggregate {
  journalKey() {
    return { kind: "Account", id: this.name };
  }

  /** Adds so much, or takes it. */
  change(type: string, amount: number, facts: object = {}): DomainEvent {
    this.balance += amount;
    return happened(this, type, { amount, ...facts });
  }
}

AccountSchema.setClass(Account);

const tables = `
  create table selvedge.person (tenant text, name text, primary key (tenant, name));
  create table selvedge.account (
    tenant text, name text, owner text, alias text, balance integer not null, version integer,
    primary key (tenant, name),
    constraint account_covered check (balance >= 0),
    constraint account_small check (balance <= 1000000),
    constraint account_owner foreign key (tenant, owner) references selvedge.person,
    constraint account_alias exclude (tenant with =, alias with =)
  )`;

/** Why the bank says no. */
export const bankRefusals = declareRefusals({
  "account-unknown": { kind: "not-found", text: "There is no such account." },
  "not-covered": { kind: "conflict", text: "There is not so much.", constraint: "account_covered" },
  "owner-unknown": {
    kind: "not-found",
    text: "There is no such person.",
    constraint: "account_owner",
  },
  "alias-taken": { kind: "conflict", text: "The alias is taken.", constraint: "account_alias" },
});

let interlude: (() => Promise<unknown>) | undefined;

/** Does this between the next command's reading and its writing. */
export function meanwhile(work: () => Promise<unknown>): void {
  interlude = work;
}

async function pass(): Promise<void> {
  const now = interlude;
  interlude = undefined;
  await now?.();
}

function load(ctx: CommandScope, name: string): Promise<Account> {
  return ctx.load(Account, { name }, () => bankRefusals.because("account-unknown", { name }));
}

const name = z.string().max(50);
const amount = z.int().min(0);
const note = z.string().optional();
const balance = z.strictObject({ balance: z.int() });
const bank = command.meta({ scope: "bank:write" });

const open = bank
  .meta({ commutes: ["bank.open", "bank.deposit"] })
  .input(z.strictObject({ name, owner: name.optional(), alias: name.optional() }))
  .output(balance)
  .mutation(async ({ ctx, input: { name, owner = null, alias = null } }) => {
    const [known] = await ctx.find(Account, { name });
    await pass();
    if (known) return { balance: known.balance };
    const facts = { tenant: ctx.tenant, name, owner, alias, balance: 0, version: 0 };
    ctx.record(happened(Object.assign(new Account(), facts), "Opened", { owner }));
    return { balance: 0 };
  });

const deposit = bank
  .meta({ commutes: ["bank.open", "bank.deposit"] })
  .input(z.strictObject({ name, amount, note }))
  .output(balance)
  .mutation(async ({ ctx, input: { name, amount, note } }) => {
    const account = await load(ctx, name);
    await pass();
    ctx.record(account.change("Deposited", amount, { note }));
    return { balance: account.balance };
  });

const withdraw = bank
  .input(z.strictObject({ name, amount, note }))
  .output(balance)
  .mutation(async ({ ctx, input: { name, amount, note } }) => {
    const account = await load(ctx, name);
    await pass();
    ctx.record(account.change("Withdrawn", -amount, { note }));
    return { balance: account.balance };
  });

const transfer = bank
  .input(z.strictObject({ from: name, to: name, amount }))
  .output(balance)
  .mutation(async ({ ctx, input: { from, to, amount } }) => {
    const [giver, taker] = [await load(ctx, from), await load(ctx, to)];
    await pass();
    ctx.record(giver.change("Withdrawn", -amount), taker.change("Deposited", amount));
    return { balance: giver.balance };
  });

/** The bank's commands. */
export const bankRouter = router({ bank: router({ open, deposit, withdraw, transfer }) });

/** A bank over a database of its own. */
export interface Bank extends TestSelvedge {
  readonly engine: Engine;
  readonly identity: Identity;
  /** Runs a command; throws what it was refused or failed with. */
  send(
    procedure: keyof (typeof bankRouter)["bank"],
    input: object,
    more?: { commandId?: string; actor?: string },
  ): Promise<CommandAnswer>;
  /** An account's balance, version, and what happened to it. */
  account(name: string): Promise<{ balance: number; version: number; happened: string[] }>;
}

/** Starts one. */
export async function startBank(): Promise<Bank> {
  const started = await startSelvedge();
  const { database, selvedge } = started;
  await database.query(tables);
  const { engine: own } = selvedge;
  if (!own) throw new Error("It did not start.");
  const orm = new MikroORM({
    clientUrl: database.url,
    entities: [Account],
    schema: "selvedge",
    forceEntityConstructor: true,
    driverOptions: { max: 1 },
  });
  const engine: Engine = { ...own, em: orm.em, refusalOf };
  const identity = { tenant: "default", partner: "spec", actor: "spec", scopes: ["bank:write"] };
  return {
    ...started,
    engine,
    identity,
    async send(procedure, input, { commandId = randomUUID(), actor = "spec" } = {}) {
      const caller = bankRouter.createCaller({
        engine,
        identity: { ...identity, actor },
        commandId,
        freshness: { atLeast: [], maxStaleMs: undefined, onMiss: "serve", deadlineMs: 1_000 },
        requestId: "spec",
      });
      const answered = caller.bank[procedure](input as never).catch((error: Error) => {
        throw error.cause ?? error;
      });
      return (await answered) as unknown as CommandAnswer;
    },
    async account(name) {
      const [row] = await database.query<{ balance: number; version: number; happened: string[] }>(
        `select balance, version, (select array_agg(type order by j.version)
           from selvedge.journal as j where kind = 'Account' and id = name) as happened
         from selvedge.account where name = $1`,
        [name],
      );
      if (!row) throw new Error(`There is no account ${name}.`);
      return row;
    },
    stop: async () => {
      await orm.close();
      await started.stop();
    },
  };
}

function refusalOf(constraint: string): Refusal | undefined {
  const declared = Object.entries<RefusalDeclaration>(bankRefusals.reasons);
  const found = declared.find(([, one]) => one.constraint === constraint);
  return found && new Refusal(...found);
}
