import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { useEffect, useRef, useState, useSyncExternalStore, type FormEvent } from "react";
import { auth } from "../api/client";
import { useLiveState, useTopics } from "../api/live";
import { server } from "../api/queries";
import { Dialog } from "./dialog";
import { announce, theme, useAnnouncement, zone, type Theme } from "./store";
import { plural, setServerTime } from "./words";

const kThemes: { value: Theme; word: string }[] = [
  { value: "system", word: "System" },
  { value: "light", word: "Light" },
  { value: "dark", word: "Dark" },
];

export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · Penstock`;
  }, [title]);
}

function Live() {
  const state = useLiveState();
  const words = { connecting: "Connecting", live: "Live", offline: "Reconnecting" }[state];
  const before = useRef(state);
  useEffect(() => {
    if (before.current === "live" && state === "offline") announce("The connection to the daemon is lost");
    if (before.current === "offline" && state === "live") announce("The connection to the daemon is back");
    before.current = state;
  }, [state]);
  return (
    <span
      className={`live is-${state}`}
      title={state === "live" ? "Changes appear by themselves" : "Waiting for the daemon; this page catches up by itself"}
    >
      <span className="live-dot" aria-hidden="true" />
      {words}
    </span>
  );
}

function Preferences() {
  const [chosen, where] = [theme.use(), zone.use()];
  return (
    <div className="preferences">
      <label>
        <span className="unseen">Times in</span>
        <select value={where} onChange={(event) => zone.set(event.target.value as "local" | "UTC")}>
          <option value="local">Local time</option>
          <option value="UTC">UTC</option>
        </select>
      </label>
      <label>
        <span className="unseen">Theme</span>
        <select value={chosen} onChange={(event) => theme.set(event.target.value as Theme)}>
          {kThemes.map(({ value, word }) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function TokenDialog() {
  const refused = useSyncExternalStore(auth.listen, auth.refused);
  const [value, setValue] = useState("");
  const again = useRef(false);
  if (!refused) return null;
  const enter = (event: FormEvent) => {
    event.preventDefault();
    if (!value.trim()) return;
    again.current = true;
    auth.enter(value.trim());
    setValue("");
  };
  return (
    <Dialog title="This daemon asks for a token" open onClose={() => undefined}>
      <form onSubmit={enter}>
        <p>It is kept in this tab until the tab closes, and sent to nobody but the daemon.</p>
        {again.current && <p className="tone-bad refusal">The daemon refused that token.</p>}
        <label className="field">
          Bearer token
          <input
            type="password"
            value={value}
            onChange={(event) => setValue(event.target.value)}
            autoComplete="off"
            autoFocus
            spellCheck={false}
          />
        </label>
        <div className="dialog-actions">
          <button type="submit" className="primary">
            Enter
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Header() {
  const { data } = useQuery(server());
  useTopics("server");
  useEffect(() => {
    if (data) setServerTime(data.data.time);
  }, [data]);
  const load = data?.data.load;
  const errors = load?.diagnostics.filter(({ severity }) => severity === "error") ?? [];
  const broken = load?.state === "failed" || errors.length > 0;
  useEffect(() => {
    if (broken) announce("The project folder has errors");
  }, [broken]);
  return (
    <>
      <header className="top">
        <a className="skip" href="#main">
          Skip to the page
        </a>
        <Link to="/pipelines" className="brand" aria-label="Penstock, pipelines">
          <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
            <path d="M2 7h10.5A6.5 6.5 0 0 1 19 13.500V24" className="pipe-wall" />
            <path d="M2 7h10.5A6.5 6.5 0 0 1 19 13.500V24" className="pipe-bore" />
          </svg>
          Penstock
        </Link>
        <nav aria-label="Main">
          <Link to="/pipelines">Pipelines</Link>
          <Link to="/runs">Runs</Link>
          <Link to="/backfills">Backfills</Link>
          <Link to="/lineage">Lineage</Link>
          <Link to="/connections">Connections</Link>
        </nav>
        <div className="top-end">
          {data && (
            <span
              className="place"
              title={`Penstock ${data.data.version}, ${plural(load?.pipelines ?? 0, "pipeline")} with ${plural(load?.steps ?? 0, "step")}; your role: ${data.data.role}`}
            >
              {data.data.project} <span className="quiet">/</span> <b>{data.data.environment}</b>
            </span>
          )}
          <Live />
          <Preferences />
        </div>
      </header>
      {broken && (
        <section className="load-failed notice tone-warn" aria-label="The project could not be loaded">
          <div>
            <p className="notice-title">
              The project folder has errors; {load?.state === "failed" ? "the version before them is still in force" : "what they touch does not start"}
            </p>
            <ul>
              {errors.slice(0, 5).map((item, index) => (
                <li key={index}>
                  {item.position && (
                    <code>
                      {item.position.file}:{item.position.line}:{item.position.column}
                    </code>
                  )}{" "}
                  {item.message}
                  {item.hint && <>; {item.hint}</>} <span className="quiet">{item.code}</span>
                </li>
              ))}
            </ul>
            {errors.length > 5 && <p className="quiet">and {plural(errors.length - 5, "more")}: penstock validate</p>}
          </div>
        </section>
      )}
    </>
  );
}

function Announcer() {
  return (
    <div className="unseen" role="status" aria-live="polite">
      {useAnnouncement()}
    </div>
  );
}

export function Shell() {
  return (
    <>
      <Header />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Announcer />
      <TokenDialog />
    </>
  );
}
