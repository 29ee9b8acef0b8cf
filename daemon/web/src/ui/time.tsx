import { useNow, zone } from "./store";
import { duration, elapsed, fullTime, relative, shortTime } from "./words";

const step = (at: number, now: number) => (Math.abs(at - now) < 60_000 ? 1000 : 10_000);

/** A moment as "3 hours ago"; the exact time is in the title, and beside it where there is room. */
export function When({ at, exact = false }: { at: string; exact?: boolean }) {
  const [when, now, where] = [Date.parse(at), useNow(1000), zone.use()];
  const coarse = Math.floor(now / step(when, now)) * step(when, now);
  return (
    <time dateTime={at} title={fullTime(at, where)} className="when">
      <span>{relative(when, coarse)}</span>
      {exact && <span className="quiet"> {shortTime(at, where)}</span>}
    </time>
  );
}

/** A moment as "21 Nov, 02:15". */
export function At({ at }: { at: string }) {
  const where = zone.use();
  return (
    <time dateTime={at} title={fullTime(at, where)}>
      {shortTime(at, where)}
    </time>
  );
}

type Span = { started_at: string | null; finished_at: string | null; duration_ms: number | null };

function Ticking({ span }: { span: Span }) {
  const ms = elapsed(span.started_at, span.finished_at, span.duration_ms, useNow(1000));
  return <>{ms === null ? "–" : ms < 60_000 ? `${Math.floor(ms / 1000)} s` : duration(ms)}</>;
}

/** How long something took, or has taken so far. */
export function Took({ span }: { span: Span }) {
  if (span.duration_ms !== null) return <>{duration(span.duration_ms)}</>;
  return span.started_at && !span.finished_at ? <Ticking span={span} /> : <span className="quiet">–</span>;
}
