import { DataTable } from "../components/data-table.tsx";
import { Moment } from "../components/moment.tsx";
import { Section } from "../components/section.tsx";
import { useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

/** What people did to read models, and why. */
export function LogPage() {
  useTitle("Log");
  const news = useNews(
    ["operations.log"],
    ({ operations }, options) => operations.log({}, options),
    { everyMs: 5_000 },
  );
  return (
    <Section
      title="What was done, by whom and why"
      news={news}
      empty={{ when: ({ entries }) => entries.length === 0, say: "Nobody has done anything yet." }}
    >
      {({ entries }) => (
        <DataTable
          label="Operations"
          rows={entries}
          keyOf={({ at }, index) => `${at} ${index}`}
          name="log"
          textOf={({ actor, action, subject, reason }) => `${actor} ${action} ${subject} ${reason}`}
          columns={[
            { head: "When", cell: ({ at }) => <Moment at={at} />, sortBy: ({ at }) => at },
            {
              head: "Who",
              cell: ({ actor }) => <bdi>{actor}</bdi>,
              sortBy: ({ actor }) => actor,
            },
            {
              head: "Did",
              cell: ({ action }) => <bdi>{action}</bdi>,
              sortBy: ({ action }) => action,
            },
            {
              head: "To",
              cell: ({ subject }) => <bdi>{subject}</bdi>,
              sortBy: ({ subject }) => subject,
            },
            { head: "Why", cell: ({ reason }) => <bdi>{reason}</bdi> },
          ]}
        />
      )}
    </Section>
  );
}
