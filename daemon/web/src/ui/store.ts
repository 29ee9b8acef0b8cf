import { useSyncExternalStore } from "react";
import { serverNow, type Zone } from "./words";

/** One value that components may watch, kept in localStorage under its key. */
function remembered<T extends string>(key: string, fallback: T, changed: (value: T) => void = () => undefined) {
  const listeners = new Set<() => void>();
  let value = fallback;
  try {
    value = (localStorage.getItem(key) as T | null) ?? fallback;
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  const listen = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    set(next: T) {
      value = next;
      try {
        localStorage.setItem(key, next);
      } catch {
        // As above.
      }
      changed(next);
      listeners.forEach((listener) => listener());
    },
    use: () => useSyncExternalStore(listen, () => value),
  };
}

export type Theme = "system" | "light" | "dark";
export const theme = remembered<Theme>("penstock-theme", "system", (value) => {
  if (value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = value;
});
export const zone = remembered<Zone>("penstock-zone", "local");

// One clock for the whole page; it ticks once a second while somebody looks and something shown depends on it.
const watchers = new Set<() => void>();
let now = serverNow();
let timer: ReturnType<typeof setInterval> | undefined;
const tick = () => {
  if (document.hidden) return;
  now = serverNow();
  watchers.forEach((watcher) => watcher());
};
function watch(watcher: () => void) {
  watchers.add(watcher);
  timer ??= setInterval(tick, 1000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
/** The daemon's time in milliseconds, no newer than `step_ms`, so that a page of old times is not drawn anew each second. */
export const useNow = (step_ms = 1000) => useSyncExternalStore(watch, () => Math.floor(now / step_ms) * step_ms);

// The one live region of the page. What it says is for those who do not see the page change.
const voices = new Set<() => void>();
let said = "";
export function announce(text: string) {
  said = said === text ? `${text}\u00a0` : text;
  voices.forEach((voice) => voice());
}
export const useAnnouncement = () =>
  useSyncExternalStore(
    (voice) => {
      voices.add(voice);
      return () => void voices.delete(voice);
    },
    () => said,
  );
