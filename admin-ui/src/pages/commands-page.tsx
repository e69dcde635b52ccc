import { Link } from "wouter";
import { DataTable } from "../components/data-table.tsx";
import { HeatMap } from "../components/heat-map.tsx";
import { Moment } from "../components/moment.tsx";
import { Pager } from "../components/pager.tsx";
import { Section } from "../components/section.tsx";
import { formatCount } from "../format.ts";
import { SPANS, spanOf, tracePlace } from "../places.ts";
import { useNews } from "../use-news.ts";
import { useFilter, withFilter } from "../use-place.ts";
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
  const [procedure] = useFilter("procedure");
  const [actor] = useFilter("actor");
  const [partner] = useFilter("partner");
  const [from] = useFilter("from");
  const input = {
    procedure: procedure || undefined,
    actor: actor || undefined,
    partner: partner || undefined,
    cursor: from || undefined,
    limit: 50,
  };
  const news = useNews(
    ["journal.commandLog", input],
    async ({ journal }, options) => (await journal.commandLog(input, options)).data,
    from === "" ? { everyMs: 2_000 } : {},
  );
  const only = (name: string, value: string) => (
    <Link className="only" href={withFilter("/commands", name, value)} title={`Only this ${name}`}>
      <bdi>{value}</bdi>
    </Link>
  );
  const filters = Object.entries({ procedure, actor, partner }).filter(([, value]) => value !== "");
  const next = news.answer?.nextCursor;
  return (
    <Section
      title="Commands, the newest first"
      news={news}
      side={filters.length > 0 && <Link href="/commands">all commands</Link>}
      empty={{
        when: ({ rows }) => rows.length === 0,
        say: filters.length > 0 ? "No command is like that." : "Nobody has asked for anything yet.",
      }}
    >
      {({ rows }) => (
        <>
          {filters.length > 0 && (
            <p className="detail">
              Only{" "}
              {filters.map(([name, value]) => (
                <span key={name}>
                  {name} <bdi>{value}</bdi>{" "}
                </span>
              ))}
            </p>
          )}
          <DataTable
            label="Commands"
            rows={rows}
            keyOf={({ partner, commandId }) => `${partner} ${commandId}`}
            columns={[
              { head: "Committed", meaning: "committed", cell: ({ at }) => <Moment at={at} /> },
              {
                head: "Command",
                meaning: "command",
                cell: (row) => only("procedure", row.procedure),
              },
              { head: "Actor", cell: (row) => only("actor", row.actor) },
              { head: "Partner", meaning: "partner", cell: (row) => only("partner", row.partner) },
              {
                head: "Events",
                meaning: "events",
                isNumber: true,
                cell: ({ events }) => formatCount(events),
              },
              {
                head: "Where it is seen",
                meaning: "trace",
                cell: ({ commandId }) => <Link href={tracePlace(commandId)}>trace</Link>,
              },
            ]}
          />
          <Pager name="from" from={from} next={next} words={["Newest", "Older"]} />
        </>
      )}
    </Section>
  );
}
