import type { Procedures } from "../../host/paths.ts";
import type { Identity } from "../../kernel/context.ts";
import type { Selvedge } from "../../selvedge.ts";
import type { MedusaContainer, MedusaQuery } from "./medusa.ts";

/** What Medusa's container has under `selvedge`. */
export interface SelvedgeModuleService<All extends Procedures = Procedures> {
  readonly selvedge: Selvedge<All>;
  /** As whom Medusa's events and workflows call. */
  readonly identity: Identity;
  readonly channel: string;
  /** Says that this process serves: its routes are mounted. */
  serve(): void;
}

/** What Medusa's container has of Selvedge; undefined where the module is not loaded. */
export function findService(container: MedusaContainer): SelvedgeModuleService | undefined {
  const found = container.resolve("selvedge", { allowUnregistered: true });
  return found as SelvedgeModuleService | undefined;
}

/** What Medusa's container has of Selvedge. */
export function serviceOf(container: MedusaContainer): SelvedgeModuleService {
  const service = findService(container);
  if (!service) throw new Error("medusa-config.ts names no @selvedge/medusa, and no module of it.");
  return service;
}

/** Reads entities of Medusa. */
export async function readAll<Row>(
  container: MedusaContainer,
  entity: string,
  fields: readonly string[],
  filters: Readonly<Record<string, unknown>>,
): Promise<readonly Row[]> {
  const query = container.resolve("query") as MedusaQuery;
  const { data } = await query.graph({ entity, fields, filters });
  return data as readonly Row[];
}
