import { Link } from "wouter";
import { Action } from "../components/action.tsx";
import { DataTable } from "../components/data-table.tsx";
import { DefinitionDiff } from "../components/definition-diff.tsx";
import { Compared, GENERATION_STATES, type Generation } from "../components/generations.tsx";
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
                cell: ({ readModel }) => (
                  <Link href={readModelPlace(readModel)}>
                    <bdi>{readModel}</bdi>
                  </Link>
                ),
              },
              { head: "Definition", cell: ({ hash }) => <code>{hash.slice(0, 12)}</code> },
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
  // The one that is to come or has come, and the one that it takes or took the place of.
  const [newest, older] = inOrder(generations);
  if (!newest || !older) return null;
  return (
    <article className="release" aria-label={name}>
      <h3>
        <Link href={readModelPlace(name)}>
          <bdi>{name}</bdi>
        </Link>
      </h3>
      <p>
        {GENERATION_STATES[newest.state]}
        {newest.currentSince !== null && newest.state === "current" ? (
          <>
            {" since "}
            <Moment at={newest.currentSince} />
          </>
        ) : (
          `, ${formatCount(newest.filledRows)} rows so far`
        )}
        ; against the one {older.state === "current" ? "read now" : "before"}:{" "}
        <Compared generation={newest} />
      </p>
      <DefinitionDiff before={older.definition} after={newest.definition} />
      {generations.some(({ state }) => state === "previous") && (
        <Action
          label="Return to previous"
          scope="operations:admin"
          consequence={`Puts the previous generation of ${name} back in one transaction; once more undoes it.`}
          act={({ operations }, reason) => operations.returnToPrevious({ readModel: name, reason })}
          done="The previous generation is read again."
          isGrave
        />
      )}
    </article>
  );
}

function inOrder(generations: readonly Generation[]): Generation[] {
  const order = ["building", "filled", "ready", "current", "previous"];
  return [...generations].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}
