import { useEffect, useRef, useState } from "react";
import { Glyph, stateWord, type AnyState } from "./state";

/** A text filter; "/" anywhere on the page jumps to it. What is typed reaches the address after a short pause. */
export function Find({
  value,
  onChange,
  label,
  placeholder,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  placeholder: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const change = useRef(onChange);
  change.current = onChange;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => change.current(typed), 150);
    return () => clearTimeout(timer);
  }, [typed, value]);
  useEffect(() => {
    const jump = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLElement && event.target.closest("input, textarea, select, dialog")) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", jump);
    return () => document.removeEventListener("keydown", jump);
  }, []);
  return (
    <label className="find">
      <span className="unseen">{label}</span>
      <input
        ref={input}
        type="search"
        value={typed}
        placeholder={placeholder}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && setTyped("")}
        spellCheck={false}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

/** States to keep; none chosen keeps all. */
export function StateFilter({
  states,
  value,
  onChange,
  label,
}: {
  states: readonly AnyState[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  label: string;
}) {
  const chosen = value?.split(",") ?? [];
  const toggle = (state: AnyState) => {
    const next = chosen.includes(state) ? chosen.filter((item) => item !== state) : [...chosen, state];
    onChange(next.length ? next.join(",") : undefined);
  };
  return (
    <div className="chips" role="group" aria-label={label}>
      {states.map((state) => (
        <button key={state} type="button" className="chip" aria-pressed={chosen.includes(state)} onClick={() => toggle(state)}>
          <Glyph state={state} size={12} />
          {stateWord(state)}
        </button>
      ))}
    </div>
  );
}
