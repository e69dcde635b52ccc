import { callTRPCProcedure } from "@trpc/server";
import { type Application, selvedgeApplication } from "../application.ts";
import type { RequestContext } from "../kernel/context.ts";
import { Fault } from "../kernel/faults.ts";
import { serverVersion } from "../version.ts";
import { printOpenapi } from "./print-openapi.ts";
import { hashContract } from "./print-sdk.ts";
import { reasonsOf } from "./reasons.ts";
import { type ContractProcedure, walkRouter } from "./walk.ts";

type CallKind = "command" | "query";

interface Procedure {
  readonly _def: { readonly meta?: { readonly kind?: string } };
}

/** What is served of one application, and what there is to say of it. */
export class Served {
  readonly application: Application;
  #contract: readonly ContractProcedure[] | undefined;
  #hash: string | undefined;
  #ownHash: string | undefined;

  constructor(application: Application) {
    this.application = application;
  }

  /** The procedures themselves. */
  get router(): Application["appRouter"] {
    return this.application.appRouter;
  }

  /** The contract of the router; walked when it is first asked for. */
  get contract(): readonly ContractProcedure[] {
    this.#contract ??= walkRouter(this.router);
    return this.#contract;
  }

  /** Whatever is no command, or no query, is none here. */
  requireKind(path: string, kind: CallKind): void {
    const procedures = this.router._def.procedures as unknown as Record<string, Procedure>;
    const found = Object.hasOwn(procedures, path) ? procedures[path] : undefined;
    if (found?._def.meta?.kind === kind) return;
    throw new Fault("NOT_FOUND", `There is no such ${kind}.`);
  }

  /** Calls a procedure with what it starts from; its input is read when it is let in. */
  call(
    { path, kind }: { readonly path: string; readonly kind: CallKind },
    ctx: RequestContext,
    input: () => Promise<unknown>,
  ): Promise<unknown> {
    return callTRPCProcedure({
      ...{ router: this.router, path, ctx, getRawInput: input },
      ...{ type: kind === "command" ? "mutation" : "query", signal: undefined, batchIndex: 0 },
    });
  }

  /** The beginning of the contract's hash: what an SDK says and hears of it. */
  contractHash(): string {
    this.#hash ??= hashContract(this.contract).slice(0, 16);
    return this.#hash;
  }

  /**
   * The same for a caller who said this much: whoever was made from Selvedge's own contract is
   * served all of that, whatever a host has added.
   */
  contractHashFor(said: string | undefined): string {
    this.#ownHash ??= hashContract(this.contract.filter(isOwn)).slice(0, 16);
    return said === this.#ownHash ? said : this.contractHash();
  }

  /** The OpenAPI document, for callers who find the server at `server`. */
  openapi(server?: string): object {
    const reasons = reasonsOf(this.application.refusals);
    const facts = { reasons, version: serverVersion };
    return printOpenapi(this.contract, server === undefined ? facts : { ...facts, server });
  }
}

function isOwn({ path }: ContractProcedure): boolean {
  return path in selvedgeApplication.appRouter._def.procedures;
}

const known = new WeakMap<Application, Served>();

/** What is served of an application: one for all servers of a process, since walking takes time. */
export function servedOf(application: Application): Served {
  const served = known.get(application) ?? new Served(application);
  known.set(application, served);
  return served;
}
