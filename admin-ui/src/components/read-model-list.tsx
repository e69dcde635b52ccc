import { found, type SortValue, sorted } from "../arranged.ts";
import { formatCount } from "../format.ts";
import type { LagReport, ReadModelLag } from "../lag-report.ts";
import { STATUSES, statusOf, wordsFor } from "../status.ts";
import { useFilter } from "../use-place.ts";
import { Choice } from "./choice.tsx";
import { ReadModelTable } from "./read-model-table.tsx";
import { SearchField } from "./search-field.tsx";

interface Props {
  readonly report: LagReport;
  readonly isLive: boolean;
}

const ORDERS: Readonly<Record<string, { words: string; by: (one: ReadModelLag) => SortValue }>> = {
  lag: { words: "most lag", by: ({ lagMs }) => lagMs },
  pending: { words: "most pending", by: ({ pending }) => pending },
  p95: { words: "highest p95", by: ({ p95LagMs }) => p95LagMs },
  rows: { words: "most rows", by: ({ rows }) => rows },
};

/** The read models, as many of them and in the order that the address says. */
export function ReadModelList({ report, isLive }: Props) {
  const [text, search] = useFilter("find");
  const [status, chooseStatus] = useFilter("status");
  const [order, reorder] = useFilter("sort");
  const { readModels } = report;
  const present = Object.keys(STATUSES).filter(
    (one) => one === status || readModels.some((readModel) => statusOf(readModel) === one),
  );
  const wanted = readModels.filter((one) => status === "" || statusOf(one) === status);
  const those = found(wanted, text, ({ name, group }) => `${name} ${group}`);
  const by = Object.hasOwn(ORDERS, order) ? ORDERS[order]?.by : undefined;
  const shown = by ? sorted(those, by, true) : those;
  const isPart = shown.length < readModels.length;
  return (
    <>
      <search className="tools" aria-label="Read models">
        <SearchField label="Find read models" value={text} onChange={search}>
          {isPart && `${formatCount(shown.length)} of ${formatCount(readModels.length)}`}
        </SearchField>
        <Choice
          label="Status"
          value={status}
          options={[["", "all"], ...present.map((one) => [one, wordsFor(one).label] as const)]}
          onChange={chooseStatus}
        />
        <Choice
          label="Order"
          value={by ? order : ""}
          options={[
            ["", "as declared"],
            ...Object.entries(ORDERS).map(([name, { words }]) => [name, words] as const),
          ]}
          onChange={reorder}
        />
      </search>
      {shown.length === 0 ? (
        <p className="notice">No read model is like that.</p>
      ) : (
        <ReadModelTable report={report} readModels={shown} isLive={isLive} />
      )}
    </>
  );
}
