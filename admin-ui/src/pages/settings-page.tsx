import type { ConfigurationData } from "@selvedge/sdk";
import { Link } from "wouter";
import { DataTable } from "../components/data-table.tsx";
import { Facts } from "../components/facts.tsx";
import { HouseSettings } from "../components/house-settings.tsx";
import { Moment } from "../components/moment.tsx";
import { Section } from "../components/section.tsx";
import { formatCount } from "../format.ts";
import { tracePlace } from "../places.ts";
import { type News, useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

/** The settings as a house calls them. */
const SETTINGS: Readonly<Record<string, string>> = {
  grades: "grades",
  carriers: "carriers",
  promises: "promises",
  returnWindowDays: "return window",
};

/** What the house has decided, who decided it, and what it all runs on. */
export function SettingsPage({ names }: { readonly names: readonly string[] }) {
  useTitle("Settings");
  const news = useNews(
    ["operations.configuration"],
    ({ operations }, options) => operations.configuration({}, options),
    { everyMs: 5_000 },
  );
  return (
    <>
      <HouseSettings names={names} />
      <Changes news={news} />
      <Server news={news} />
    </>
  );
}

interface Props {
  readonly news: News<ConfigurationData>;
}

function Changes({ news }: Props) {
  return (
    <Section
      title="Who decided what"
      news={news}
      empty={{
        when: ({ changes }) => changes.length === 0,
        say: "Nobody has changed anything yet: what holds are the defaults.",
      }}
    >
      {({ changes }) => (
        <DataTable
          label="Who decided what"
          rows={changes}
          keyOf={({ version }) => version}
          columns={[
            {
              head: "Version",
              meaning: "settingsVersion",
              cell: ({ version }) => formatCount(version),
            },
            { head: "When", cell: ({ at }) => <Moment at={at} /> },
            { head: "Who", cell: ({ actor }) => <bdi>{actor}</bdi> },
            {
              head: "Changed",
              cell: ({ names }) => names.map((name) => SETTINGS[name] ?? name).join(", "),
            },
            {
              head: "Where it is seen",
              meaning: "trace",
              cell: ({ commandId }) => <Link href={tracePlace(commandId)}>trace</Link>,
            },
          ]}
        />
      )}
    </Section>
  );
}

function Server({ news }: Props) {
  return (
    <Section title="What this server runs on" news={news}>
      {({ process, database, refreshers }) => (
        <>
          <Facts
            of={{
              Version: process.server,
              "Oldest SDK taken": process.oldestSdk,
              Contract: <code>{process.contract}</code>,
              "Up since": <Moment at={process.upSince} />,
              Roles: process.roles.join(", "),
              "Computed live": process.live.join(", ") || "none",
              "Node.js": process.runtime,
              PostgreSQL: database.postgres,
              Database: <bdi>{database.name}</bdi>,
              Schemas: (
                <bdi>
                  {[process.schemas.write, process.schemas.read, process.schemas.jobs].join(", ")}
                </bdi>
              ),
              "Newest migration": database.migration ?? "none",
            }}
          />
          <h3>Connections of this process</h3>
          <DataTable
            label="Connections of this process"
            rows={process.pools}
            keyOf={({ name }) => name}
            columns={[
              { head: "For", cell: ({ name }) => POOLS[name] ?? name },
              {
                head: "Open",
                meaning: "connections",
                isNumber: true,
                cell: ({ open }) => formatCount(open),
              },
              { head: "Idle", isNumber: true, cell: ({ idle }) => formatCount(idle) },
              { head: "At most", isNumber: true, cell: ({ max }) => formatCount(max) },
              {
                head: "Calls that wait for one",
                isNumber: true,
                cell: ({ waiting }) => formatCount(waiting),
              },
            ]}
          />
          <h3>Processes that refresh</h3>
          {refreshers.length === 0 ? (
            <p className="detail">None was heard in the last hour.</p>
          ) : (
            <DataTable
              label="Processes that refresh"
              rows={refreshers}
              keyOf={({ host, pid }) => `${host} ${pid}`}
              columns={[
                { head: "Machine", cell: ({ host }) => <bdi>{host}</bdi> },
                { head: "Process", isNumber: true, cell: ({ pid }) => String(pid) },
                { head: "Since", cell: ({ startedAt }) => <Moment at={startedAt} /> },
                {
                  head: "Last heard",
                  meaning: "lastHeard",
                  cell: ({ heardAt }) => <Moment at={heardAt} />,
                },
              ]}
            />
          )}
        </>
      )}
    </Section>
  );
}

const POOLS: Readonly<Record<string, string>> = {
  command: "commands",
  query: "queries",
  operations: "this page and keys",
};
