import { useEffect, useSyncExternalStore } from "react";
import { notifyManager, type QueryClient } from "@tanstack/react-query";
import { auth } from "./client";
import { apply, catchUp, oldest } from "./cache";
import { Hub, type FromHub, type ToHub } from "./hub";

export type LiveState = "connecting" | "live" | "offline";

const wanted = new Map<string, number>();
const listeners = new Set<() => void>();
let state: LiveState = "connecting";
let send: ((message: ToHub) => void) | null = null;
let confirmed = new Set<string>();
let scheduled = false;
type Event = { id: number; name: string; data: unknown };
const recent: Event[] = [];
const kRecent = 1000;
// A busy daemon tells of hundreds of changes a second. They are brought in together, and of several states of one thing only the last.
const kTogether_ms = 40;
const waiting: Event[] = [];
let flushing: ReturnType<typeof setTimeout> | undefined;

function become(next: LiveState) {
  if (state === next) return;
  state = next;
  listeners.forEach((listener) => listener());
}

function publish() {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    send?.({ kind: "topics", topics: [...wanted.keys()] });
  });
}

/** What an event replaces when it comes again, or null where each one counts. */
function subject({ name, data }: Event): string | null {
  const { id, run_id, name: own } = data as { id?: string; run_id?: string; name?: string };
  if (name === "run" || name === "backfill") return `${name} ${id}`;
  if (name === "step") return `${name} ${run_id} ${own}`;
  if (name === "connection") return `${name} ${own}`;
  return null;
}

function flush(client: QueryClient) {
  flushing = undefined;
  const events = waiting.splice(0);
  const last = new Map<string, Event>();
  for (const event of events) {
    const key = subject(event);
    if (key) last.set(key, event);
  }
  notifyManager.batch(() => {
    for (const event of events) {
      const key = subject(event);
      if (!key || last.get(key) === event) apply(client, event.id, event.name, event.data);
    }
  });
}

function connect(receive: (message: FromHub) => void): (message: ToHub) => void {
  if (typeof SharedWorker === "function") {
    try {
      const worker = new SharedWorker(new URL("./live.worker.ts", import.meta.url), { type: "module", name: "penstock-live" });
      worker.port.onmessage = (event: MessageEvent<FromHub>) => receive(event.data);
      const post = (message: ToHub) => worker.port.postMessage(message);
      if (navigator.locks) {
        const name = `penstock-tab-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
        void navigator.locks.request(name, () => {
          post({ kind: "lock", name });
          return new Promise(() => undefined);
        });
      }
      return post;
    } catch {
      // A policy may forbid shared workers; one stream for this tab does the same.
    }
  }
  const hub = new Hub();
  const port = { post: (message: FromHub) => queueMicrotask(() => receive(message)) };
  hub.add(port);
  return (message) => hub.receive(port, message);
}

/** Opens the stream and keeps the query cache in step with it. Called once. */
export function startLive(client: QueryClient) {
  send = connect((message) => {
    switch (message.kind) {
      case "event":
        recent.push(message);
        if (recent.length > kRecent) recent.shift();
        waiting.push(message);
        flushing ??= setTimeout(() => flush(client), kTogether_ms);
        break;
      case "opened": {
        const fresh = message.lost || message.topics.some((topic) => !confirmed.has(topic));
        confirmed = new Set(message.topics);
        flush(client);
        if (fresh) catchUp(client, message.from);
        become("live");
        break;
      }
      case "closed":
        become("offline");
        break;
      case "refused":
        confirmed.clear();
        auth.refuse();
        break;
    }
  });
  // An event may overtake the answer to a read that does not include it yet: what came meanwhile is applied to the answer.
  client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success" || event.action.manual) return;
    const at = oldest(event.query.state.data);
    for (const { id, name, data } of recent) if (id > at) apply(client, id, name, data);
  });
  const tell = () => send?.({ kind: "token", token: auth.token() });
  tell();
  auth.listen(tell);
  addEventListener("pagehide", () => {
    confirmed.clear();
    send?.({ kind: "bye" });
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) publish();
  });
  publish();
}

/** Keeps the page's topics in the stream while it is shown. */
export function useTopics(...topics: string[]) {
  const key = topics.join(",");
  useEffect(() => {
    const mine = key.split(",").filter(Boolean);
    for (const topic of mine) wanted.set(topic, (wanted.get(topic) ?? 0) + 1);
    publish();
    return () => {
      for (const topic of mine) {
        const left = (wanted.get(topic) ?? 1) - 1;
        if (left > 0) wanted.set(topic, left);
        else {
          wanted.delete(topic);
          confirmed.delete(topic);
        }
      }
      publish();
    };
  }, [key]);
}

export const useLiveState = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => state,
  );
