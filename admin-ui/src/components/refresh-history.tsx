import { countOf, formatCount, formatDuration } from "../format.ts";
import { quietMs, type Signs } from "../signs.ts";
import { useNews } from "../use-news.ts";
import { useFilter } from "../use-place.ts";
import { Choice } from "./choice.tsx";
import { DataTable } from "./data-table.tsx";
import { Moment } from "./moment.tsx";
import { Section } from "./section.tsx";

interface Props {
  readonly name: string;
  readonly signs: Signs;
  readonly group: string;
}

const OUTCOMES = { refreshed: "refreshed", held: "keys set aside", failed: "failed" } as const;

/** What the refreshes of a read model's group did, with errors in full. */
export function RefreshHistory({ name, signs, group }: Props) {
  const [wanted, want] = useFilter("refreshes.outcome");
  const outcome = Object.keys(OUTCOMES).find((one) => one === wanted) as keyof typeof OUTCOMES;
  const news = useNews(
    ["operations.refreshHistory", group, outcome],
    ({ operations }, options) => operations.refreshHistory({ group, limit: 30, outcome }, options),
    { everyMs: quietMs, on: signs.record },
  );
  const choice = (
    <Choice
      label="Outcome"
      value={outcome ?? ""}
      options={[["", "all"], ...Object.entries(OUTCOMES)]}
      onChange={want}
    />
  );
  return (
    <Section
      title="Refreshes"
      news={news}
      side={choice}
      empty={{ when: ({ entries }) => entries.length === 0, say: "None is on record." }}
    >
      {({ entries }) => (
        <DataTable
          label="Refreshes"
          rows={entries}
          keyOf={({ startedAt, outcome }, index) => `${startedAt} ${outcome} ${index}`}
          columns={[
            { head: "Since", cell: ({ startedAt }) => <Moment at={startedAt} /> },
            {
              head: "Outcome",
              meaning: "outcome",
              cell: ({ outcome, error }) => (
                <>
                  {OUTCOMES[outcome]}
                  {error !== null && <pre className="told">{error}</pre>}
                </>
              ),
            },
            {
              head: "Refreshes",
              meaning: "refreshes",
              isNumber: true,
              cell: ({ refreshes }) => formatCount(refreshes),
            },
            {
              head: "Keys here",
              meaning: "keysHere",
              isNumber: true,
              cell: ({ readModels }) =>
                formatCount(readModels.find((one) => one.name === name)?.keys ?? 0),
            },
            {
              head: "In the group",
              meaning: "group",
              isNumber: true,
              cell: ({ readModels }) =>
                countOf(
                  readModels.reduce((sum, { keys }) => sum + keys, 0),
                  "key",
                ),
            },
            {
              head: "Slowest took",
              isNumber: true,
              cell: ({ tookMs }) => formatDuration(tookMs),
            },
          ]}
        />
      )}
    </Section>
  );
}
