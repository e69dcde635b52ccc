import type { DescribeData, ReadModelCostsData } from "@selvedge/sdk";
import { Link } from "wouter";
import { countOf, formatBytes, formatCount, formatDuration, formatEstimate } from "../format.ts";
import { partnerPlace } from "../places.ts";
import { useNews } from "../use-news.ts";
import { DataTable } from "./data-table.tsx";
import { linesOf } from "./definition-diff.tsx";
import { Facts } from "./facts.tsx";
import { Missing } from "./missing.tsx";
import { Moment } from "./moment.tsx";
import { Section } from "./section.tsx";

// Sizes and readers change slowly, and nobody acts on them within seconds.
const everyMs = 30_000;

/** What a read model is: for what, how large, by which indexes, read by whom, and its query. */
export function MakeUp({ name }: { readonly name: string }) {
  const news = useNews(
    ["operations.describe", name],
    ({ operations }, options) => operations.describe({ readModel: name }, options),
    { everyMs },
  );
  return (
    <Section title="What it is" news={news}>
      {(described) => (
        <div className="make-up">
          {described.doc !== null && <p>{described.doc}</p>}
          <Sizes described={described} />
          <Costs name={name} />
          <Readers described={described} />
          <Indexes described={described} />
          <details className="definition">
            <summary>How it is worked out</summary>
            <Query sql={described.sql} />
          </details>
        </div>
      )}
    </Section>
  );
}

function Query({ sql }: { readonly sql: string }) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so must the keyboard
  return <pre tabIndex={0}>{linesOf(sql).join("\n")}</pre>;
}

interface Of {
  readonly described: DescribeData;
}

function Sizes({ described: { rows, bytes, key, staleOn } }: Of) {
  const none = <Missing why="Unknown: PostgreSQL makes an estimate when it analyses the table." />;
  return (
    <Facts
      of={{
        Rows: rows === null ? none : formatEstimate(rows),
        "Size of rows": formatBytes(bytes.rows),
        "Size of indexes": formatBytes(bytes.indexes),
        "A row for each": key.join(", "),
        "Write tables behind it": staleOn.join(", "),
      }}
    />
  );
}

/** What keeping it took in a day, and whether computing it at each read would have taken less. */
function Costs({ name }: { readonly name: string }) {
  const { answer } = useNews(
    ["operations.readModelCosts"],
    ({ operations }, options) => operations.readModelCosts({ window: "24h" }, options),
    { everyMs },
  );
  const cost = answer?.readModels.find(({ readModel }) => readModel === name);
  if (!cost) return null;
  const reads = cost.kept.reads + cost.patched.reads + cost.live.reads;
  return (
    <p className="detail">
      In the last 24 h: {countOf(cost.refreshes, "refresh", "refreshes")} of{" "}
      {countOf(cost.keys, "key")} took {formatDuration(cost.refreshMs)}
      {reads > 0 ? `, and it was read ${countOf(reads, "time")}. ${verdictOf(cost)}` : "."}
    </p>
  );
}

function verdictOf({
  cheaper,
  keptMsPerHour,
  liveMsPerHour,
  liveIsAtLeast,
}: ReadModelCostsData["readModels"][number]): string {
  if (cheaper === null || keptMsPerHour === null || liveMsPerHour === null) {
    return "Whether computing it at each read would take less is not known yet.";
  }
  const kept = `${formatDuration(keptMsPerHour)} an hour`;
  const live = `${liveIsAtLeast ? "more than " : ""}${formatDuration(liveMsPerHour)}`;
  return cheaper === "kept"
    ? `Kept, it takes the database ${kept}; computed at each read it would take ${live}.`
    : `Kept, it takes the database ${kept}; computed at each read it would take only ${live}.`;
}

function Readers({ described: { readers, days } }: Of) {
  if (readers.length === 0) {
    return <p className="detail">Nobody of this house has read it in the last {days} days.</p>;
  }
  return (
    <DataTable
      label={`Who has read it in the last ${days} days`}
      name="readers"
      rows={readers}
      keyOf={({ partner }) => partner}
      columns={[
        {
          head: "Read by",
          meaning: "partner",
          cell: ({ partner }) => (
            <Link href={partnerPlace(partner)}>
              <bdi>{partner}</bdi>
            </Link>
          ),
        },
        {
          head: `Reads in ${days} days`,
          isNumber: true,
          cell: ({ reads }) => formatCount(reads),
          sortBy: ({ reads }) => reads,
        },
        { head: "Last", cell: ({ lastAt }) => <Moment at={lastAt} /> },
      ]}
    />
  );
}

function Indexes({ described: { indexes } }: Of) {
  return (
    <DataTable
      label="Indexes"
      name="indexes"
      rows={indexes}
      keyOf={({ columns }) => columns}
      columns={[
        {
          head: "Index on",
          cell: ({ columns }) => <code>{columns.replace(/^tenant, /, "")}</code>,
        },
        {
          head: "Size",
          isNumber: true,
          cell: ({ bytes }) => formatBytes(bytes),
          sortBy: ({ bytes }) => bytes,
        },
        {
          head: "Times used",
          meaning: "timesUsed",
          isNumber: true,
          cell: ({ scans }) => formatCount(scans),
          sortBy: ({ scans }) => scans,
        },
      ]}
    />
  );
}
