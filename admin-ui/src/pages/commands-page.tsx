import { useState } from "react";
import { Link } from "wouter";
import { DataTable } from "../components/data-table.tsx";
import { HeatMap } from "../components/heat-map.tsx";
import { Moment } from "../components/moment.tsx";
import { Section } from "../components/section.tsx";
import { formatCount } from "../format.ts";
import { SPANS, spanOf, tracePlace } from "../places.ts";
import { useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

/** What was asked of the house, and which commands met each other on the same thing. */
export function CommandsPage({ span: written }: { readonly span: string | undefined }) {
  useTitle("Commands");
  const span = written === undefined ? "24h" : spanOf(written);
  const conflicts = useNews(
    ["operations.conflicts", span],
    ({ operations }, options) => operations.conflicts({ span }, options),
    { everyMs: 5_000 },
  );
  const spans = (
    <nav className="places" aria-label="How far back">
      {SPANS.map((one) => (
        <Link key={one} href={`/commands/${one}`} aria-current={one === span ? "true" : undefined}>
          {one}
        </Link>
      ))}
    </nav>
  );
  return (
    <>
      <Section
        title="Commands that met"
        news={conflicts}
        side={spans}
        empty={{
          when: ({ pairs }) => pairs.length === 0,
          say: "No two commands changed the same thing at the same time.",
        }}
      >
        {({ pairs }) => <HeatMap pairs={pairs} />}
      </Section>
      <Log />
    </>
  );
}

function Log() {
  // The way back: the cursors of the pages that were seen, this one's last.
  const [cursors, setCursors] = useState<(string | undefined)[]>([undefined]);
  const cursor = cursors.at(-1);
  const news = useNews(
    ["journal.commandLog", cursor],
    async ({ journal }, options) => (await journal.commandLog({ cursor, limit: 50 }, options)).data,
    cursor === undefined ? { everyMs: 2_000 } : {},
  );
  const next = news.answer?.nextCursor;
  return (
    <Section
      title="Commands, the newest first"
      news={news}
      empty={{ when: ({ rows }) => rows.length === 0, say: "Nobody has asked for anything yet." }}
    >
      {({ rows }) => (
        <>
          <DataTable
            label="Commands"
            rows={rows}
            keyOf={({ partner, commandId }) => `${partner} ${commandId}`}
            columns={[
              { head: "Committed", cell: ({ at }) => <Moment at={at} /> },
              { head: "Command", cell: ({ procedure }) => <bdi>{procedure}</bdi> },
              { head: "Actor", cell: ({ actor }) => <bdi>{actor}</bdi> },
              { head: "Partner", cell: ({ partner }) => <bdi>{partner}</bdi> },
              { head: "Events", isNumber: true, cell: ({ events }) => formatCount(events) },
              {
                head: "Where it is seen",
                cell: ({ commandId }) => <Link href={tracePlace(commandId)}>trace</Link>,
              },
            ]}
          />
          <div className="pager">
            <button
              type="button"
              className="quiet"
              disabled={cursors.length === 1}
              onClick={() => setCursors(cursors.slice(0, -1))}
            >
              Newer
            </button>
            <button
              type="button"
              className="quiet"
              disabled={!next}
              onClick={() => next && setCursors([...cursors, next])}
            >
              Older
            </button>
          </div>
        </>
      )}
    </Section>
  );
}
