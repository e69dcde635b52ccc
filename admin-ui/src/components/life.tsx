import type { JsonValue } from "@selvedge/sdk";
import { Link } from "wouter";
import { thingPlace, tracePlace } from "../places.ts";
import { JsonValues } from "./json-values.tsx";
import { Moment } from "./moment.tsx";

interface LifeEvent {
  readonly position: string | number;
  readonly at: string;
  readonly type: string;
  readonly kind: string;
  readonly id: string;
  readonly data: Readonly<Record<string, JsonValue>>;
  /** What was asked; where the question is not on record, null. */
  readonly procedure?: string | null;
  readonly actor: string;
  readonly commandId: string;
}

interface Props {
  readonly events: readonly LifeEvent[];
  /** Whose life it is: what its own events are of is not said again. */
  readonly kind: string;
}

/** The events of one thing, in order: what happened, when, by whom, and to what else. */
export function Life({ events, kind: own }: Props) {
  return (
    <ol className="life">
      {events.map(({ position, at, type, kind, id, data, procedure, actor, commandId }) => (
        <li key={position}>
          <p>
            <b>{type}</b> <Moment at={at} />
            <span className="sub">
              by <bdi>{actor}</bdi>
              {procedure && (
                <>
                  {" "}
                  with <bdi>{procedure}</bdi>
                </>
              )}
              {kind !== own && (
                <>
                  , of <Thing kind={kind} id={id} />
                </>
              )}
              {" · "}
              <Link href={tracePlace(commandId)}>trace</Link>
            </span>
          </p>
          <JsonValues values={known(data)} />
        </li>
      ))}
    </ol>
  );
}

/** A thing of the house, with the way to its life. */
export function Thing({ kind, id }: { readonly kind: string; readonly id: string }) {
  return (
    <Link href={thingPlace(kind, id)}>
      <bdi>{kind}</bdi> <bdi>{id}</bdi>
    </Link>
  );
}

function known(data: LifeEvent["data"]): LifeEvent["data"] {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
}
