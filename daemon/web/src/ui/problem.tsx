import type { ReactNode } from "react";
import { ApiProblem } from "../api/client";
import type { EngineError } from "../api/types";
import { Glyph } from "./state";

/** What the daemon refused, in its own words; `page` when there is nothing else to show. */
export function Refused({ error, again, page = false }: { error: unknown; again?: () => void; page?: boolean }) {
  const known = error instanceof ApiProblem;
  const Title = page ? "h1" : "p";
  return (
    <div className="notice tone-bad" role="alert">
      <Glyph state="failed" size={16} />
      <div>
        <Title className="notice-title">{known ? error.title : "This page failed"}</Title>
        <p>{known ? error.detail : String(error)}</p>
        {known && error.hint && <p className="failure-hint">{error.hint}</p>}
        {known && error.errors.length > 0 && (
          <ul>
            {error.errors.map((item) => (
              <li key={item.pointer + item.code}>
                <code>{item.pointer}</code> {item.detail}
              </li>
            ))}
          </ul>
        )}
      </div>
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

const kKinds: Record<EngineError["kind"], string> = {
  transient: "Transient error",
  throttled: "The engine throttles",
  resource: "The engine ran out of a resource",
  permanent: "The engine refused the statement",
  in_doubt: "In doubt",
  check: "A check blocked it",
  timeout: "Timed out",
  cancelled: "Cancelled",
  internal: "Internal error",
};

/** Why it failed and what to do about it. */
export function Failure({ error, children }: { error: EngineError; children?: ReactNode }) {
  const codes = [
    error.code,
    error.sqlstate && `SQLSTATE ${error.sqlstate}`,
    error.vendor_code && `vendor code ${error.vendor_code}`,
    error.position && `line ${error.position.line}, column ${error.position.column}`,
  ].filter(Boolean);
  return (
    <div className="failure">
      <p className="failure-kind">
        {kKinds[error.kind] ?? error.kind}
        {codes.length > 0 && <span className="codes">{codes.join(" · ")}</span>}
      </p>
      <p className="failure-message">{error.message}</p>
      {error.hint && <p className="failure-hint">{error.hint}</p>}
      {children}
    </div>
  );
}

export function Empty({ title, page = false, children }: { title: string; page?: boolean; children?: ReactNode }) {
  const Title = page ? "h1" : "p";
  return (
    <div className="empty">
      <svg width="72" height="40" viewBox="0 0 72 40" aria-hidden="true">
        <path d="M2 10h26a14 14 0 0 1 14 14v14" className="pipe-wall" />
        <path d="M2 10h26a14 14 0 0 1 14 14v14" className="pipe-bore" />
        <path d="M56 38h14M50 34h20" className="pipe-water" />
      </svg>
      <Title className="empty-title">{title}</Title>
      {children}
    </div>
  );
}

/** Grey lines where rows will be. They appear only after a moment, so that a quick answer never flickers. */
export function Waiting({ rows = 6 }: { rows?: number }) {
  return (
    <div className="waiting" role="status">
      <span className="unseen">Loading</span>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className="bone" />
      ))}
    </div>
  );
}
