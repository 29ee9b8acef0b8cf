import { place, type Box, type Line } from "./layout";

onmessage = ({ data: { id, boxes, lines } }: MessageEvent<{ id: number; boxes: Box[]; lines: Line[] }>) => {
  postMessage({ id, places: place(boxes, lines) });
};
