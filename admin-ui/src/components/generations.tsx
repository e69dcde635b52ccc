import type { GenerationsData } from "@selvedge/sdk";
import { formatCount } from "../format.ts";
import { useNews } from "../use-news.ts";
import { Action } from "./action.tsx";
import { DataTable } from "./data-table.tsx";
import { KeyValues } from "./key-values.tsx";
import { Moment } from "./moment.tsx";
import { Section } from "./section.tsx";

/** What a generation is to its read model, in words. */
export const GENERATION_STATES = {
  building: "being built",
  filled: "filled, not compared yet",
  ready: "ready to be swapped in",
  current: "read now",
  previous: "one step back",
} as const;

/** How a read model was declared before, now and next, and the step back. */
export function Generations({ name }: { readonly name: string }) {
  const news = useNews(
    ["operations.generations", name],
    ({ operations }, options) => operations.generations({ readModel: name }, options),
    { everyMs: 5_000 },
  );
  const hasPrevious = news.answer?.generations.some(({ state }) => state === "previous");
  const back = hasPrevious && (
    <Action
      label="Return to previous"
      consequence="Puts the previous generation back in one transaction; once more undoes it."
      act={({ operations }, reason) => operations.returnToPrevious({ readModel: name, reason })}
      done="The previous generation is read again."
      isGrave
      scope="operations:admin"
    />
  );
  return (
    <Section title="Releases" news={news} side={back || undefined}>
      {({ generations }) => (
        <DataTable
          label="Releases"
          rows={generations}
          keyOf={({ id }) => id}
          columns={[
            { head: "State", cell: ({ state }) => GENERATION_STATES[state] },
            { head: "Definition", cell: ({ hash }) => <code>{hash.slice(0, 12)}</code> },
            { head: "Installed", cell: ({ installedAt }) => <Moment at={installedAt} /> },
            {
              head: "Rows filled",
              isNumber: true,
              cell: ({ filledRows }) => formatCount(filledRows),
            },
            { head: "Against the one before", cell: (one) => <Compared generation={one} /> },
          ]}
        />
      )}
    </Section>
  );
}

/** One generation of a read model. */
export type Generation = GenerationsData["generations"][number];

/** How a generation's rows differ from those of the one that it takes the place of. */
export function Compared({ generation }: { readonly generation: Generation }) {
  const { comparison, error } = generation;
  if (error !== null) return <pre className="told">{error}</pre>;
  if (comparison === null) return "nothing to compare with";
  const { added, removed, different, changed, samples } = comparison;
  if (added + removed + different === 0) return "the same rows";
  const columns = Object.entries(changed)
    .filter(([, rows]) => rows > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([column, rows]) => `${column} (${formatCount(rows)})`);
  return (
    <>
      {formatCount(added)} added, {formatCount(removed)} removed, {formatCount(different)} changed
      {columns.length > 0 && <span className="sub">in {columns.join(", ")}</span>}
      <ul className="keys">
        {samples.slice(0, 5).map(({ how, key }) => (
          <li key={`${how} ${JSON.stringify(key)}`}>
            {how} <KeyValues values={key} />
          </li>
        ))}
      </ul>
    </>
  );
}
