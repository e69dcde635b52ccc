import type { JournalEntriesRow } from "@selvedge/sdk";
import { Link } from "wouter";
import { DataTable } from "../components/data-table.tsx";
import { FindForm } from "../components/find-form.tsx";
import { JsonValues } from "../components/json-values.tsx";
import { Life, Thing } from "../components/life.tsx";
import { Moment } from "../components/moment.tsx";
import { Pager } from "../components/pager.tsx";
import { Section } from "../components/section.tsx";
import { thingPlace, tracePlace } from "../places.ts";
import { useNews } from "../use-news.ts";
import { useFilter } from "../use-place.ts";
import { useTitle } from "../use-title.ts";

interface Props {
  readonly kind: string | undefined;
  readonly id: string | undefined;
}

/** What happened last; or all that happened to one thing. */
export function JournalPage({ kind, id }: Props) {
  const thing = kind !== undefined && id ? { kind, id } : undefined;
  useTitle(thing ? `${thing.kind} ${thing.id}` : "Journal");
  return (
    <>
      <FindForm
        label="A thing and its id"
        placeholder="Order 0bc1c9ed-… or Bin A-01"
        value={thing && `${thing.kind} ${thing.id}`}
        placeOf={placeOf}
      />
      {kind !== undefined && !thing && (
        <p className="detail">Write the id as well: the journal finds one thing at a time.</p>
      )}
      {thing ? <History {...thing} /> : <Newest />}
    </>
  );
}

function placeOf(text: string): string {
  const [kind = "", ...id] = text.split(/\s+/);
  return id.length > 0 ? thingPlace(kind, id.join(" ")) : `/journal/${encodeURIComponent(kind)}`;
}

function Newest() {
  const [from] = useFilter("from");
  const input = { limit: 50, ...(from !== "" && { cursor: from }) };
  const news = useNews(
    ["journal.journalEntries", input],
    async ({ journal }, options) => (await journal.journalEntries(input, options)).data,
    from === "" ? { everyMs: 2_000 } : {},
  );
  return (
    <Section
      title="What happened, the newest first"
      news={news}
      empty={{ when: ({ rows }) => rows.length === 0, say: "Nothing has happened yet." }}
    >
      {({ rows, nextCursor }) => (
        <>
          <Events rows={rows} />
          <Pager name="from" from={from} next={nextCursor} words={["Newest", "Older"]} />
        </>
      )}
    </Section>
  );
}

function Events({ rows }: { readonly rows: readonly JournalEntriesRow[] }) {
  return (
    <DataTable
      label="Events"
      rows={rows}
      keyOf={({ position }) => position}
      columns={[
        { head: "At", meaning: "committed", cell: ({ at }) => <Moment at={at} /> },
        { head: "Event", meaning: "event", isWord: true, cell: ({ type }) => <bdi>{type}</bdi> },
        { head: "Of", isWord: true, cell: ({ kind, id }) => <Thing kind={kind} id={id} /> },
        { head: "By", isWord: true, cell: ({ actor }) => <bdi>{actor}</bdi> },
        {
          head: "Command",
          meaning: "command",
          isWord: true,
          cell: ({ procedure, commandId }) => (
            <Link href={tracePlace(commandId)}>
              <bdi>{procedure ?? "trace"}</bdi>
            </Link>
          ),
        },
        { head: "What it says", cell: ({ data }) => <JsonValues values={data} /> },
      ]}
    />
  );
}

function History({ kind, id }: { readonly kind: string; readonly id: string }) {
  const [after] = useFilter("after");
  const input = { aggregate: { kind, id }, limit: 200, ...(after !== "" && { after }) };
  const news = useNews(
    ["journal.events", input],
    async ({ journal }, options) => (await journal.events(input, options)).data,
    { everyMs: 5_000 },
  );
  return (
    <Section
      title={`The life of ${kind} ${id}`}
      news={news}
      side={<Link href="/journal">all that happened</Link>}
      empty={{
        when: ({ events }) => events.length === 0,
        say: "Nothing is on record of it. Write things as the journal names them, such as Order or Bin.",
      }}
    >
      {({ events, caughtUp, position }) => (
        <>
          <Life events={events} kind={kind} />
          {(after !== "" || !caughtUp) && (
            <Pager
              name="after"
              from={after}
              next={caughtUp ? null : position}
              words={["From the beginning", "Go on"]}
            />
          )}
        </>
      )}
    </Section>
  );
}
