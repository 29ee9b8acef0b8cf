import { useInfiniteQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { history } from "../api/queries";
import type { Run } from "../api/types";
import { duration, plural } from "../ui/words";

const Chart = lazy(() => import("../chart/chart").then((module) => ({ default: module.Chart })));

function middle(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** How long the last runs took and how much they wrote; the list of runs below says the same in words. */
export function History({ pipeline }: { pipeline: string }) {
  const { data } = useInfiniteQuery(history(pipeline));
  const runs = useMemo<Run[]>(
    () =>
      data?.pages
        .flatMap((page) => page.data.items.map(({ run }) => run))
        .filter((run) => run.started_at)
        .toReversed() ?? [],
    [data],
  );
  const took = runs.flatMap((run) => (run.duration_ms === null ? [] : [run.duration_ms]));
  if (!data) return <div className="chart-wait" />;
  if (took.length < 2) return null;
  const words = `Of the last ${plural(took.length, "run")} half took at most ${duration(middle(took))}, the longest ${duration(Math.max(...took))}`;
  return (
    <figure className="history">
      <Suspense fallback={<div className="chart-wait" />}>
        <Chart runs={runs} label={`${words}. The list below says the same.`} />
      </Suspense>
      <figcaption className="quiet">{words}.</figcaption>
    </figure>
  );
}
