import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, redirect } from "@tanstack/react-router";
import type { Direction } from "./api/queries";
import { Empty, Refused } from "./ui/problem";
import { Shell } from "./ui/shell";

type Search = Record<string, unknown>;
const text = (value: unknown): string | undefined => (value === undefined || value === null || value === "" ? undefined : String(value));
const within = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined => allowed.find((item) => item === value);

const kTabs = ["grid", "runs", "schedule", "plan"] as const;
export type Tab = (typeof kTabs)[number];

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Empty title="There is no such page" page>
      <p>
        The <Link to="/pipelines">pipelines</Link> are a good place to start again.
      </p>
    </Empty>
  ),
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/pipelines", replace: true });
  },
});
const pipelines = createRoute({
  getParentRoute: () => root,
  path: "/pipelines",
  validateSearch: (search: Search): { q?: string | undefined; state?: string | undefined } => ({
    q: text(search["q"]),
    state: text(search["state"]),
  }),
  component: lazyRouteComponent(() => import("./pages/pipelines"), "Pipelines"),
});
const pipeline = createRoute({
  getParentRoute: () => root,
  path: "/pipelines/$pipeline",
  validateSearch: (search: Search): { tab?: Tab | undefined } => ({ tab: within(search["tab"], kTabs) }),
  component: lazyRouteComponent(() => import("./pages/pipeline"), "PipelinePage"),
});
const definition = createRoute({
  getParentRoute: () => root,
  path: "/pipelines/$pipeline/steps/$step",
  component: lazyRouteComponent(() => import("./pages/definition"), "DefinitionPage"),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  validateSearch: (
    search: Search,
  ): { pipeline?: string | undefined; state?: string | undefined; trigger?: string | undefined; backfill?: string | undefined } => ({
    pipeline: text(search["pipeline"]),
    state: text(search["state"]),
    trigger: text(search["trigger"]),
    backfill: text(search["backfill"]),
  }),
  component: lazyRouteComponent(() => import("./pages/runs"), "Runs"),
});
const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$run",
  validateSearch: (search: Search): { step?: string | undefined } => ({ step: text(search["step"]) }),
  component: lazyRouteComponent(() => import("./pages/run"), "RunPage"),
});
const step = createRoute({
  getParentRoute: () => root,
  path: "/runs/$run/steps/$step",
  validateSearch: (search: Search): { attempt?: number | undefined } => ({ attempt: Number(search["attempt"]) || undefined }),
  component: lazyRouteComponent(() => import("./pages/step"), "StepPage"),
});
const backfills = createRoute({
  getParentRoute: () => root,
  path: "/backfills",
  component: lazyRouteComponent(() => import("./pages/backfills"), "Backfills"),
});
const backfill = createRoute({
  getParentRoute: () => root,
  path: "/backfills/$backfill",
  component: lazyRouteComponent(() => import("./pages/backfills"), "BackfillPage"),
});
const lineage = createRoute({
  getParentRoute: () => root,
  path: "/lineage",
  validateSearch: (
    search: Search,
  ): {
    node?: string | undefined;
    column?: string | undefined;
    direction?: Direction | undefined;
    depth?: number | undefined;
    level?: "columns" | undefined;
  } => ({
    node: text(search["node"]),
    column: text(search["column"]),
    direction: within(search["direction"], ["upstream", "downstream"]),
    depth: Math.min(20, Math.max(0, Math.trunc(Number(search["depth"])))) || undefined,
    // A column is only seen among columns, whoever wrote the address.
    level: search["column"] ? "columns" : within(search["level"], ["columns"]),
  }),
  component: lazyRouteComponent(() => import("./pages/lineage"), "LineagePage"),
});
const plan = createRoute({
  getParentRoute: () => root,
  path: "/plan",
  component: lazyRouteComponent(() => import("./pages/plan"), "PlanPage"),
});
const connections = createRoute({
  getParentRoute: () => root,
  path: "/connections",
  component: lazyRouteComponent(() => import("./pages/connections"), "Connections"),
});

export const router = createRouter({
  routeTree: root.addChildren([home, pipelines, pipeline, definition, runs, run, step, backfills, backfill, lineage, plan, connections]),
  defaultPreload: "intent",
  defaultErrorComponent: ({ error }) => <Refused page error={error} again={() => location.reload()} />,
  scrollRestoration: true,
  // Plain values, so that an address can be read and written by hand.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const values = new URLSearchParams(
      Object.entries(search).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]])),
    );
    const line = values.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    return line ? `?${line}` : "";
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
