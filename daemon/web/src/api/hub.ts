import { EventParser } from "./stream";

/** What a tab tells the hub. */
export type ToHub =
  { kind: "topics"; topics: string[] } | { kind: "token"; token: string | null } | { kind: "bye" } | { kind: "lock"; name: string };
/** What the hub tells its tabs. opened: the stream is open for these topics and holds every event after `from`; lost: events before it may be missing. */
export type FromHub =
  | { kind: "event"; id: number; name: string; data: unknown }
  | { kind: "opened"; topics: string[]; from: number; lost: boolean }
  | { kind: "closed" }
  | { kind: "refused" };
export type Port = { post: (message: FromHub) => void };

const kSilenceMs = 40_000;
const kSlowestMs = 15_000;

/** Keeps one event stream open for the topics of all its ports. It lives in a shared worker, or in the tab where there is none. */
export class Hub {
  #ports = new Map<Port, Set<string>>();
  #token: string | null = null;
  #last: string | null = null;
  #topics: string[] = [];
  #open = false;
  #abort: AbortController | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  add(port: Port) {
    this.#ports.set(port, new Set());
  }

  remove(port: Port) {
    if (this.#ports.delete(port)) this.#schedule(1000);
  }

  receive(port: Port, message: ToHub) {
    switch (message.kind) {
      case "topics":
        this.#ports.set(port, new Set(message.topics));
        if (this.#open && this.#wanted().every((topic) => this.#topics.includes(topic))) {
          port.post({ kind: "opened", topics: this.#topics, from: Number(this.#last ?? 0), lost: false });
        } else {
          this.#schedule(25);
        }
        break;
      case "token":
        // A tab that has none yet takes nothing from the others.
        if (message.token === null || message.token === this.#token) break;
        this.#token = message.token;
        this.#failures = 0;
        this.#schedule(0);
        break;
      case "lock":
        // The tab holds the lock for as long as it lives; getting it means that the tab is gone, however it went.
        void navigator.locks?.request(message.name, () => this.remove(port));
        break;
      case "bye":
        this.remove(port);
        break;
    }
  }

  #wanted(): string[] {
    return [...new Set([...this.#ports.values()].flatMap((topics) => [...topics]))].sort();
  }

  #tell(message: FromHub) {
    for (const port of this.#ports.keys()) port.post(message);
  }

  #schedule(delay_ms: number) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), delay_ms);
  }

  async #connect() {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#open = false;
    this.#topics = this.#wanted();
    if (this.#topics.length === 0) return;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => abort.abort(), kSilenceMs);
    };
    try {
      alive();
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (this.#token) headers["Authorization"] = `Bearer ${this.#token}`;
      if (this.#last) headers["Last-Event-ID"] = this.#last;
      const response = await fetch(`/api/v1/events?topics=${this.#topics.map(encodeURIComponent).join(",")}`, {
        headers,
        signal: abort.signal,
        cache: "no-store",
      });
      if (response.status === 401) {
        this.#tell({ kind: "refused" });
        return;
      }
      if (!response.ok || !response.body) throw new Error(`answer ${response.status}`);
      if (this.#last) this.#opened(Number(this.#last), false);
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        alive();
        for (const { id, event, data } of parser.push(value)) {
          if (id) this.#last = id;
          if (event === "hello" || event === "reset") this.#opened(Number(id ?? 0), true);
          else this.#tell({ kind: "event", id: Number(id ?? 0), name: event, data: JSON.parse(data) as unknown });
        }
      }
    } catch {
      // Every way to lose the stream ends below: wait, and open it again from the last event.
    } finally {
      clearTimeout(silence);
    }
    if (this.#abort !== abort) return;
    this.#open = false;
    this.#tell({ kind: "closed" });
    this.#failures += 1;
    this.#schedule(Math.min(kSlowestMs, 250 * 2 ** this.#failures) * (0.5 + Math.random() / 2));
  }

  #opened(from: number, lost: boolean) {
    this.#open = true;
    this.#failures = 0;
    this.#tell({ kind: "opened", topics: this.#topics, from, lost });
  }
}
