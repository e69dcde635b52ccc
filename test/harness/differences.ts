import type { ReadModel } from "../../server/src/kernel/read-model.ts";

/** The rows in which a read model and its defining query differ, both ways, as SQL. */
export function differencesSql({ name, columns }: Pick<ReadModel, "name" | "columns">): string {
  const list = ["tenant", ...Object.keys(columns)].join(", ");
  const kept = `select ${list} from selvedge_read.${name}`;
  const defined = `select ${list} from selvedge.def_${name}`;
  return `select 'kept only' as side, * from (${kept} except all ${defined}) as kept
    union all select 'defined only', * from (${defined} except all ${kept}) as defined`;
}
