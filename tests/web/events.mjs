// Reads a server-sent event stream.

/** Opens the stream and gives { next(), close() }; next() waits for one message {id, event, data}. */
export const openEvents = async (url, headers = {}) => {
  const abort = new AbortController();
  const response = await fetch(url, { headers: { Accept: "text/event-stream", ...headers }, signal: abort.signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const next = async () => {
    for (;;) {
      const end = rest.indexOf("\n\n");
      if (end >= 0) {
        const lines = rest.slice(0, end).split("\n");
        rest = rest.slice(end + 2);
        const field = (name) =>
          lines
            .filter((line) => line.startsWith(`${name}:`))
            .map((line) => line.slice(name.length + 1).trim())
            .join("\n");
        if (!lines.some((line) => line.startsWith("data:"))) continue;
        return { id: field("id"), event: field("event"), data: JSON.parse(field("data")) };
      }
      const { done, value } = await reader.read();
      if (done) throw new Error("the stream ended");
      rest += value;
    }
  };
  return { next, close: () => abort.abort(), headers: response.headers };
};
