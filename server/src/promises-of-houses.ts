import type pg from "pg";
import { readerViews } from "./kernel/generation.ts";
import type { PromisesSource } from "./kernel/promises.ts";
import { isKept } from "./kernel/read-model.ts";
import { type Schemas, snakeCase } from "./kernel/schemas.ts";
import type { HouseSettings } from "./modules/settings/inputs.ts";
import { houseSettings } from "./modules/settings/read-models/house-settings/read-model.ts";

/** The promises that houses have settled on, as their settings show; asked of the primary. */
export function promisesOfHouses(operationsPool: pg.Pool, schemas: Schemas): PromisesSource {
  if (!isKept(houseSettings)) throw new Error("What houses decide is kept.");
  const { rows: from } = readerViews(houseSettings, schemas);
  const text = `select tenant, promises from ${from} where promises <> '{}'`;
  return {
    group: houseSettings.group,
    load: async () => {
      const { rows } = await operationsPool.query<Settled>(text);
      return new Map(rows.map(({ tenant, promises }) => [tenant, bySqlName(promises)]));
    },
  };
}

type Settled = Pick<HouseSettings, "promises"> & { readonly tenant: string };

function bySqlName(promises: HouseSettings["promises"]): Record<string, number> {
  return Object.fromEntries(Object.entries(promises).map(([name, ms]) => [snakeCase(name), ms]));
}
