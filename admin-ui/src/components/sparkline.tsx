import { useEffect, useRef } from "react";
import type { LagSample } from "../lag-report.ts";
import { describeSpark, sparkPoints } from "../spark-data.ts";
import { sparkOptions } from "../spark-options.ts";
import { usePlot } from "../use-plot.ts";

interface Props {
  readonly samples: readonly LagSample[];
  readonly promiseMs: number;
}

/** The last measurements of lag as a small curve, broken where lag was unknown. */
export function Sparkline({ samples, promiseMs }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = usePlot(frame, sparkOptions);
  useEffect(() => {
    const { times, lags } = sparkPoints(samples);
    plot?.setData([times, lags, times.map(() => promiseMs)]);
  }, [plot, samples, promiseMs]);
  return <div ref={frame} className="spark" role="img" aria-label={describeSpark(samples)} />;
}
