import type { IncidentsData } from "@selvedge/sdk";
import { Link } from "wouter";
import { Action } from "../components/action.tsx";
import { ErrorText } from "../components/error-text.tsx";
import { KeyValues } from "../components/key-values.tsx";
import { Moment } from "../components/moment.tsx";
import { Quote } from "../components/quote.tsx";
import { Section } from "../components/section.tsx";
import { StatusMark } from "../components/status-mark.tsx";
import { formatCount, formatDuration, msBetween } from "../format.ts";
import { readModelPlace } from "../places.ts";
import type { Tone } from "../status.ts";
import { useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

type Incident = IncidentsData["incidents"][number];

const TONES: Readonly<Record<Incident["kind"], Tone>> = {
  unknown: "unknown",
  paused: "warn",
  failing: "bad",
  held: "bad",
  stalled: "bad",
  drift: "bad",
  "verification-failed": "warn",
  "build-failed": "warn",
  "release-waiting": "warn",
};

/** What is wrong with any read model, the newest first. */
export function IncidentsPage() {
  useTitle("Incidents");
  const news = useNews(
    ["operations.incidents"],
    ({ operations }, options) => operations.incidents({}, options),
    { everyMs: 1_000 },
  );
  const count = news.answer?.incidents.length ?? 0;
  return (
    <Section
      title="Incidents"
      news={news}
      side={count > 0 ? <span className="detail">{formatCount(count)} open</span> : undefined}
      empty={{
        when: ({ incidents }) => incidents.length === 0,
        say:
          "None is open: a refresher is heard, nothing is paused, fails or stands still, no key is set " +
          "aside, and every comparison with the books came out even.",
      }}
    >
      {({ incidents, at }) => (
        <ol className="incidents">
          {incidents.map((one) => (
            <li
              key={`${one.kind} ${one.group} ${one.readModels}`}
              className={`tone-${TONES[one.kind]}`}
            >
              <Told incident={one} at={at} />
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

function Told({ incident, at }: { readonly incident: Incident; readonly at: string }) {
  const { kind, sentence, meaning, since, detail, keys, readModels } = incident;
  const forMs = msBetween(since, at);
  return (
    <>
      <h3>
        <StatusMark tone={TONES[kind]} />
        <bdi>{sentence}</bdi>
      </h3>
      <p className="detail">
        {since === null || forMs === null ? (
          "Since nobody knows when."
        ) : (
          <>
            For {formatDuration(forMs)}, since <Moment at={since} />.
          </>
        )}{" "}
        {meaning}
      </p>
      {detail !== null &&
        (kind === "paused" ? <Quote text={detail} /> : <ErrorText text={detail} />)}
      {keys.length > 0 && (
        <ul className="keys" aria-label="Some of its keys">
          {keys.map((key) => (
            <li key={JSON.stringify(key)}>
              <KeyValues values={key} />
            </li>
          ))}
        </ul>
      )}
      <div className="incident-foot">
        <Remedy incident={incident} />
        {readModels.map((name) => (
          <Link key={name} href={readModelPlace(name)}>
            <bdi>{name}</bdi>
          </Link>
        ))}
      </div>
    </>
  );
}

/** What mends it, where something on this page can. */
function Remedy({ incident }: { readonly incident: Incident }) {
  const { kind, group, verification } = incident;
  const [readModel] = incident.readModels;
  if (kind === "paused" && group !== null) {
    return (
      <Action
        label="Resume"
        consequence={`Lets all read models of the group ${group} be refreshed again.`}
        act={({ operations }, reason) => operations.resume({ group, reason })}
        done="Resumed."
      />
    );
  }
  if (readModel === undefined) return null;
  if (kind === "release-waiting") return <Link href="/releases">See how it differs</Link>;
  if (kind === "drift" && verification !== null) {
    return (
      <Action
        label="Repair"
        consequence="Refreshes just these keys from the write tables."
        act={({ operations }, reason) => operations.repair({ readModel, verification, reason })}
        done="The keys are noted and will be refreshed."
      />
    );
  }
  if (kind === "verification-failed") {
    return (
      <Action
        label="Verify"
        consequence="Compares every row with what its defining query says now. Nothing is blocked."
        act={({ operations }, reason) => operations.verify({ readModel, reason })}
        done="The comparison is under way."
      />
    );
  }
  if (group !== null && (kind === "held" || kind === "failing" || kind === "stalled")) {
    return (
      <Action
        label="Refresh now"
        consequence={`Takes in what waits in the group ${group}, and tries again the keys set aside.`}
        act={({ operations }, reason) => operations.refresh({ group, reason })}
        done="A refresh is under way."
      />
    );
  }
  return null;
}
