import type { Interval, Publish, Run } from "../api/types";

/** How far the daemon's clock is ahead of this browser's. */
let skew_ms = 0;
export const setServerTime = (time: string) => void (skew_ms = Date.parse(time) - Date.now());
export const serverNow = () => Date.now() + skew_ms;

const number = new Intl.NumberFormat("en-GB");
export const count = (value: number) => number.format(value);
export const plural = (value: number, one: string, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** 812 B, 3.1 MB, 2 GB. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${+(value / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** 8 ms, 3.1 s, 2 min 14 s, 1 h 03 min, 4 d 2 h. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} min`;
  const [days, hours] = [Math.floor(s / 86_400), Math.floor((s % 86_400) / 3600)];
  return hours ? `${days} d ${hours} h` : plural(days, "day");
}

/** The same in one unit, for a span that is only told roughly. */
function roughly(ms: number): string {
  const steps: [number, string][] = [
    [86_400_000, "day"],
    [3_600_000, "hour"],
    [60_000, "minute"],
    [1000, "second"],
  ];
  for (const [unit, name] of steps) if (ms >= unit) return plural(Math.floor(ms / unit), name);
  return "";
}

/** 3 hours ago, in 12 minutes, just now. */
export function relative(at: number, now: number): string {
  const gap = at - now;
  if (Math.abs(gap) < 2000) return "just now";
  return gap > 0 ? `in ${roughly(gap)}` : `${roughly(-gap)} ago`;
}

export type Zone = "local" | "UTC";
const formats = new Map<string, Intl.DateTimeFormat>();
function format(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let found = formats.get(key);
  if (!found)
    formats.set(
      key,
      (found = new Intl.DateTimeFormat("en-GB", { ...options, hourCycle: "h23", ...(zone === "UTC" ? { timeZone: "UTC" } : {}) })),
    );
  return found;
}
export const fullTime = (at: string, zone: Zone) =>
  format(zone, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(new Date(at));
export function shortTime(at: string, zone: Zone): string {
  const date = new Date(at);
  const days = Math.abs(date.getTime() - serverNow()) / 86_400_000;
  return format(zone, {
    ...(days < 300 ? {} : { year: "numeric" }),
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(date);
}
/** The moment on the clocks of a time zone that is named, such as a schedule's own. */
export const timeIn = (at: string, timeZone: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" }).format(
    new Date(at),
  );

const kMonths = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** The half-open interval in words where it is a whole year, month or day on the wall clock of its pipeline. */
export function interval({ local_start: start, local_end: end }: Pick<Interval, "local_start" | "local_end">): string {
  const [from, to] = [new Date(`${start}Z`), new Date(`${end}Z`)];
  const midnight = (date: Date) => date.getTime() % 86_400_000 === 0;
  if (!midnight(from) || !midnight(to)) return `${start.slice(0, 16).replace("T", " ")} to ${end.slice(0, 16).replace("T", " ")}`;
  const [year, month, day] = [from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()];
  if (day === 1 && month === 0 && to.getTime() === Date.UTC(year + 1, 0, 1)) return String(year);
  if (day === 1 && to.getTime() === Date.UTC(year, month + 1, 1)) return `${kMonths[month]} ${year}`;
  if (to.getTime() === Date.UTC(year, month, day + 1)) return `${day} ${kMonths[month]} ${year}`;
  return `${start.slice(0, 10)} to ${end.slice(0, 10)}`;
}

const kDays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** The common shapes of a cron line in words, or null where the line itself says it best. */
export function cronWords(cron: string): string | null {
  const [minute, hour, day, month, weekday, ...more] = cron.trim().split(/\s+/);
  if (more.length || minute === undefined || weekday === undefined || month !== "*") return null;
  const plain = (text: string | undefined) => text !== undefined && /^\d+$/.test(text);
  const clock = `${hour?.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  const every = /^\*\/(\d+)$/.exec(minute);
  if (every && hour === "*" && day === "*" && weekday === "*") return `every ${every[1]} minutes`;
  if (!plain(minute)) return null;
  if (hour === "*" && day === "*" && weekday === "*") return `every hour at :${minute.padStart(2, "0")}`;
  if (!plain(hour)) return null;
  if (day === "*" && weekday === "*") return `every day at ${clock}`;
  if (day === "*" && weekday === "1-5") return `on weekdays at ${clock}`;
  if (day === "*" && plain(weekday)) return `every ${kDays[Number(weekday) % 7]} at ${clock}`;
  if (plain(day) && weekday === "*") return `on day ${day} of each month at ${clock}`;
  return null;
}

export function triggerWords({ kind, name, actor, note }: Run["trigger"]): string {
  const by = actor ? ` by ${actor}` : "";
  const words: Record<Run["trigger"]["kind"], string> = {
    schedule: `Started by the schedule${name ? ` “${name}”` : ""}`,
    upstream: `Started because its upstream was updated${name ? ` (“${name}”)` : ""}`,
    api: `Started over REST${by}`,
    cli: `Started from the command line${by}`,
    backfill: `Part of a backfill${by}`,
    retry: `A retry${by}`,
  };
  return note ? `${words[kind]}: “${note}”` : words[kind];
}

const kPurposes: Record<string, string> = {
  prepare: "Make ready",
  stage: "Stage the rows",
  check: "Check the staged rows",
  publish: "Publish",
  cleanup: "Drop what was staged",
};
/** What a statement is for; a daemon says it in one word or in a few. */
export const purposeWords = (purpose: string) => kPurposes[purpose] ?? purpose;

export const publishWords = (publish: Publish): string => {
  const by = publish.keys.length ? ` by ${publish.keys.join(", ")}` : publish.interval_column ? ` by ${publish.interval_column}` : "";
  return `${publish.as.replaceAll("_", " ")}${by}`;
};

/** Milliseconds of something that may still go on. */
export const elapsed = (started_at: string | null, finished_at: string | null, duration_ms: number | null, now: number): number | null =>
  duration_ms ?? (started_at ? Math.max(0, (finished_at ? Date.parse(finished_at) : now) - Date.parse(started_at)) : null);
