import {
  Background,
  Handle,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Edge,
  type Node,
  type NodeProps,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import "./graph.css";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Column, Node as TableNode } from "../api/types";
import { Glyph, stateWord } from "../ui/state";
import type { Box, Line, Places } from "./layout";

/** A table in the graph. In a graph of columns it lists those that take part. */
export type Item = TableNode & { columns?: Column[]; opaque?: boolean };
export type ColumnEdge = {
  from: { node: string; column: string | null };
  to: { node: string; column: string | null };
  use?: "value" | "rows";
};
type Props = {
  items: Item[];
  edges: ColumnEdge[];
  focus?: string | undefined;
  column?: string | undefined;
  /** Where a table leads: to its definition or to its own lineage. */
  leads: "definition" | "lineage";
  /** The pipeline whose page this is; tables of others stand back. */
  home?: string | undefined;
  label: string;
  tall?: boolean;
};

const kWidth = 208;
const kHead = 46;
const kLine = 24;
const kAll = { padding: 0.08, minZoom: 0.15, maxZoom: 1 };
const kReadable = 0.6;
const kMargin = 16;
const heightOf = (item: Item) => kHead + (item.columns?.length ? item.columns.length * kLine + 7 : 0);

/** Where the view of one axis begins: in the middle where all fits, otherwise around `focus`, or at the start, and never beyond an end. */
function begin(room: number, size: number, zoom: number, focus: number | null): number {
  const left = room - size * zoom;
  if (left >= 2 * kMargin) return left / 2;
  const wanted = focus === null ? kMargin : room / 2 - focus * zoom;
  return Math.min(kMargin, Math.max(left - kMargin, wanted));
}

/** The first view: the whole graph, unless it would be too small to read. */
function firstView(box: { clientWidth: number; clientHeight: number }, items: Item[], places: Places, focus: string | undefined) {
  const placed = items.flatMap((item) => (places[item.id] ? [{ item, at: places[item.id]! }] : []));
  const width = Math.max(1, ...placed.map(({ at }) => at.x + kWidth));
  const height = Math.max(1, ...placed.map(({ item, at }) => at.y + heightOf(item)));
  const fits = Math.min((box.clientWidth - 2 * kMargin) / width, (box.clientHeight - 2 * kMargin) / height);
  const zoom = Math.min(1, Math.max(kReadable, fits));
  const on = focus ? places[focus] : undefined;
  return {
    x: begin(box.clientWidth, width, zoom, on ? on.x + kWidth / 2 : null),
    y: begin(box.clientHeight, height, zoom, on ? on.y + kHead / 2 : null),
    zoom,
  };
}

let worker: Worker | null = null;
let serial = 0;
function arrange(boxes: Box[], lines: Line[]): { done: Promise<Places>; stop: () => void } {
  worker ??= new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  const mine = worker;
  const id = ++serial;
  let stop = () => undefined as void;
  const done = new Promise<Places>((resolve) => {
    const receive = ({ data }: MessageEvent<{ id: number; places: Places }>) => {
      if (data.id !== id) return;
      stop();
      resolve(data.places);
    };
    stop = () => mine.removeEventListener("message", receive);
    mine.addEventListener("message", receive);
  });
  mine.postMessage({ id, boxes, lines });
  return { done, stop: () => stop() };
}

type Data = {
  item: Item;
  focus: boolean;
  column: string | undefined;
  leads: Props["leads"];
  outside: boolean;
  onPoint: (key: string | null) => void;
  dim: boolean;
  lit: ReadonlySet<string> | null;
};
const keyOf = (node: string, column: string | null | undefined) => (column ? `${node}\n${column}` : node);

/** How the step's last start ended, where the answer tells; a source has no state. */
function Mark({ item }: { item: Item }) {
  if (item.kind === "source") return <span className="node-source" aria-hidden="true" />;
  return item.state ? <Glyph state={item.state} label={stateWord(item.state)} /> : null;
}

