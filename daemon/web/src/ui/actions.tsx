import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState, type FormEvent } from "react";
import { intention, post } from "../api/client";
import type { BackfillDetail, BackfillRequest, PipelineDetail, RetryRequest, Run, TriggerRequest } from "../api/types";
import { Dialog } from "./dialog";
import { Refused } from "./problem";
import { announce } from "./store";
import { interval, plural } from "./words";

const runPath = (id: string) => `/api/v1/runs/${encodeURIComponent(id)}`;

/** Cancel, after one question: the statement in the warehouse is ended too. */
export function CancelButton({ run }: { run: Run }) {
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => post<Run>(`${runPath(run.id)}/cancel`, {}),
    onSuccess: () => {
      setAsking(false);
      announce(`Cancelling the run of ${run.pipeline}`);
    },
  });
  const under = run.state === "cancelling";
  if (!under && !run.actions.includes("cancel")) return null;
  return (
    <>
      <button type="button" disabled={under} onClick={() => setAsking(true)}>
        {under ? "Cancelling…" : "Cancel run"}
      </button>
      <Dialog title={`Cancel this run of ${run.pipeline}?`} open={asking && !under} onClose={() => setAsking(false)}>
        <p>
          Its statements are ended in the engine, and it counts as cancelled once the engine has confirmed that. Tables that are published
          already stay; the others keep their old rows.
        </p>
        {cancel.error && <Refused error={cancel.error} />}
        <div className="dialog-actions">
          <button type="button" onClick={() => setAsking(false)}>
            Let it run
          </button>
          <button type="button" className="danger" disabled={cancel.isPending} onClick={() => cancel.mutate()} autoFocus>
            Cancel run
          </button>
        </div>
      </Dialog>
    </>
  );
}

/** Retry: from where it failed by default, and leads to the run that does it. */
export function RetryButton({ run, steps, label, plain = false }: { run: Run; steps?: string[]; label?: string; plain?: boolean }) {
  const navigate = useNavigate();
  const key = useRef(intention());
  const retry = useMutation({
    mutationFn: (request: RetryRequest) => post<Run>(`${runPath(run.id)}/retry`, request, key.current),
    onSuccess: (made) => {
      key.current = intention();
      announce(`Retrying ${run.pipeline}`);
      void navigate({ to: "/runs/$run", params: { run: made.id } });
    },
  });
  if (!run.actions.includes("retry")) return null;
  const whole = run.state === "succeeded";
  return (
    <>
      <button
        type="button"
        className={plain || whole ? undefined : "primary"}
        disabled={retry.isPending}
        onClick={() => retry.mutate({ mode: whole ? "restart" : "resume", steps: steps ?? [] })}
        title={whole ? "Repeats every step" : "Keeps the steps that succeeded"}
      >
        {label ?? (whole ? "Run again" : "Retry what failed")}
      </button>
      {retry.error && <Refused error={retry.error} />}
    </>
  );
}

type Unit = NonNullable<PipelineDetail["interval"]>["unit"];
const kind = (unit: Unit) => (unit === "month" || unit === "quarter" || unit === "year" ? "month" : "date");
/** The first day of what an input holds. Days are sent as they are: the daemon knows the pipeline's time zone. */
const firstDay = (value: string) => (value.length === 7 ? `${value}-01` : value);
function after(value: string, unit: Unit): string {
  const date = new Date(firstDay(value));
  const months = { month: 1, quarter: 3, year: 12 }[unit as "month"] ?? 0;
  if (months) date.setUTCMonth(date.getUTCMonth() + months);
  else date.setUTCDate(date.getUTCDate() + (unit === "week" ? 7 : 1));
  return date.toISOString().slice(0, 10);
}

