import { formatCount } from "../format.ts";
import { quietMs } from "../signs.ts";
import { useNews } from "../use-news.ts";
import { Action } from "./action.tsx";
import { DataTable } from "./data-table.tsx";
import { KeyValues } from "./key-values.tsx";
import { Moment } from "./moment.tsx";
import { Section } from "./section.tsx";

const underWayMs = 1_000;

/** Comparisons of a read model with its defining query, and the way to mend what they found. */
export function Verifications({ name }: { readonly name: string }) {
  const news = useNews(
    ["operations.verifications", name],
    ({ operations }, options) => operations.verifications({ readModel: name }, options),
    { everyMs: (answer) => (answer?.verifications.some(isUnderWay) ? underWayMs : quietMs) },
  );
  return (
    <Section
      title="Verifications"
      news={news}
      empty={{
        when: ({ verifications }) => verifications.length === 0,
        say: "It was not compared with its defining query yet.",
      }}
    >
      {({ verifications }) => (
        <DataTable
          label="Verifications"
          rows={verifications.slice(0, 20)}
          keyOf={({ id }) => id}
          columns={[
            { head: "Asked", cell: ({ askedAt }) => <Moment at={askedAt} /> },
            { head: "By", cell: ({ askedBy }) => <bdi>{askedBy}</bdi> },
            {
              head: "Rows",
              meaning: "rowsCompared",
              isNumber: true,
              cell: ({ rowsChecked }) =>
                rowsChecked === null ? "under way" : formatCount(rowsChecked),
            },
            {
              head: "Found",
              meaning: "found",
              cell: (one) => <Found verification={one} name={name} />,
            },
          ]}
        />
      )}
    </Section>
  );
}

type Verification = Awaited<
  ReturnType<import("@selvedge/sdk").Selvedge["operations"]["verifications"]>
>["verifications"][number];

function isUnderWay({ finishedAt }: Verification): boolean {
  return finishedAt === null;
}

function Found(props: { readonly verification: Verification; readonly name: string }) {
  const { id, missing, extra, different, keys, error, repairedAt } = props.verification;
  if (error !== null) return <pre className="told">{error}</pre>;
  if (isUnderWay(props.verification)) return "under way";
  const count = (missing ?? 0) + (extra ?? 0) + (different ?? 0);
  if (count === 0) return "no difference";
  const parts = [
    [missing, "missing"],
    [extra, "too many"],
    [different, "different"],
  ] as const;
  return (
    <>
      {parts.flatMap(([of, word]) => (of ? [`${formatCount(of)} ${word}`] : [])).join(", ")}
      <ul className="keys">
        {keys.slice(0, 5).map((key) => (
          <li key={JSON.stringify(key)}>
            <KeyValues values={key} />
          </li>
        ))}
      </ul>
      {repairedAt === null ? (
        <Action
          label="Repair"
          consequence="Refreshes just these keys from the write tables."
          act={({ operations }, reason) =>
            operations.repair({ readModel: props.name, verification: id, reason })
          }
          done="The keys are noted and will be refreshed."
        />
      ) : (
        <span className="sub">
          repaired <Moment at={repairedAt} />
        </span>
      )}
    </>
  );
}
