import type { JsonValue } from "@selvedge/sdk";

interface Props {
  readonly values: Readonly<Record<string, JsonValue>>;
  /** What it is to be; where that differs it is said beside. */
  readonly due?: Readonly<Record<string, JsonValue>> | null;
}

/** A row or an event's data as names and values; what is about to change says to what. */
export function JsonValues({ values, due }: Props) {
  return (
    <dl className="event-data">
      {Object.entries(values).map(([name, value]) => {
        const next = due && textOf(due[name] ?? null);
        const isChanging = typeof next === "string" && next !== textOf(value);
        return (
          <div key={name} className={isChanging ? "changing" : undefined}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>
              <bdi>{textOf(value)}</bdi>
              {isChanging && (
                <>
                  {" → "}
                  <bdi>{next}</bdi>
                </>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function textOf(value: JsonValue): string {
  if (value === null) return "—";
  return typeof value === "string" ? value : JSON.stringify(value);
}
