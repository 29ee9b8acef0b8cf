/** One message of a server-sent event stream. */
export type Message = { id: string | null; event: string; data: string };

/** Takes text as it arrives and gives every message that is complete; comments only prove that the line is alive. */
export class EventParser {
  #rest = "";
  #id: string | null = null;
  #event = "message";
  #data: string[] = [];

  push(text: string): Message[] {
    const messages: Message[] = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?=.)/s);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length > 0) messages.push({ id: this.#id, event: this.#event, data: this.#data.join("\n") });
        this.#event = "message";
        this.#data = [];
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "data") this.#data.push(value);
      else if (field === "event") this.#event = value;
      else if (field === "id") this.#id = value;
    }
    return messages;
  }
}
