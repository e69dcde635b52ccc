import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { Bin } from "./bin.ts";

/** Which bin. */
export interface BinPlace {
  readonly warehouse: string;
  readonly bin: string;
}

/** Bins by warehouse and code, held until the command is over, in a fixed order. */
export async function holdBins(
  ctx: Pick<CommandScope, "find">,
  places: readonly BinPlace[],
): Promise<Map<string, Bin>> {
  const found = await findBins(ctx, places, true);
  return new Map(found.map((bin) => [binKeyText(bin.warehouse, bin.code), bin]));
}

/** Bins as they are, in a fixed order. */
export async function findBins(
  ctx: Pick<CommandScope, "find">,
  places: readonly BinPlace[],
  lock: boolean,
): Promise<Bin[]> {
  const distinct = new Map(
    places.map(({ warehouse, bin }) => [binKeyText(warehouse, bin), { warehouse, code: bin }]),
  );
  if (distinct.size === 0) return [];
  const orderBy = { warehouse: "asc", code: "asc" } as const;
  return ctx.find(Bin, [...distinct.values()], { lock, orderBy });
}

/** Text to find a bin under. */
export function binKeyText(warehouse: string, code: string): string {
  return JSON.stringify([warehouse, code]);
}