export function RunNow({ detail }: { detail: PipelineDetail }) {
  const { pipeline, parameters, interval: cut } = detail;
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const key = useRef(intention());
  const start = useMutation({
    mutationFn: (request: TriggerRequest) => post<Run>(`/api/v1/pipelines/${encodeURIComponent(pipeline.name)}/runs`, request, key.current),
    onSuccess: (run) => {
      key.current = intention();
      announce(`Started ${pipeline.name}`);
      void navigate({ to: "/runs/$run", params: { run: run.id } });
    },
    onError: () => void (key.current = intention()),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate({
      ...(cut && from ? { interval: { start: firstDay(from), end: after(from, cut.unit) } } : {}),
      parameters: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "")),
    });
  };
  return (
    <>
      <button type="button" className="primary" onClick={() => setOpen(true)}>
        Run now
      </button>
      <Dialog title={`Run ${pipeline.name}`} open={open} onClose={() => setOpen(false)}>
        <form onSubmit={submit}>
          {cut && (
            <label className="field">
              {cut.unit === "month" ? "Month" : cut.unit === "day" ? "Day" : `First day of the ${cut.unit}`}
              <input
                type={kind(cut.unit)}
                value={from}
                min={cut.start?.slice(0, kind(cut.unit) === "month" ? 7 : 10)}
                max={cut.end?.slice(0, kind(cut.unit) === "month" ? 7 : 10)}
                onChange={(event) => setFrom(event.target.value)}
              />
              <span className="quiet">Empty means the last complete {cut.unit}.</span>
            </label>
          )}
          {parameters.map((parameter) => (
            <label key={parameter.name} className="field">
              <span>
                <code>{parameter.name}</code> <span className="quiet">{parameter.type}</span>
              </span>
              <input
                value={values[parameter.name] ?? ""}
                placeholder={parameter.default ?? ""}
                required={parameter.required}
                onChange={(event) => setValues({ ...values, [parameter.name]: event.target.value })}
              />
            </label>
          ))}
          {!cut && parameters.length === 0 && (
            <p>
              All {plural(pipeline.step_count, "step")} run on {pipeline.environment}.
            </p>
          )}
          {start.error && <Refused error={start.error} />}
          <div className="dialog-actions">
            <button type="button" onClick={() => setOpen(false)}>
              Close
            </button>
            <button type="submit" className="primary" disabled={start.isPending}>
              Start run
            </button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

export function BackfillButton({ detail }: { detail: PipelineDetail }) {
  const { pipeline, interval: cut } = detail;
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [span, setSpan] = useState({ from: cut?.start?.slice(0, kind(cut.unit) === "month" ? 7 : 10) ?? "", to: "" });
  const [active, setActive] = useState(1);
  const [unfinished, setUnfinished] = useState(false);
  const key = useRef(intention());
  const send = useMutation({
    mutationFn: (dry_run: boolean) =>
      post<BackfillDetail>(
        "/api/v1/backfills",
        {
          pipeline: pipeline.name,
          start: firstDay(span.from),
          end: after(span.to, cut!.unit),
          max_active: active,
          include_unfinished: unfinished,
          dry_run,
        } satisfies BackfillRequest,
        dry_run ? undefined : key.current,
      ),
    onSuccess: (made, dry) => {
      if (dry) return;
      key.current = intention();
      announce(`Backfill of ${pipeline.name} started`);
      void navigate({ to: "/backfills/$backfill", params: { backfill: made.backfill.id } });
    },
  });
  if (!cut) return null;
  const preview = send.variables === true && send.data ? send.data : null;
  const change = (next: typeof span) => {
    setSpan(next);
    send.reset();
  };
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Backfill
      </button>
      <Dialog title={`Backfill ${pipeline.name}`} open={open} onClose={() => setOpen(false)}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            send.mutate(!preview);
          }}
        >
          <div className="field-row">
            <label className="field">
              First {cut.unit}
              <input type={kind(cut.unit)} required value={span.from} onChange={(event) => change({ ...span, from: event.target.value })} />
            </label>
            <label className="field">
              Last {cut.unit}
              <input
                type={kind(cut.unit)}
                required
                value={span.to}
                min={span.from}
                onChange={(event) => change({ ...span, to: event.target.value })}
              />
            </label>
            <label className="field">
              At the same time
              <input type="number" min={1} max={20} value={active} onChange={(event) => setActive(Number(event.target.value))} />
            </label>
          </div>
          <label className="field">
            <span>
              <input
                type="checkbox"
                checked={unfinished}
                onChange={(event) => {
                  setUnfinished(event.target.checked);
                  send.reset();
                }}
              />{" "}
              Also intervals that have not ended
            </span>
          </label>
          {preview && (
            <p role="status">
              {plural(preview.intervals.length, "run")}, {interval(preview.intervals[0]!)} to {interval(preview.intervals.at(-1)!)},{" "}
              {active === 1 ? "one after the other" : `${active} at a time`}.
            </p>
          )}
          {preview && active > 1 && preview.one_by_one.length > 0 && (
            <ul>
              {preview.one_by_one.map((it) => (
                <li key={it.step}>
                  <code>{it.step}</code> publishes one interval after another: {it.reason}.
                </li>
              ))}
            </ul>
          )}
          {preview?.warnings?.map((it) => (
            <div key={it.step} className="notice tone-warn" role="alert">
              <div>
                <p>{it.message}</p>
                {it.hint && <p className="failure-hint">{it.hint}</p>}
              </div>
            </div>
          ))}
          {send.error && <Refused error={send.error} />}
          <div className="dialog-actions">
            <button type="button" onClick={() => setOpen(false)}>
              Close
            </button>
            <button type="submit" className="primary" disabled={send.isPending}>
              {preview ? `Start ${plural(preview.intervals.length, "run")}` : "Show what would run"}
            </button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
