import { useEffect, useRef } from "react";
import { chartOptions } from "../chart-options.ts";
import { describeSpark, sparkPoints } from "../spark-data.ts";
import { usePlot } from "../use-plot.ts";

interface Props {
  readonly points: readonly { readonly at: string; readonly lagMs: number | null }[];
  readonly promiseMs: number;
}

/** Lag as a curve with its axes, broken where it was unknown. */
export function LagChart({ points, promiseMs }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = usePlot(frame, chartOptions);
  useEffect(() => {
    const { times, lags } = sparkPoints([...points]);
    plot?.setData([times, lags, times.map(() => promiseMs)]);
  }, [plot, points, promiseMs]);
  return <div ref={frame} className="chart" role="img" aria-label={describeSpark([...points])} />;
}
