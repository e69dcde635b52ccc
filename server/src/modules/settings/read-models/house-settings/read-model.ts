import sql from "sql-template-tag";
import { z } from "zod";
import { count } from "../../../../kernel/primitives.ts";
import { query } from "../../../../kernel/procedure.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import { literal } from "../../../../kernel/schemas.ts";
import { defaultSettings, type HouseSettings, houseSettings as settings } from "../../inputs.ts";

const { grades, carriers, promises, returnWindowDays } = settings.shape;

const inForce = (name: keyof HouseSettings) =>
  `coalesce(settings -> '${name}', ${literal(JSON.stringify(defaultSettings[name]))}::jsonb)`;

/** What a house has decided, and defaults for the rest; no row while it has decided nothing. */
export const houseSettings = readModel({
  doc: "The settings of a house that has decided on some, with defaults for the rest.",
  name: "house_settings",
  group: "settings",
  scope: "settings:read",
  key: ["tenant", "version"],
  columns: { version: count(), grades, carriers, promises, return_window_days: returnWindowDays },
  filterBy: [],
  maintain: "whole",
  freshWithinMs: 1_000,
  staleOn: ["tenant_settings"],
  sql: `
    select tenant, version, ${inForce("grades")} as grades, ${inForce("carriers")} as carriers,
      ${inForce("promises")} as promises,
      ${inForce("returnWindowDays")}::int as return_window_days
    from tenant_settings`,
});

/** Anybody in the house asks what holds. */
export const settingsInForce = query
  .meta({
    scope: "settings:read",
    doc: "The settings in force: what the house has decided, and defaults for the rest.",
    example: {},
  })
  .input(z.strictObject({}))
  .output(settings.extend({ version: count() }))
  .query(async ({ ctx }) => {
    const [decided] = await ctx.read<HouseSettings & { version: number }>(
      [houseSettings],
      sql`select version, grades, carriers, promises, return_window_days as "returnWindowDays"
        from ${ctx.from(houseSettings)} where tenant = ${ctx.tenant}`,
    );
    return decided ?? { ...defaultSettings, version: 0 };
  });
