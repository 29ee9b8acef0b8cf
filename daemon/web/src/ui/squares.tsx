import { Link } from "@tanstack/react-router";
import { useRef, type KeyboardEvent } from "react";
import type { RunMark } from "../api/types";
import { Glyph, stateWord } from "./state";
import { zone } from "./store";
import { duration, shortTime } from "./words";

/** The last runs, oldest left, one square each. One stop for Tab; the arrow keys move along the row. */
export function Squares({ marks, of, places = 14 }: { marks: RunMark[]; of: string; places?: number }) {
  const row = useRef<HTMLDivElement>(null);
  const where = zone.use();
  const shown = marks.slice(0, places).toReversed();
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const links = [...(row.current?.querySelectorAll("a") ?? [])];
    const index = links.indexOf(document.activeElement as HTMLAnchorElement);
    const next = event.key === "Home" ? 0 : event.key === "End" ? links.length - 1 : step === undefined ? -1 : index + step;
    if (index < 0 || !links[next]) return;
    event.preventDefault();
    links[next].focus();
  };
  return (
    <div className="squares" role="group" aria-label={`Last runs of ${of}, oldest first`} ref={row} onKeyDown={move}>
      {Array.from({ length: Math.max(0, places - shown.length) }, (_, index) => (
        <span key={index} className="square-none" />
      ))}
      {shown.map((mark, index) => {
        const words = `${stateWord(mark.state)}, ${shortTime(mark.nominal_at, where)}${mark.duration_ms === null ? "" : `, ${duration(mark.duration_ms)}`}${mark.reason ? `. ${mark.reason.message}` : ""}`;
        return (
          <Link
            key={mark.id}
            to="/runs/$run"
            params={{ run: mark.id }}
            title={words}
            aria-label={words}
            tabIndex={index === shown.length - 1 ? 0 : -1}
            preload={false}
          >
            <Glyph state={mark.state} size={16} />
          </Link>
        );
      })}
    </div>
  );
}
