import type { GenerationsData } from "@selvedge/sdk";
import { countOf, formatCount } from "../format.ts";
import { quietMs, type Signs } from "../signs.ts";
import { useNews } from "../use-news.ts";
import { Action } from "./action.tsx";
import { DataTable } from "./data-table.tsx";
import { JsonValues } from "./json-values.tsx";
import { KeyValues } from "./key-values.tsx";
import { Moment } from "./moment.tsx";
import { Section } from "./section.tsx";

/** What a generation is to its read model, in words. */
const STATES = {
  building: "being built",
  filled: "filled, not compared yet",
  ready: "ready to be swapped in",
  current: "read now",
  previous: "one step back",
} as const;

/** One generation of a read model. */
export type Generation = GenerationsData["generations"][number];

/** What a generation is to its read model just now, in words. */
export function standingOf({ state, waitingSince }: Generation): string {
  return waitingSince === null ? STATES[state] : "waits to be accepted";
}

interface Props {
  readonly name: string;
  readonly signs: Signs;
}

const comingMs = 2_000;

function isComing({ state }: Generation): boolean {
  return state !== "current" && state !== "previous";
}

/** How a read model was declared before, now and next, and the step back. */
export function Generations({ name, signs }: Props) {
  const news = useNews(
    ["operations.generations", name],
    ({ operations }, options) => operations.generations({ readModel: name }, options),
    {
      everyMs: (answer) => (answer?.generations.some(isComing) ? comingMs : quietMs),
      on: signs.state,
    },
  );
  const hasPrevious = news.answer?.generations.some(({ state }) => state === "previous");
  const waiting = news.answer?.generations.find(({ waitingSince }) => waitingSince !== null);
  const decisions = (hasPrevious || waiting) && (
    <span className="actions">
      {waiting && <Decisions key={waiting.id} generation={waiting} />}
      {hasPrevious && <ReturnToPrevious name={name} />}
    </span>
  );
  return (
    <Section title="Releases" news={news} side={decisions || undefined}>
      {({ generations }) => (
        <DataTable
          label="Releases"
          rows={generations}
          keyOf={({ id }) => id}
          columns={[
            { head: "State", meaning: "release", cell: standingOf },
            {
              head: "Definition",
              meaning: "declaration",
              cell: ({ hash }) => <code>{hash.slice(0, 12)}</code>,
            },
            { head: "Installed", cell: ({ installedAt }) => <Moment at={installedAt} /> },
            {
              head: "Rows filled",
              meaning: "rowsFilled",
              isNumber: true,
              cell: ({ filledRows }) => formatCount(filledRows),
            },
            {
              head: "Against the one before",
              meaning: "differences",
              cell: (one) => <Compared generation={one} />,
            },
          ]}
        />
      )}
    </Section>
  );
}

/** What can be done with a generation that waits to be accepted. */
export function Decisions({ generation: { id, readModel } }: { readonly generation: Generation }) {
  const of = (reason: string) => ({ readModel, generation: id, reason });
  return (
    <>
      <Action
        label="Accept"
        scope="operations:admin"
        consequence={`From the next refresh on, screens show ${readModel} as this declares it. The old rows can be shown again as long as they have all columns.`}
        act={({ operations }, reason) => operations.acceptRelease(of(reason))}
        done="Accepted; the next refresh puts it in its place."
      />
      <Action
        label="Compare again"
        scope="operations:admin"
        consequence="Compares its rows anew with those that are read by now. Nothing is blocked."
        act={({ operations }, reason) => operations.compareRelease(of(reason))}
        done="The comparison is under way."
      />
      <Action
        label="Discard"
        scope="operations:admin"
        consequence="Drops the rows that were built. Refused where the server that answers declares it: deploy the declaration that you want everywhere first."
        act={({ operations }, reason) => operations.discardRelease(of(reason))}
        done="Discarded; what is read stays as it is."
        isGrave
      />
    </>
  );
}

/** The way back to how a read model was declared before. */
export function ReturnToPrevious({ name }: { readonly name: string }) {
  return (
    <Action
      label="Return to previous"
      consequence={`Puts the previous generation of ${name} back in one transaction; once more undoes it.`}
      act={({ operations }, reason) => operations.returnToPrevious({ readModel: name, reason })}
      done="The previous generation is read again."
      isGrave
      scope="operations:admin"
    />
  );
}

/** How a generation's rows differ from those of the one that it takes the place of. */
export function Compared({ generation }: { readonly generation: Generation }) {
  const { comparison, error, waitingSince } = generation;
  if (error !== null) return <pre className="told">{error}</pre>;
  if (comparison === null) {
    return waitingSince === null
      ? "nothing to compare with"
      : "cannot be compared with what is read";
  }
  const { added, removed, different, changed, samples, leftOut = 0 } = comparison;
  const unseen = leftOut > 0 && `; ${countOf(leftOut, "key")} pending and not compared`;
  if (added + removed + different === 0) return <>the same rows{unseen}</>;
  const columns = Object.entries(changed)
    .filter(([, rows]) => rows > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([column, rows]) => `${column} (${formatCount(rows)})`);
  return (
    <>
      {formatCount(added)} added, {formatCount(removed)} removed, {formatCount(different)} changed
      {unseen}
      {columns.length > 0 && <span className="sub">in {columns.join(", ")}</span>}
      <ul className="keys">
        {samples.slice(0, 5).map(({ how, key, before, after }) => (
          <li key={`${how} ${JSON.stringify(key)}`}>
            {how} <KeyValues values={key} />
            {before && after && <JsonValues values={before} due={after} />}
          </li>
        ))}
      </ul>
    </>
  );
}
