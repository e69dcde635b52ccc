import { Link } from "wouter";
import { FindForm } from "../components/find-form.tsx";
import { Moment } from "../components/moment.tsx";
import { Section } from "../components/section.tsx";
import { passportPlace, tracePlace } from "../places.ts";
import { useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

/** One piece's whole life, from the journal. */
export function PassportPage({ lpn }: { readonly lpn: string | undefined }) {
  useTitle("Passport");
  return (
    <>
      <FindForm
        label="Licence plate of a garment"
        placeholder="LPN-…"
        value={lpn}
        placeOf={passportPlace}
      />
      {lpn !== undefined && <Passport lpn={lpn} />}
    </>
  );
}

function Passport({ lpn }: { readonly lpn: string }) {
  const news = useNews(
    ["journal.garmentPassport", lpn],
    async ({ journal }, options) =>
      (await journal.garmentPassport({ lpn, limit: 200 }, options)).data,
    { everyMs: 5_000 },
  );
  return (
    <Section
      title={`The life of ${lpn}`}
      news={news}
      empty={{ when: ({ rows }) => rows.length === 0, say: "Nobody knows a piece of this number." }}
    >
      {({ rows }) => (
        <ol className="life">
          {rows.map(({ position, at, type, kind, id, data, procedure, actor, commandId }) => (
            <li key={position}>
              <p>
                <b>{type}</b> <Moment at={at} />
                <span className="sub">
                  by <bdi>{actor}</bdi>
                  {procedure !== null && (
                    <>
                      {" "}
                      with <bdi>{procedure}</bdi>
                    </>
                  )}
                  {kind !== "Garment" && (
                    <>
                      , of {kind} <bdi>{id}</bdi>
                    </>
                  )}
                  {" · "}
                  <Link href={tracePlace(commandId)}>trace</Link>
                </span>
              </p>
              <dl className="event-data">
                {Object.entries(data)
                  .filter(([field, value]) => field !== "lpn" && value !== null)
                  .map(([field, value]) => (
                    <div key={field}>
                      <dt>{field}</dt>
                      <dd>
                        <bdi>{typeof value === "string" ? value : JSON.stringify(value)}</bdi>
                      </dd>
                    </div>
                  ))}
              </dl>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
