import { countOf } from "../format.ts";
import { quietMs, type Signs } from "../signs.ts";
import { useNews } from "../use-news.ts";
import { DataTable } from "./data-table.tsx";
import { KeyValues } from "./key-values.tsx";
import { Moment } from "./moment.tsx";
import { Section } from "./section.tsx";

interface Props {
  readonly name: string;
  readonly signs: Signs;
}

/** Keys whose rows cannot be computed, and why. */
export function HeldKeys({ name, signs }: Props) {
  const news = useNews(
    ["operations.heldKeys", name],
    ({ operations }, options) => operations.heldKeys({ readModel: name }, options),
    { everyMs: signs.isQuiet ? quietMs : 5_000, on: signs.state },
  );
  return (
    <Section
      title="Set aside"
      news={news}
      empty={{ when: ({ heldKeys }) => heldKeys.length === 0, say: "No key is set aside." }}
    >
      {({ heldKeys }) => (
        <DataTable
          label="Keys set aside"
          rows={heldKeys}
          keyOf={({ key }) => JSON.stringify(key)}
          name="held"
          textOf={({ key, error }) => `${Object.values(key).join(" ")} ${error}`}
          columns={[
            { head: "Key", meaning: "key", cell: ({ key }) => <KeyValues values={key} /> },
            { head: "Error", cell: ({ error }) => <bdi className="told">{error}</bdi> },
            {
              head: "Since",
              cell: ({ since }) => <Moment at={since} />,
              sortBy: ({ since }) => since,
            },
            {
              head: "Next try",
              cell: ({ retryAt, tries }) => (
                <>
                  <Moment at={retryAt} />{" "}
                  <span className="sub">after {countOf(tries, "try", "tries")}</span>
                </>
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}
