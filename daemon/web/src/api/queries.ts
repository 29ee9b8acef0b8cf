import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, post, query, type Snapshot } from "./client";
import type {
  BackfillDetail,
  Backfill,
  ColumnLineage,
  CompiledStep,
  Connection,
  Graph,
  Node,
  Page,
  Pipeline,
  PipelineDetail,
  Plan,
  Run,
  RunDetail,
  RunHistory,
  Server,
  StepDetail,
} from "./types";

const base = "/api/v1";

// What only time changes (a pipeline that grows late, slots that fill and empty) no event tells. Asking costs a 304, and only while somebody looks.
const kSlow_ms = 60_000;
const kSteady_ms = 5000;
const part = encodeURIComponent;

export type RunFilters = {
  pipeline?: string | undefined;
  state?: string | undefined;
  trigger?: string | undefined;
  backfill?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
};
export type Direction = "upstream" | "downstream" | "both";

const next = <T>(last: Snapshot<Page<T>>) => last.data.next_cursor ?? undefined;

export const server = () =>
  queryOptions({ queryKey: ["server"], queryFn: ({ signal }) => get<Server>(`${base}/server`, signal), refetchInterval: 3 * kSteady_ms });

export const pipelines = (q?: string, state?: string) =>
  infiniteQueryOptions({
    queryKey: ["pipelines", { q, state }],
    refetchInterval: kSlow_ms,
    queryFn: ({ signal, pageParam }) =>
      get<Page<Pipeline>>(query(`${base}/pipelines`, { q, state, limit: 100, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: next,
  });

export const pipeline = (name: string) =>
  queryOptions({
    queryKey: ["pipeline", name],
    queryFn: ({ signal }) => get<PipelineDetail>(`${base}/pipelines/${part(name)}`, signal),
    refetchInterval: kSlow_ms,
  });

/** Its last runs with their steps: what the grid and the chart draw. */
export const history = (name: string) =>
  infiniteQueryOptions({
    queryKey: ["history", { pipeline: name }],
    queryFn: ({ signal, pageParam }) =>
      get<Page<RunHistory>>(query(`${base}/pipelines/${part(name)}/history`, { limit: 40, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: next,
  });

/** What a run would build, and why. The daemon asks the target, so that a look at it is worth something for a while only. */
export const plan = (pipelines: string[]) =>
  queryOptions({
    queryKey: ["plan", ...pipelines],
    queryFn: async ({ signal }) => ({ data: await post<Plan>(`${base}/plan`, { pipelines, include_sql: true }, undefined, signal), at: 0 }),
    staleTime: 0,
  });

export const compiled = (name: string, step: string) =>
  queryOptions({
    queryKey: ["compiled", name, step],
    queryFn: ({ signal }) => get<CompiledStep>(`${base}/pipelines/${part(name)}/steps/${part(step)}/sql`, signal),
  });

export const runs = (filters: RunFilters) =>
  infiniteQueryOptions({
    queryKey: ["runs", filters],
    queryFn: ({ signal, pageParam }) => get<Page<Run>>(query(`${base}/runs`, { ...filters, limit: 60, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: next,
  });

export const run = (id: string) =>
  queryOptions({ queryKey: ["run", id], queryFn: ({ signal }) => get<RunDetail>(`${base}/runs/${part(id)}`, signal) });

export const runStep = (id: string, step: string) =>
  queryOptions({
    queryKey: ["run-step", id, step],
    queryFn: ({ signal }) => get<StepDetail>(`${base}/runs/${part(id)}/steps/${part(step)}`, signal),
  });

export const backfills = (filters: { pipeline?: string | undefined }) =>
  infiniteQueryOptions({
    queryKey: ["backfills", filters],
    queryFn: ({ signal, pageParam }) => get<Page<Backfill>>(query(`${base}/backfills`, { ...filters, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: next,
  });

export const backfill = (id: string) =>
  queryOptions({ queryKey: ["backfill", id], queryFn: ({ signal }) => get<BackfillDetail>(`${base}/backfills/${part(id)}`, signal) });

export const lineage = (node: string | undefined, direction: Direction, depth: number) =>
  queryOptions({
    queryKey: ["lineage", node ?? "", direction, depth],
    queryFn: ({ signal }) => get<Graph>(query(`${base}/lineage`, node ? { node, direction, depth } : {}), signal),
  });

export const lineageNodes = (q: string) =>
  queryOptions({
    queryKey: ["lineage-nodes", q],
    queryFn: ({ signal }) => get<Page<Node>>(query(`${base}/lineage/nodes`, { q, limit: 30 }), signal),
  });

export const columnLineage = (node: string, column: string | undefined, direction: Direction, depth: number) =>
  queryOptions({
    queryKey: ["columns", node, column ?? "", direction, depth],
    queryFn: ({ signal }) => get<ColumnLineage>(query(`${base}/lineage/columns`, { node, column, direction, depth }), signal),
  });

export const connections = () =>
  queryOptions({
    queryKey: ["connections"],
    queryFn: ({ signal }) => get<{ items: Connection[] }>(`${base}/connections`, signal),
    refetchInterval: kSteady_ms,
  });
