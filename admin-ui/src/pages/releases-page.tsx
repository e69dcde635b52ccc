import { Link } from "wouter";
import { DataTable } from "../components/data-table.tsx";
import { DefinitionDiff } from "../components/definition-diff.tsx";
import {
  Compared,
  Decisions,
  type Generation,
  ReturnToPrevious,
  standingOf,
} from "../components/generations.tsx";
import { Moment } from "../components/moment.tsx";
import { Section } from "../components/section.tsx";
import { formatCount } from "../format.ts";
import { readModelPlace } from "../places.ts";
import { useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

/** What was released of read models and what is about to be: how it differs, and the way back. */
export function ReleasesPage() {
  useTitle("Releases");
  const news = useNews(
    ["operations.generations"],
    ({ operations }, options) => operations.generations({}, options),
    { everyMs: 5_000 },
  );
  const all = news.answer?.generations ?? [];
  const changed = [...new Set(all.map(({ readModel }) => readModel))]
    .map((name) => [name, all.filter(({ readModel }) => readModel === name)] as const)
    .filter(([, generations]) => generations.length > 1);
  return (
    <>
      <Section
        title="Changed read models"
        news={news}
        empty={{
          when: () => changed.length === 0,
          say:
            "None: no read model is being built, and none has a step back. A changed declaration, or a " +
            "rebuild, is built beside what is read, compared with it here, and then swapped in.",
        }}
      >
        {() => changed.map(([name, of]) => <Release key={name} name={name} generations={of} />)}
      </Section>
      <Section title="What is read now" news={news}>
        {({ generations }) => (
          <DataTable
            label="What is read now"
            rows={generations.filter(({ state }) => state === "current")}
            keyOf={({ id }) => id}
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
              {
                head: "Definition",
                meaning: "declaration",
                cell: ({ hash }) => <code>{hash.slice(0, 12)}</code>,
              },
              {
                head: "Read since",
                cell: ({ currentSince }) =>
                  currentSince === null ? "unknown" : <Moment at={currentSince} />,
              },
            ]}
          />
        )}
      </Section>
    </>
  );
}

interface Props {
  readonly name: string;
  readonly generations: readonly Generation[];
}

function Release({ name, generations }: Props) {
  const [newest, older] = changeIn(generations);
  if (!newest || !older) return null;
  return (
    <article className="release" aria-label={name}>
      <h3>
        <Link href={readModelPlace(name)}>
          <bdi>{name}</bdi>
        </Link>
      </h3>
      <p>
        {standingOf(newest)}
        {newest.waitingSince !== null ? (
          <>
            {" since "}
            <Moment at={newest.waitingSince} />
          </>
        ) : newest.currentSince !== null && newest.state === "current" ? (
          <>
            {" since "}
            <Moment at={newest.currentSince} />
          </>
        ) : (
          `, ${formatCount(newest.filledRows)} rows so far`
        )}
        ; against the one {older.state === "current" ? "read now" : "before"}
        {newest.waitingSince !== null && <ComparedAt at={newest.comparedAt} />}:
      </p>
      <div className="compared">
        <Compared generation={newest} />
      </div>
      {newest.waitingSince !== null && (
        <p className="detail">
          It would change what is read. Until somebody accepts it, screens go on showing the old
          rows, but for servers whose columns these lack: they compute theirs.
        </p>
      )}
      <DefinitionDiff before={older.definition} after={newest.definition} />
      <div className="actions">
        {newest.waitingSince !== null && <Decisions key={newest.id} generation={newest} />}
        {generations.some(({ state }) => state === "previous") && <ReturnToPrevious name={name} />}
      </div>
    </article>
  );
}

function ComparedAt({ at }: { readonly at: string | null }) {
  if (at === null) return " (being compared anew)";
  return (
    <>
      {" (as of "}
      <Moment at={at} />)
    </>
  );
}

/** The one that is to come or has come, and the one that it takes or took the place of. */
function changeIn(generations: readonly Generation[]): (Generation | undefined)[] {
  const current = generations.find(({ state }) => state === "current");
  const previous = generations.find(({ state }) => state === "previous");
  const coming = generations.filter((one) => one !== current && one !== previous);
  const next = coming.find(({ waitingSince }) => waitingSince !== null) ?? coming[0];
  return next ? [next, current] : [current, previous];
}
