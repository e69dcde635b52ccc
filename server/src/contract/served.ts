import { appRouter, refusals } from "../router.gen.ts";
import { serverVersion } from "../version.ts";
import { printOpenapi } from "./print-openapi.ts";
import { hashContract } from "./print-sdk.ts";
import { reasonsOf } from "./reasons.ts";
import { type ContractProcedure, walkRouter } from "./walk.ts";

let walked: readonly ContractProcedure[] | undefined;
let hash: string | undefined;

/** The contract of the router that is served; walked when it is first asked for. */
export function servedContract(): readonly ContractProcedure[] {
  walked ??= walkRouter(appRouter);
  return walked;
}

/** The beginning of the served contract's hash: what an SDK says and hears of it. */
export function servedContractHash(): string {
  hash ??= hashContract(servedContract()).slice(0, 16);
  return hash;
}

/** The OpenAPI document of what is served, for callers who find it at `server`. */
export function servedOpenapi(server?: string): object {
  const facts = { reasons: reasonsOf(refusals), version: serverVersion };
  return printOpenapi(servedContract(), server === undefined ? facts : { ...facts, server });
}
