import { useMemo, useState } from "react";
import { announce } from "./store";

const kKeywords = new Set(
  (
    "select from where group by having order limit offset join left right full inner outer cross lateral on using as with recursive union all except intersect distinct case when then else end and or not in is null like ilike between exists " +
    "insert into values update set delete merge matched create replace table view materialized temporary temp if drop alter rename to add column begin commit rollback transaction start over partition rows range unbounded preceding following current row " +
    "cast extract interval date timestamp time filter within nulls first last asc desc true false any some primary key default call grant revoke truncate copy unload qualify window returning"
  ).split(" "),
);
const kToken =
  /(--[^\n]*|\/\*[\s\S]*?\*\/)|('(?:[^']|'')*'?)|("(?:[^"]|"")*"?|`[^`]*`?|\[[A-Za-z_][^\]\n]*\])|(\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)|([A-Za-z_][A-Za-z0-9_$]*)/gi;

type Piece = { text: string; kind: "" | "key" | "text" | "note" | "number" };

/** Cuts SQL into lines of coloured pieces. It knows words, not grammar: enough for every dialect. */
export function pieces(sql: string): Piece[][] {
  const lines: Piece[][] = [[]];
  const put = (text: string, kind: Piece["kind"]) =>
    text.split("\n").forEach((part, index) => {
      if (index > 0) lines.push([]);
      if (part) lines.at(-1)!.push({ text: part, kind });
    });
  let end = 0;
  for (const match of sql.matchAll(kToken)) {
    put(sql.slice(end, match.index), "");
    const [whole, note, text, name, number, word] = match;
    put(whole, note ? "note" : text ? "text" : name ? "" : number ? "number" : word && kKeywords.has(word.toLowerCase()) ? "key" : "");
    end = match.index + whole.length;
  }
  put(sql.slice(end), "");
  return lines;
}

/** SQL with numbered lines; the line that the engine points at is marked, with a caret under the column. */
export function Sql({ text, position, label }: { text: string; position?: { line: number; column: number } | null; label: string }) {
  const lines = useMemo(() => pieces(text), [text]);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    announce("SQL copied");
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <div className="sql">
      {"clipboard" in navigator && (
        <button type="button" className="copy" onClick={() => void copy()}>
          {copied ? "Copied" : "Copy"}
        </button>
      )}
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>
          {lines.map((line, index) => (
            <span key={index} className={position?.line === index + 1 ? "line is-wrong" : "line"} data-line={index + 1}>
              {line.map((piece, at) =>
                piece.kind ? (
                  <span key={at} className={`s-${piece.kind}`}>
                    {piece.text}
                  </span>
                ) : (
                  piece.text
                ),
              )}
              {"\n"}
              {position?.line === index + 1 && (
                <span className="caret">
                  {" ".repeat(Math.max(0, position.column - 1))}^ here{"\n"}
                </span>
              )}
            </span>
          ))}
        </code>
      </pre>
    </div>
  );
}
