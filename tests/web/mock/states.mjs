// Words that the files of the mock share.

export const iso = (ms) => new Date(ms).toISOString();
export const kDay = 86_400_000;
export const kFinal = new Set(["succeeded", "failed", "cancelled", "timed_out", "skipped"]);
export const kStepFinal = new Set(["succeeded", "failed", "cancelled", "skipped"]);
