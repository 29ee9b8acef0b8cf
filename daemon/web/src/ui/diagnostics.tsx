import type { Diagnostic } from "../api/types";
import { State } from "./state";

/** What the compiler has to say, each with its place in the files. */
export function Diagnostics({ items }: { items: Diagnostic[] }) {
  if (items.length === 0) return null;
  return (
    <ul className="diagnostics">
      {items.map((item, index) => (
        <li key={index}>
          <State state={item.severity === "error" ? "failed" : "warned"}>{item.code}</State> {item.message}{" "}
          {item.position && (
            <code>
              {item.position.file}:{item.position.line}:{item.position.column}
            </code>
          )}
          {item.hint && <p className="failure-hint">{item.hint}</p>}
        </li>
      ))}
    </ul>
  );
}
