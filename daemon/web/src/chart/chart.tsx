import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./chart.css";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Run } from "../api/types";
import { stateTone, stateWord } from "../ui/state";
import { theme, zone } from "../ui/store";
import { count, duration, interval, shortTime } from "../ui/words";

const kHeight = 190;
const kTones = ["ok", "bad", "idle"] as const;
const toneOf = (run: Run) => (["ok", "bad"] as string[]).find((tone) => tone === stateTone(run.state)) ?? "idle";

const dark = matchMedia("(prefers-color-scheme: dark)");
function listen(changed: () => void) {
  dark.addEventListener("change", changed);
  return () => dark.removeEventListener("change", changed);
}
/** What the colours of the page depend on. */
const usePalette = () => `${theme.use()} ${useSyncExternalStore(listen, () => dark.matches)}`;

const short = (value: number) =>
  value >= 1e9 ? `${+(value / 1e9).toFixed(1)}G` : value >= 1e6 ? `${+(value / 1e6).toFixed(1)}M` : value >= 1e3 ? `${+(value / 1e3).toFixed(1)}k` : `${value}`;

function dataOf(runs: Run[]): uPlot.AlignedData {
  return [
    runs.map((_, index) => index),
    ...kTones.map((tone) => runs.map((run) => (toneOf(run) === tone ? run.duration_ms : null))),
    runs.map((run) => (run.finished_at ? run.rows : null)),
  ];
}

function optionsOf(runs: Run[], width: number, where: Parameters<typeof shortTime>[1]): Omit<uPlot.Options, "hooks"> {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const font = `11px ${colour("font")}`;
  const axis: uPlot.Axis = { stroke: colour("ink-3"), font, grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
  const bars = uPlot.paths.bars!({ size: [0.7, 34], radius: 0.15 });
  const started = (at: number) => runs[at]?.started_at;
  return {
    width,
    height: kHeight,
    legend: { show: false },
    padding: [8, 0, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: [-0.6, runs.length - 0.4] },
      y: { range: (_, __, most) => [0, Math.max(1, most) * 1.08] },
      rows: { range: (_, __, most) => [0, Math.max(1, most) * 1.08] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        splits: () => runs.map((_, index) => index),
        // As many labels as stand beside each other.
        values: (plot, splits) => {
          const each = Math.ceil(splits.length / Math.max(1, Math.floor(plot.width / 110)));
          return splits.map((at) => (at % each === 0 && started(at) ? shortTime(started(at)!, where) : ""));
        },
      },
      { ...axis, size: 64, values: (_, splits) => splits.map((ms) => duration(ms).replace(".0 s", " s").replace(" 00 s", "")) },
      { ...axis, scale: "rows", side: 1, size: 52, grid: { show: false }, values: (_, splits) => splits.map(short) },
    ],
    series: [
      {},
      ...kTones.map((tone) => ({
        label: tone,
        fill: colour(tone === "idle" ? "line-strong" : tone),
        stroke: "transparent",
        width: 0,
        paths: bars,
        points: { show: false },
      })),
      { label: "rows", scale: "rows", stroke: colour("odd"), width: 1.5, dash: [5, 3], points: { show: true, size: 5, fill: colour("surface") } },
    ],
  };
}

/** Bars for how long each run took, by how it ended, and a dashed line for the rows that it wrote. A click opens the run. */
export function Chart({ runs, label }: { runs: Run[]; label: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const router = useRouter();
  const where = zone.use();
  const palette = usePalette();
  const [at, setAt] = useState<number | null>(null);
  const kinds = runs.map((run) => run.id).join();
  const latest = useRef(runs);
  latest.current = runs;
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const box = frame.current!;
    const made = new uPlot(
      { ...optionsOf(latest.current, box.clientWidth, where), hooks: { setCursor: [({ cursor }) => setAt(cursor.idx ?? null)] } },
      dataOf(latest.current),
      box,
    );
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: kHeight }));
    sized.observe(box);
    return () => {
      sized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [kinds, palette, where]);
  useEffect(() => plot.current?.setData(dataOf(runs)), [runs]);
  const run = at === null ? undefined : runs[at];
  return (
    <>
      <div
        ref={frame}
        role="img"
        aria-label={label}
        className="chart"
        onClick={() => run && void router.navigate({ to: "/runs/$run", params: { run: run.id } })}
      />
      <p className="chart-said" aria-hidden="true">
        <span className="chart-key is-ok">took, succeeded</span>
        <span className="chart-key is-bad">failed</span>
        <span className="chart-key is-rows">rows</span>
        <span className="chart-run">
          {run &&
            `${run.interval ? `${interval(run.interval)}, ` : ""}${shortTime(run.started_at ?? run.created_at, where)}: ${stateWord(run.state).toLowerCase()}${
              run.duration_ms === null ? "" : ` in ${duration(run.duration_ms)}`
            }${run.rows === null ? "" : `, ${count(run.rows)} rows`}`}
        </span>
      </p>
    </>
  );
}
