import { useState, type ReactNode } from "react";
import { count } from "./words";

const kFirst = 200;

/** The first rows of a long list, and a button for more: a page of ten thousand rows would answer to nothing. */
export function useSome<T>(rows: T[]): { shown: T[]; more: ReactNode } {
  const [most, setMost] = useState(kFirst);
  if (rows.length <= most) return { shown: rows, more: null };
  const left = rows.length - most;
  return {
    shown: rows.slice(0, most),
    more: (
      <button type="button" className="more" onClick={() => setMost(most + 5 * kFirst)}>
        Show {left > 5 * kFirst ? `${count(5 * kFirst)} of ${count(left)} more` : `${count(left)} more`}
      </button>
    ),
  };
}
