import type { CommandScope } from "../../kernel/unit-of-work.ts";
import type { HouseSettings } from "./inputs.ts";
import { settingsRefusals } from "./refusals.ts";
import { TenantSettings } from "./tenant-settings.ts";

/** What the caller's house has decided, with defaults for the rest. */
export async function loadSettings(
  ctx: Pick<CommandScope, "find" | "tenant">,
): Promise<HouseSettings> {
  return (await loadDecisions(ctx)).inForce;
}

/** The caller's house as it decides, whether it has ever done so or not. */
export async function loadDecisions(
  ctx: Pick<CommandScope, "find" | "tenant">,
): Promise<TenantSettings> {
  const [found] = await ctx.find(TenantSettings, {});
  return found ?? TenantSettings.undecided(ctx.tenant);
}

/** A grade's rule; refused where the house has no such grade. */
export function gradeRuleOf(
  settings: HouseSettings,
  code: string,
): HouseSettings["grades"][number] {
  const rule = settings.grades.find((one) => one.code === code);
  if (rule) return rule;
  const known = settings.grades.map((one) => one.code);
  throw settingsRefusals.because("grade-unknown", { grade: code, known });
}