function Table({ data: { item, focus, column, leads, outside, onPoint, dim, lit } }: NodeProps<Node<Data>>) {
  const name = (
    <>
      <span className="node-name">{item.kind === "source" ? item.table : item.name}</span>
      <span className="node-note">
        {item.kind === "source" ? "source" : item.pipeline}
        {item.opaque && ", native SQL"}
      </span>
    </>
  );
  const point = (key: string) => ({
    onMouseEnter: () => onPoint(key),
    onMouseLeave: () => onPoint(null),
    onFocus: () => onPoint(key),
    onBlur: () => onPoint(null),
  });
  const columns = item.columns;
  return (
    <div className={`node is-${item.kind}${outside ? " is-outside" : ""}${focus ? " is-focus" : ""}${dim ? " is-dim" : ""}`}>
      <Handle type="target" position={Position.Left} id="*" isConnectable={false} style={{ top: kHead / 2 }} />
      <Handle type="source" position={Position.Right} id="*" isConnectable={false} style={{ top: kHead / 2 }} />
      {leads === "definition" && item.pipeline ? (
        <Link
          to="/pipelines/$pipeline/steps/$step"
          params={{ pipeline: item.pipeline, step: item.name }}
          className="node-head nodrag nopan"
          {...point(item.id)}
        >
          <Mark item={item} />
          <span className="stack">{name}</span>
        </Link>
      ) : (
        <Link
          to="/lineage"
          search={(before) => ({
            ...(columns ? { level: "columns" as const } : {}),
            direction: (before as { direction?: "upstream" }).direction,
            depth: (before as { depth?: number }).depth,
            node: item.id,
          })}
          className="node-head nodrag nopan"
          {...point(item.id)}
        >
          <Mark item={item} />
          <span className="stack">{name}</span>
        </Link>
      )}
      {columns && columns.length > 0 && (
        <ul className="node-columns">
          {columns.map((one) => {
            const key = keyOf(item.id, one.name);
            const chosen = focus && one.name === column;
            return (
              <li key={one.name} className={`${chosen ? "is-chosen" : ""}${lit && !lit.has(key) ? " is-dim" : ""}`}>
                <Handle type="target" position={Position.Left} id={one.name} isConnectable={false} />
                <Link
                  to="/lineage"
                  search={(before) => ({
                    ...(before as object),
                    level: "columns" as const,
                    node: item.id,
                    column: chosen ? undefined : one.name,
                  })}
                  className="nodrag nopan"
                  {...point(key)}
                >
                  <span>{one.name}</span>
                  <span className="node-note">{one.type}</span>
                </Link>
                <Handle type="source" position={Position.Right} id={one.name} isConnectable={false} />
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

const nodeTypes = { table: Table };

/** Everything that leads to a key and everything that it leads to. */
function path(edges: ColumnEdge[], key: string): Set<string> {
  const lit = new Set([key]);
  for (const forward of [true, false]) {
    const seen = new Set([key]);
    const queue = [key];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const { from, to } of edges) {
        const ends = [keyOf(from.node, from.column), keyOf(to.node, to.column)];
        const [near, far] = forward ? ends : ends.toReversed();
        const same = near === at || (!at.includes("\n") && near!.startsWith(`${at}\n`));
        if (same && !seen.has(far!)) (seen.add(far!), lit.add(far!), queue.push(far!));
      }
    }
  }
  for (const one of [...lit]) lit.add(one.split("\n")[0]!);
  return lit;
}

function Buttons() {
  const flow = useReactFlow();
  const calm = { duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 180 };
  return (
    <div className="graph-buttons">
      <button type="button" onClick={() => void flow.zoomIn(calm)} aria-label="Zoom in">
        +
      </button>
      <button type="button" onClick={() => void flow.zoomOut(calm)} aria-label="Zoom out">
        −
      </button>
      <button type="button" onClick={() => void flow.fitView({ ...kAll, ...calm })} aria-label="Show the whole graph">
        ⤢
      </button>
    </div>
  );
}

function Canvas({ items, edges, focus, column, leads, home, label, tall }: Props) {
  const flow = useReactFlow();
  const [places, setPlaces] = useState<Places | null>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const drawn = useRef(items);
  drawn.current = items;
  const shape = useMemo(
    () => JSON.stringify([items.map((item) => [item.id, heightOf(item)]), edges.map(({ from, to }) => [from.node, to.node])]),
    [items, edges],
  );
  useEffect(() => {
    const [boxes, lines] = JSON.parse(shape) as [[string, number][], [string, string][]];
    const { done, stop } = arrange(
      boxes.map(([id, height]) => ({ id, width: kWidth, height })),
      [...new Set(lines.map((line) => line.join("\n")))].map((line) => ({ from: line.split("\n")[0]!, to: line.split("\n")[1]! })),
    );
    void done.then((found) => {
      setPlaces(found);
      // The frame has its height after this drawing.
      requestAnimationFrame(() => {
        if (frame.current) void flow.setViewport(firstView(frame.current, drawn.current, found, focus));
      });
    });
    return stop;
  }, [shape, flow, focus]);

  const reach = useMemo(() => Math.max(0, ...items.map((item) => (places?.[item.id]?.y ?? 0) + heightOf(item))), [items, places]);
  const lit = useMemo(
    () => (pointed ? path(edges, pointed) : column && focus ? path(edges, keyOf(focus, column)) : null),
    [pointed, column, focus, edges],
  );
  const nodes = useMemo(
    () =>
      places
        ? items
            .filter((item) => places[item.id])
            .map((item): Node<Data> => ({
              id: item.id,
              type: "table",
              position: places[item.id]!,
              width: kWidth,
              height: heightOf(item),
              data: {
                item,
                focus: item.id === focus,
                column,
                leads,
                outside: Boolean(home && item.pipeline !== home),
                onPoint: setPointed,
                dim: Boolean(lit && !lit.has(item.id)),
                lit,
              },
            }))
        : [],
    [places, items, focus, column, leads, home, lit],
  );
  const lines = useMemo(
    () =>
      edges.map(({ from, to, use }): Edge => {
        const on = !lit || (lit.has(keyOf(from.node, from.column)) && lit.has(keyOf(to.node, to.column)));
        return {
          id: `${keyOf(from.node, from.column)} > ${keyOf(to.node, to.column)} ${use ?? ""}`,
          source: from.node,
          target: to.node,
          sourceHandle: from.column ?? "*",
          targetHandle: to.column ?? "*",
          domAttributes: { "aria-hidden": true },
          className: `${use === "rows" ? "is-rows" : ""}${lit ? (on ? " is-lit" : " is-dim") : ""}`,
        };
      }),
    [edges, lit],
  );
  return (
    <div
      className={`graph${tall ? " is-tall" : ""}`}
      ref={frame}
      role="group"
      aria-label={label}
      style={places ? { height: `clamp(180px, ${reach + 72}px, var(--most))` } : undefined}
    >
      <ReactFlow
        nodes={nodes}
        edges={lines}
        nodeTypes={nodeTypes}
        minZoom={0.15}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnScroll={Boolean(tall)}
        preventScrolling={Boolean(tall)}
        zoomOnDoubleClick={false}
        onlyRenderVisibleElements={items.length > 80}
      >
        <Background gap={22} size={1} />
      </ReactFlow>
      <Buttons />
    </div>
  );
}

export function GraphView(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}
