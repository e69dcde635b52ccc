import { Link } from "wouter";
import { formatDuration, isKnown } from "../format.ts";
import { readModelPlace, SPANS, type Span } from "../places.ts";
import { quietMs, type Signs } from "../signs.ts";
import { useNews } from "../use-news.ts";
import { LagChart } from "./lag-chart.tsx";
import { Section } from "./section.tsx";

interface Props {
  readonly name: string;
  readonly signs: Signs;
  readonly span: Span;
  readonly promiseMs: number;
}

const STAGES = [
  { field: "toNoticedMs", label: "committed to noticed" },
  { field: "toStartedMs", label: "noticed to started" },
  { field: "toVisibleMs", label: "started to visible" },
] as const;

/** A read model's lag over an hour, a day, a week or a month, and what it was made of. */
export function LagHistory({ name, signs, span, promiseMs }: Props) {
  const news = useNews(
    ["operations.lagHistory", name, span],
    ({ operations }, options) => operations.lagHistory({ readModel: name, span }, options),
    { everyMs: quietMs, on: signs.record },
  );
  const spans = (
    <nav className="places" aria-label="How far back">
      {SPANS.map((one) => (
        <Link
          key={one}
          href={readModelPlace(name, one)}
          aria-current={one === span ? "true" : undefined}
        >
          {one}
        </Link>
      ))}
    </nav>
  );
  return (
    <Section title="Lag over time" news={news} side={spans}>
      {({ points }) => {
        const stages = points.flatMap((point) => point.stages ?? []);
        const worst = points.map(({ lagMs }) => lagMs).filter(isKnown);
        return (
          <>
            <LagChart points={points} promiseMs={promiseMs} />
            <dl className="facts">
              <div>
                <dt>highest</dt>
                <dd>{worst.length > 0 ? formatDuration(Math.max(...worst)) : "unknown"}</dd>
              </div>
              {STAGES.map(({ field, label }) => (
                <div key={field}>
                  <dt>{label}, on average</dt>
                  <dd>
                    {stages.length === 0
                      ? "no change came"
                      : formatDuration(meanOf(stages.map((stage) => stage[field])))}
                  </dd>
                </div>
              ))}
            </dl>
          </>
        );
      }}
    </Section>
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
