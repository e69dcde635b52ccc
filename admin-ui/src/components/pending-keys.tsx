import { countOf, formatCount, formatDuration } from "../format.ts";
import { quietMs, type Signs } from "../signs.ts";
import { useNews } from "../use-news.ts";
import { Behind } from "./behind.tsx";
import { DataTable } from "./data-table.tsx";
import { KeyValues } from "./key-values.tsx";
import { Section } from "./section.tsx";

interface Props {
  readonly name: string;
  readonly signs: Signs;
}

/** What a read model does not show yet, key by key. */
export function PendingKeys({ name, signs }: Props) {
  const news = useNews(
    ["operations.pendingKeys", name],
    ({ operations }, options) => operations.pendingKeys({ readModel: name, limit: 500 }, options),
    { everyMs: signs.isQuiet ? quietMs : 2_000, on: signs.state },
  );
  return (
    <Section
      title="Waiting to be shown"
      news={news}
      empty={{ when: ({ changes }) => changes === 0, say: "Nothing: it shows every change." }}
    >
      {({ changes, atLeast, keys, pending, more, oldestMs }) => (
        <>
          <p className="detail">
            {countOf(changes, atLeast ? "or more change" : "change")}
            {keys !== null && ` of ${countOf(keys, atLeast ? "or more key" : "key")}`}
            {oldestMs !== null && `, the oldest ${formatDuration(oldestMs)} old`}.
          </p>
          <Behind name={name} on={signs.state} />
          {pending.length > 0 && (
            <DataTable
              label="Keys that wait"
              rows={pending}
              keyOf={({ key }) => JSON.stringify(key)}
              name="waiting"
              textOf={({ key }) => Object.values(key).join(" ")}
              columns={[
                { head: "Key", meaning: "key", cell: ({ key }) => <KeyValues values={key} /> },
                {
                  head: "Changes",
                  meaning: "changes",
                  isNumber: true,
                  cell: ({ changes: own }) => formatCount(own),
                  sortBy: ({ changes: own }) => own,
                },
                {
                  head: "Waiting",
                  isNumber: true,
                  cell: ({ waitingMs }) => formatDuration(waitingMs),
                  sortBy: ({ waitingMs }) => waitingMs,
                },
                {
                  head: "State",
                  meaning: "setAside",
                  cell: ({ held }) => (held ? "set aside" : "waits"),
                },
              ]}
            />
          )}
          {more > 0 && (
            <p className="detail">
              and {countOf(more, "more key")}
              {atLeast && ", and those of changes that nobody has counted"}.
            </p>
          )}
        </>
      )}
    </Section>
  );
}
