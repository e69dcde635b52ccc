import { Link } from "wouter";
import { DataTable } from "../components/data-table.tsx";
import { FindForm } from "../components/find-form.tsx";
import { KeyValues } from "../components/key-values.tsx";
import { Thing } from "../components/life.tsx";
import { Moment } from "../components/moment.tsx";
import { Section } from "../components/section.tsx";
import { readModelPlace, tracePlace } from "../places.ts";
import { useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

const STATES = {
  visible: "shown",
  pending: "not yet: keys of it wait",
  behind: "not yet: earlier changes wait",
} as const;

/** Follows one command into the read models. */
export function TracePage({ command }: { readonly command: string | undefined }) {
  useTitle("Trace");
  return (
    <>
      <FindForm
        label="Command id or receipt"
        placeholder="r1.… or an id"
        value={command}
        placeOf={tracePlace}
      />
      {command !== undefined && <Trace command={command} />}
    </>
  );
}

function Trace({ command }: { readonly command: string }) {
  const news = useNews(
    ["operations.trace", command],
    ({ operations }, options) => operations.trace({ command }, options),
    { everyMs: 1_000 },
  );
  return (
    <Section title="The way of this command" news={news}>
      {({ command: found, receipt, events, readModels }) => (
        <>
          <dl className="facts">
            {found && (
              <>
                <div>
                  <dt>Command</dt>
                  <dd>
                    <bdi>{found.procedure}</bdi>
                  </dd>
                </div>
                <div>
                  <dt>By</dt>
                  <dd>
                    <bdi>{found.actor}</bdi>
                  </dd>
                </div>
                <div>
                  <dt>Committed</dt>
                  <dd>
                    <Moment at={found.committedAt} />
                  </dd>
                </div>
              </>
            )}
            <div>
              <dt>Receipt</dt>
              <dd>
                <code>{receipt}</code>
              </dd>
            </div>
          </dl>
          <h3>What happened</h3>
          {events.length === 0 ? (
            <p className="detail">Nothing: it was asked for, and was so already.</p>
          ) : (
            <ul className="events">
              {events.map(({ kind, id, version, type }) => (
                <li key={`${kind} ${id} ${version}`}>
                  <b>{type}</b> <Thing kind={kind} id={id} />
                </li>
              ))}
            </ul>
          )}
          <h3>Where it is to be seen</h3>
          <DataTable
            label="Read models"
            rows={[...readModels].sort((a, b) => rank(a.state) - rank(b.state))}
            keyOf={({ readModel }) => readModel}
            columns={[
              {
                head: "Read model",
                meaning: "readModel",
                cell: ({ readModel }) => (
                  <Link href={readModelPlace(readModel)}>
                    <bdi>{readModel}</bdi>
                  </Link>
                ),
              },
              { head: "Shown", cell: ({ state }) => STATES[state] },
              {
                head: "Shows the state of",
                meaning: "asOf",
                cell: ({ asOf }) => (asOf === null ? "unknown" : <Moment at={asOf} />),
              },
              {
                head: "Keys that wait",
                meaning: "key",
                cell: ({ pendingKeys }) => (
                  <ul className="keys">
                    {(pendingKeys ?? []).map(({ key, held }) => (
                      <li key={JSON.stringify(key)}>
                        <KeyValues values={key} /> {held && "(set aside)"}
                      </li>
                    ))}
                  </ul>
                ),
              },
            ]}
          />
        </>
      )}
    </Section>
  );
}

function rank(state: keyof typeof STATES): number {
  return ["pending", "behind", "visible"].indexOf(state);
}
