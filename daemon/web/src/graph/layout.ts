import { Graph, layout } from "@dagrejs/dagre";

export type Box = { id: string; width: number; height: number };
export type Line = { from: string; to: string };
export type Places = Record<string, { x: number; y: number }>;

/** Places boxes from left to right in the direction of the lines. Pure; slow for large graphs, so that it runs in a worker. */
export function place(boxes: Box[], lines: Line[]): Places {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", ranker: "tight-tree", nodesep: 18, ranksep: 72, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const { from, to } of lines) graph.setEdge(from, to);
  layout(graph);
  return Object.fromEntries(
    boxes.map(({ id, width, height }) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
