import type { WhyData } from "@selvedge/sdk";
import { Link } from "wouter";
import { JsonValues } from "../components/json-values.tsx";
import { KeyValues } from "../components/key-values.tsx";
import { Moment } from "../components/moment.tsx";
import { RowFinder } from "../components/row-finder.tsx";
import { Section } from "../components/section.tsx";
import { StatusChip } from "../components/status-chip.tsx";
import { type RowKey, readModelPlace, tracePlace } from "../places.ts";
import type { StatusWords } from "../status.ts";
import { useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

type Command = WhyData["commands"][number];

const STATES: Readonly<Record<Command["state"], StatusWords>> = {
  shown: { label: "Shown", tone: "good", meaning: "Nothing of it waits: this row shows it." },
  waits: {
    label: "Waits",
    tone: "busy",
    meaning: "It is committed, and this row will show it after its next refresh.",
  },
  held: {
    label: "Set aside",
    tone: "bad",
    meaning: "It is committed, but the row cannot be worked out. The read model's page says why.",
  },
};

interface Props {
  readonly name: string;
  /** A row's key; without one a row is looked for. */
  readonly of: RowKey | undefined;
}

/** Why a row of a read model says what it says. */
export function WhyPage({ name, of }: Props) {
  useTitle(`Why? ${name}`);
  return (
    <>
      <RowFinder name={name} chosen={of} />
      {of !== undefined && <Why name={name} of={of} />}
    </>
  );
}

function Why({ name, of }: { readonly name: string; readonly of: WhyData["key"] }) {
  const news = useNews(
    ["operations.why", name, of],
    ({ operations }, options) => operations.why({ readModel: name, key: of }, options),
    { everyMs: 2_000 },
  );
  return (
    <Section title="Why does it say that?" news={news}>
      {(answer) => (
        <>
          <p className="detail">
            <Link href={readModelPlace(name)}>
              <bdi>{name}</bdi>
            </Link>{" "}
            <KeyValues values={answer.key} />
          </p>
          <Row answer={answer} />
          <h3>What made it so, the newest first</h3>
          <Commands answer={answer} />
        </>
      )}
    </Section>
  );
}

function Row({ answer: { key, row, due, isDueKnown, asOf } }: { readonly answer: WhyData }) {
  const isChanging = isDueKnown && JSON.stringify(row) !== JSON.stringify(due);
  if (row === null && due === null) {
    return <p>There is no such row, and nothing written would make one.</p>;
  }
  return (
    <>
      <h3>
        {row === null ? "It will say" : "It says"}
        {asOf !== null && (
          <span className="sub at">
            as of <Moment at={asOf} />
          </span>
        )}
      </h3>
      <JsonValues values={without(key, row ?? due ?? {})} due={row === null ? null : due} />
      {isChanging && row !== null && (
        <p className="detail">
          {due === null
            ? "With its next refresh this row goes: nothing written makes it any more."
            : "What stands behind an arrow is what it will say after its next refresh."}
        </p>
      )}
    </>
  );
}

/** The key stands above already. */
function without<Row extends object>(key: object, row: Row): Row {
  const others = Object.entries(row).filter(([column]) => !(column in key));
  return Object.fromEntries(others) as Row;
}

function Commands({ answer: { commands, maintain } }: { readonly answer: WhyData }) {
  if (commands.length === 0) {
    return (
      <p className="detail">
        {maintain === "whole"
          ? "This read model is worked out whole, from everything: nobody can say which commands made one row of it."
          : "No command is known to have touched it."}
      </p>
    );
  }
  return (
    <ol className="life">
      {commands.map(({ commandId, procedure, actor, committedAt, state, events }) => (
        <li key={commandId}>
          <p>
            <b>{procedure}</b> <Moment at={committedAt} /> <StatusChip words={STATES[state]} />
            <span className="sub">
              by <bdi>{actor}</bdi>
              {" · "}
              <Link href={tracePlace(commandId)}>trace</Link>
            </span>
          </p>
          {events.map(({ kind, id, type, data }) => (
            <div key={`${kind} ${id} ${type}`} className="why-event">
              <span>
                {type} <span className="sub inline">of {kind}</span> <bdi>{id}</bdi>
              </span>
              <JsonValues values={data} />
            </div>
          ))}
        </li>
      ))}
    </ol>
  );
}
