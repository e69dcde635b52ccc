import { isDeepStrictEqual } from "node:util";
import { defineEntity, p } from "@mikro-orm/postgresql";
import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import { defaultSettings, type HouseSettings, type SettingsChanges } from "./inputs.ts";

const TenantSettingsSchema = defineEntity({
  name: "TenantSettings",
  tableName: "tenant_settings",
  properties: {
    tenant: p.text().primary(),
    settings: p.json().$type<Partial<HouseSettings>>(),
    version: p.integer().concurrencyCheck(),
  },
});

/** What a house has decided for itself; each version stands in the journal. */
export class TenantSettings extends TenantSettingsSchema.class implements Aggregate {
  /** A house that has decided nothing yet. */
  static undecided(tenant: string): TenantSettings {
    return Object.assign(new TenantSettings(), { tenant, settings: {}, version: 0 });
  }

  journalKey() {
    return { kind: "TenantSettings", id: this.tenant };
  }

  /** What holds: what was decided, and defaults for the rest. */
  get inForce(): HouseSettings {
    return { ...defaultSettings, ...this.settings };
  }

  /** Grades that would no longer hold if the house decided so. */
  gradesWithout({ grades }: SettingsChanges): string[] {
    if (!grades) return [];
    const kept = new Set(grades.map(({ code }) => code));
    return this.inForce.grades.map(({ code }) => code).filter((code) => !kept.has(code));
  }

  /** The house decides anew; what is not named stays. Deciding the same again is no news. */
  decide(decided: SettingsChanges): DomainEvent | undefined {
    const named = Object.entries(decided).filter(([, value]) => value !== undefined);
    const changes: Partial<HouseSettings> = Object.fromEntries(named);
    const settings = { ...this.settings, ...changes };
    if (isDeepStrictEqual(settings, this.settings)) return undefined;

    this.settings = settings;
    return happened(this, "SettingsChanged", { ...changes });
  }
}

TenantSettingsSchema.setClass(TenantSettings);
