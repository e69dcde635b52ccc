import type { ReadModelRowsData, WhyData } from "@selvedge/sdk";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { readModelPlace, whyPlace } from "../places.ts";
import { useNews } from "../use-news.ts";
import { DataTable } from "./data-table.tsx";
import { Section } from "./section.tsx";

interface Props {
  readonly name: string;
  /** The key that is looked at already. */
  readonly chosen?: WhyData["key"] | undefined;
}

const columnsShown = 8;
const rowsShown = 10;

/** Finds the row that somebody means, by parts of its key, and leads to why it says that. */
export function RowFinder({ name, chosen }: Props) {
  const [wanted, setWanted] = useState(() => textsOf(chosen ?? {}));
  const ask = (where: Texts) => ({
    key: ["operations.readModelRows", name, where],
    of: { readModel: name, where, limit: rowsShown },
  });
  const [any, some] = [ask({}), ask(wanted)];
  // Any rows tell what its key is made of, and the form stays while others are looked for.
  const first = useNews(any.key, ({ operations }, options) =>
    operations.readModelRows(any.of, options),
  );
  const news = useNews(
    some.key,
    ({ operations }, options) => operations.readModelRows(some.of, options),
    { everyMs: 5_000 },
  );
  const key = first.answer?.key ?? [];
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setWanted(textsOf(Object.fromEntries(key.map((column) => [column, form.get(column)]))));
  };
  return (
    <>
      {key.length > 0 && (
        <form className="notice row-finder" onSubmit={find}>
          {key.map((column) => (
            <label key={column} className="setting-field">
              <span>{column.replaceAll("_", " ")}</span>
              <input
                type="search"
                name={column}
                autoComplete="off"
                spellCheck={false}
                maxLength={200}
                defaultValue={wanted[column]}
              />
            </label>
          ))}
          <button type="submit" className="act">
            Find
          </button>
        </form>
      )}
      <Section
        title={`Rows of ${name}`}
        news={news}
        side={<Link href={readModelPlace(name)}>How fresh it is</Link>}
      >
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="detail">
              No row is like that. <Ask name={name} columns={key} wanted={wanted} />
            </p>
          ) : (
            <Rows name={name} columns={key} rows={rows} />
          )
        }
      </Section>
    </>
  );
}

type Texts = Readonly<Record<string, string>>;
type Row = ReadModelRowsData["rows"][number];

interface RowsProps {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

function Rows({ name, columns, rows }: RowsProps) {
  const others = Object.keys(rows[0] ?? {}).filter((column) => !columns.includes(column));
  const shown = [...columns, ...others].slice(0, Math.max(columnsShown, columns.length));
  const keyOf = (row: Row) =>
    Object.fromEntries(columns.map((column) => [column, textOf(row[column])]));
  return (
    <DataTable
      label={`Rows of ${name}`}
      rows={rows}
      keyOf={(row) => JSON.stringify(keyOf(row))}
      columns={[
        ...shown.map((column) => ({
          head: column.replaceAll("_", " "),
          cell: (row: Row) => <bdi>{textOf(row[column])}</bdi>,
        })),
        {
          head: "Why",
          cell: (row: Row) => <Link href={whyPlace(name, keyOf(row))}>why?</Link>,
        },
      ]}
    />
  );
}

/** A row may be about to come: where the whole key is written, it can be asked for. */
function Ask(props: {
  readonly name: string;
  readonly columns: readonly string[];
  readonly wanted: Texts;
}) {
  const { name, columns, wanted } = props;
  if (columns.some((column) => !wanted[column])) return null;
  return <Link href={whyPlace(name, wanted)}>Why not?</Link>;
}

/** What is written, without what is left empty. */
function textsOf(values: Readonly<Record<string, unknown>>): Texts {
  const texts = Object.entries(values).map(([name, value]) => [name, String(value ?? "").trim()]);
  return Object.fromEntries(texts.filter(([, text]) => text !== ""));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "—";
  return typeof value === "string" ? value : JSON.stringify(value);
}
