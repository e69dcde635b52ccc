import { setTimeout } from "node:timers/promises";
import type { Engine } from "../kernel/engine.ts";
import { measureLag, reportOf } from "./lag.ts";

/** Parts of a report as JSON, by name: its fields, and its read models by their place. */
export type ReportParts = ReadonlyMap<string, string>;

/** Lag as it was measured once, for all who look on. */
export interface LagMoment {
  /** The report that a tenant is told, in parts that can be compared with earlier ones. */
  partsFor(tenant: string): ReportParts;
}

const everyMs = 1_000;

/** Measures lag at most once a second, for however many look on, and not at all if nobody does. */
export class LagMoments {
  #coming: Promise<LagMoment> | undefined;
  #last: { readonly engine: Engine; readonly moment: LagMoment } | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;

  /** The moment after one that was seen; whoever has seen none is given the last, if it is new. */
  next(engine: Engine, seen?: LagMoment): Promise<LagMoment> {
    const last = this.#last?.engine === engine ? this.#last.moment : undefined;
    if (last && last !== seen && performance.now() - this.#begunAt < everyMs) {
      return Promise.resolve(last);
    }
    this.#coming ??= this.#measure(engine).finally(() => {
      this.#coming = undefined;
    });
    return this.#coming;
  }

  async #measure(engine: Engine): Promise<LagMoment> {
    const restMs = this.#begunAt + everyMs - performance.now();
    if (restMs > 0) await setTimeout(restMs, undefined, { ref: false });
    this.#begunAt = performance.now();
    const rows = await measureLag(engine);
    const known = new Map<string, ReportParts>();
    const moment: LagMoment = {
      partsFor: (tenant) => {
        const parts = known.get(tenant) ?? partsOf(reportOf(engine, rows, tenant));
        known.set(tenant, parts);
        return parts;
      },
    };
    this.#last = { engine, moment };
    return moment;
  }
}

function partsOf({ readModels, ...fields }: ReturnType<typeof reportOf>): ReportParts {
  return new Map([
    ...Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)] as const),
    // Where one comes or goes, all of them are told anew.
    ["readModels", JSON.stringify(readModels.map(({ name }) => name))] as const,
    ...readModels.map((one, place) => [`readModels.${place}`, JSON.stringify(one)] as const),
  ]);
}

/**
 * What has changed since parts that were told, as one JSON object: fields by their names, and under
 * `readModels` all of them, or those that changed by their places.
 */
export function changesSince(told: ReportParts, now: ReportParts): string {
  const isNew = ([name, json]: readonly [string, string]) => told.get(name) !== json;
  const isModel = ([name]: readonly [string, string]) => name.startsWith("readModels.");
  const models = [...now].filter(isModel);
  const fields = [...now].filter((part) => !isModel(part) && part[0] !== "readModels");
  const changed = fields.filter(isNew).map(([name, json]) => `"${name}":${json}`);
  if (told.get("readModels") !== now.get("readModels")) {
    changed.push(`"readModels":[${models.map(([, json]) => json).join(",")}]`);
  } else if (models.some(isNew)) {
    const some = models.filter(isNew).map(([name, json]) => `"${name.split(".")[1]}":${json}`);
    changed.push(`"readModels":{${some.join(",")}}`);
  }
  return `{${changed.join(",")}}`;
}
