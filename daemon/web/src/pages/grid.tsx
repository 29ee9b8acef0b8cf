import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { memo, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";
import { useTopics } from "../api/live";
import { history } from "../api/queries";
import type { Run, RunHistory, StepDefinition, StepMark } from "../api/types";
import { Refused, Waiting } from "../ui/problem";
import { useSome } from "../ui/some";
import { Glyph, isActive, stateTone, stateWord, type AnyState } from "../ui/state";
import { useNow, zone } from "../ui/store";
import { count, duration, elapsed, interval, plural, shortTime, type Zone } from "../ui/words";

const part = encodeURIComponent;
const runPath = (run: string) => `/runs/${part(run)}`;
const stepPath = (run: string, step: string) => `${runPath(run)}/steps/${part(step)}`;

/** A step that published with warnings is not as good as one without. */
const shownAs = ({ state, checks }: StepMark): AnyState => (state === "succeeded" && checks.warned > 0 ? "warned" : state);

function runWords(run: Run, where: Zone): string {
  const when = run.interval ? `${interval(run.interval)}, ` : "";
  const took = run.duration_ms === null ? "" : ` in ${duration(run.duration_ms)}`;
  return `Run of ${when}${shortTime(run.trigger.nominal_at ?? run.created_at, where)}: ${stateWord(run.state).toLowerCase()}${took}`;
}

function stepWords(mark: StepMark): string {
  const more = [
    mark.duration_ms === null ? "" : ` in ${duration(mark.duration_ms)}`,
    mark.rows === null ? "" : `, ${plural(mark.rows, "row")}`,
    mark.checks.failed ? `, ${plural(mark.checks.failed, "check")} failed` : "",
    mark.checks.warned ? `, ${plural(mark.checks.warned, "check")} warned` : "",
    mark.attempt > 1 ? `, attempt ${mark.attempt}` : "",
  ];
  return `${mark.name}: ${stateWord(mark.state).toLowerCase()}${more.join("")}`;
}

type Place = { row: number; column: number };
const Cell = memo(function Cell({ mark, run, row, column, here }: { mark: StepMark; run: string; row: number; column: number; here: boolean }) {
  const words = stepWords(mark);
  return (
    <a href={stepPath(run, mark.name)} title={words} aria-label={words} data-row={row} data-column={column} tabIndex={here ? 0 : -1}>
      <Glyph state={shownAs(mark)} size={16} />
      {mark.attempt > 1 && <i className="grid-again" />}
    </a>
  );
});

/** The height says how long the run took, against the longest one shown. */
function RunBar({ run, longest, where, column, here }: { run: Run; longest: number; where: Zone; column: number; here: boolean }) {
  const active = isActive(run.state);
  const now = useNow(active ? 1000 : 3_600_000);
  const took = elapsed(run.started_at, run.finished_at, run.duration_ms, now) ?? 0;
  const words = runWords(run, where);
  return (
    <a href={runPath(run.id)} title={words} aria-label={words} data-row={0} data-column={column} tabIndex={here ? 0 : -1} className="grid-bar">
      <span
        className={`tone-${stateTone(run.state)}${run.state === "running" ? " is-running" : ""}`}
        style={{ height: `${Math.max(4, Math.min(100, (took / Math.max(1, longest)) * 100))}%` }}
      />
      <Glyph state={run.state} size={12} />
    </a>
  );
}

/** Steps of the project as it is, in their order, then those that only old runs had. */
function stepNames(steps: StepDefinition[], runs: RunHistory[]): string[] {
  return [...new Set([...steps.map(({ name }) => name), ...runs.flatMap((item) => item.steps.map(({ name }) => name))])];
}

function Table({ pipeline, steps, runs }: { pipeline: string; steps: StepDefinition[]; runs: RunHistory[] }) {
  const router = useRouter();
  const where = zone.use();
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<Place | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const defined = useMemo(() => new Set(steps.map(({ name }) => name)), [steps]);
  const { shown: names, more } = useSome(useMemo(() => stepNames(steps, runs), [steps, runs]));
  const marks = useMemo(() => runs.map((item) => new Map(item.steps.map((mark) => [mark.name, mark]))), [runs]);
  const longest = Math.max(...runs.map(({ run }) => run.duration_ms ?? 0));
  // The newest run is at the right, and that is where one looks first.
  useLayoutEffect(() => void frame.current?.scrollTo({ left: frame.current.scrollWidth }), [runs.length]);
  const here = at ?? { row: 0, column: runs.length };
  const is = (row: number, column: number) => here.row === row && here.column === column;

  const move = (event: KeyboardEvent<HTMLTableElement>) => {
    const from = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
    if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = [Number(from.dataset["row"]), Number(from.dataset["column"])];
    const [down, right] =
      { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Infinity], End: [0, Infinity] }[event.key] ?? [];
    if (down === undefined || right === undefined) return;
    event.preventDefault();
    const find = (r: number, c: number) => frame.current?.querySelector<HTMLElement>(`[data-row="${r}"][data-column="${c}"]`);
    const step = Math.sign(right);
    // Where a run had no such step there is nothing to stand on.
    let [r, c] = [row + down, Number.isFinite(right) ? column + right : right < 0 ? 0 : runs.length];
    const back = Number.isFinite(right) ? step : -step;
    while (!find(r, c) && r >= 0 && r <= names.length && c >= 0 && c <= runs.length) [r, c] = [r + down, c + back];
    find(r, c)?.focus();
  };
  const follow = (event: MouseEvent<HTMLTableElement>) => {
    const link = (event.target as HTMLElement).closest("a");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.history.push(link.getAttribute("href")!);
  };
  const note = (target: EventTarget) => {
    const cell = (target as HTMLElement).closest<HTMLElement>("[data-row]");
    if (!cell) return setSaid(null);
    const run = runs[Number(cell.dataset["column"]) - 1]?.run;
    setSaid(run && cell.dataset["row"] !== "0" ? `${runWords(run, where)}. ${cell.title}` : cell.title || null);
  };
  return (
    <>
      <div className="grid-frame" ref={frame}>
        <table
          role="grid"
          className="grid"
          aria-label={`Steps of ${pipeline} over its last ${plural(runs.length, "run")}, oldest left`}
          onKeyDown={move}
          onClick={follow}
          onMouseOver={(event) => note(event.target)}
          onMouseLeave={() => setSaid(null)}
          onFocus={(event) => {
            note(event.target);
            const { row, column } = (event.target as HTMLElement).dataset;
            if (row !== undefined) setAt({ row: Number(row), column: Number(column) });
          }}
          onBlur={() => setSaid(null)}
        >
          <thead>
            <tr>
              <th scope="col" className="grid-name">
                <span>{duration(longest)}</span>
                <span className="unseen">, the longest run; Step</span>
              </th>
              {runs.map(({ run }, index) => (
                <th scope="col" key={run.id}>
                  <RunBar run={run} longest={longest} where={where} column={index + 1} here={is(0, index + 1)} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name, index) => (
              <tr key={name}>
                <th scope="row" className="grid-name">
                  {defined.has(name) ? (
                    <a
                      href={`/pipelines/${part(pipeline)}/steps/${part(name)}`}
                      className="plain"
                      data-row={index + 1}
                      data-column={0}
                      tabIndex={is(index + 1, 0) ? 0 : -1}
                    >
                      {name}
                    </a>
                  ) : (
                    <span className="quiet" title="The project has no such step any more">
                      {name}
                    </span>
                  )}
                </th>
                {runs.map(({ run }, column) => {
                  const mark = marks[column]!.get(name);
                  return (
                    <td key={run.id}>
                      {mark && <Cell mark={mark} run={run.id} row={index + 1} column={column + 1} here={is(index + 1, column + 1)} />}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="grid-said quiet" aria-hidden="true">
        {said ?? "A bar is a run, its height how long it took; a square is a step. Arrow keys move, Enter opens."}
      </p>
      {more}
    </>
  );
}

/** The steps of a pipeline over its last runs. */
export function Grid({ pipeline, steps, empty }: { pipeline: string; steps: StepDefinition[]; empty: ReactNode }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(history(pipeline));
  const runs = useMemo(
    () => data?.pages.flatMap((page) => page.data.items).filter(({ run }) => run.state !== "scheduled").toReversed() ?? [],
    [data],
  );
  useTopics(...runs.filter(({ run }) => isActive(run.state)).map(({ run }) => `run:${run.id}`));
  if (error && !data) return <Refused error={error} again={() => void refetch()} />;
  if (!data) return <Waiting />;
  if (runs.length === 0) return empty;
  return (
    <>
      <Table pipeline={pipeline} steps={steps} runs={runs} />
      <p className="grid-more">
        {hasNextPage ? (
          <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Older runs
          </button>
        ) : (
          <span className="quiet">{runs.length === 1 ? "This is its only run." : `These are all its ${count(runs.length)} runs.`}</span>
        )}{" "}
        <Link to="/runs" search={{ pipeline }}>
          All runs as a list
        </Link>
      </p>
    </>
  );
}
