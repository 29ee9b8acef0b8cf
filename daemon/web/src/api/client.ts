import type { Problem } from "./types";

/** A body together with the id of the last event that it includes. */
export type Snapshot<T> = { data: T; at: number };

/** A refusal by the daemon, or a daemon that does not answer (status 0). */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly hint: string | null = null,
    readonly errors: NonNullable<Problem["errors"]> = [],
  ) {
    super(detail);
    this.name = "ApiProblem";
  }
}

const kTokenKey = "penstock-token";
const tokenListeners = new Set<() => void>();
let token = read();
let refused = false;

function read(): string | null {
  try {
    return sessionStorage.getItem(kTokenKey);
  } catch {
    return null;
  }
}

export const auth = {
  token: () => token,
  /** Whether the daemon asked for a token, or for another one. */
  refused: () => refused,
  enter(value: string) {
    token = value;
    refused = false;
    try {
      sessionStorage.setItem(kTokenKey, value);
    } catch {
      // Without storage the token lasts as long as the page.
    }
    tokenListeners.forEach((listener) => listener());
  },
  refuse() {
    if (refused) return;
    refused = true;
    tokenListeners.forEach((listener) => listener());
  },
  listen(listener: () => void) {
    tokenListeners.add(listener);
    return () => void tokenListeners.delete(listener);
  },
};

async function problem(response: Response): Promise<ApiProblem> {
  try {
    const body = (await response.json()) as Problem;
    return new ApiProblem(response.status, body.code, body.title, body.detail, body.hint ?? null, body.errors ?? []);
  } catch {
    return new ApiProblem(
      response.status,
      "http",
      `Answer ${response.status}`,
      "The daemon, or something before it, gave an answer that is no problem document.",
    );
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  headers.set("Accept", "application/json");
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiProblem(
      0,
      "unreachable",
      "The daemon does not answer",
      "It may be restarting. Runs go on in the warehouse meanwhile, and this page catches up by itself.",
    );
  }
  if (response.status === 401) auth.refuse();
  if (!response.ok) throw await problem(response);
  return response;
}

/** The browser's cache revalidates by ETag; a 304 costs no body. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<Snapshot<T>> {
  const response = await send(path, signal ? { signal } : {});
  return { data: (await response.json()) as T, at: Number(response.headers.get("Penstock-Event-Id") ?? 0) };
}

export async function post<T>(path: string, body: unknown, key?: string, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (key) headers["Idempotency-Key"] = key;
  const response = await send(path, { method: "POST", headers, body: JSON.stringify(body), ...(signal ? { signal } : {}) });
  return (await response.json()) as T;
}

export function query(path: string, values: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** A key for one intention; crypto.randomUUID needs a secure context, which a plain host name is not. */
export function intention(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
