// Holds answers against schemas/openapi.json. Strict: a property that the document does not name is a fault, too.

import addFormats from "ajv-formats";
import Ajv from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const document = JSON.parse(readFileSync(fileURLToPath(new URL("../../schemas/openapi.json", import.meta.url)), "utf8"));

const at = (pointer) =>
  pointer
    .slice(2)
    .split("/")
    .reduce((node, key) => node[key.replaceAll("~1", "/").replaceAll("~0", "~")], document);
export const deref = (node) => (node?.$ref ? deref(at(node.$ref)) : node);

const strict = structuredClone(document);
const close = (node) => {
  if (Array.isArray(node)) return node.forEach(close);
  if (!node || typeof node !== "object") return undefined;
  if (node.type === "object" && node.properties && node.additionalProperties === undefined) node.additionalProperties = false;
  return Object.values(node).forEach(close);
};
close(strict.components.schemas);

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(strict, "openapi");
const compiled = new Map();

/** The faults of a value held against a schema of the document, as lines; none means that it fits. */
export const faults = (schema, value) => {
  const text = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
  if (!compiled.has(text)) compiled.set(text, ajv.compile(JSON.parse(text)));
  const check = compiled.get(text);
  if (check(value)) return [];
  return check.errors.slice(0, 8).map(({ instancePath, message, params }) => `${instancePath || "/"} ${message} ${JSON.stringify(params)}`);
};

export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  ["get", "post", "put", "delete", "patch"]
    .filter((method) => item[method])
    .map((method) => ({
      id: item[method].operationId,
      method: method.toUpperCase(),
      path,
      pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{[^}]+\}/g, "[^/]+")}$`),
      ...item[method],
    })),
);

/** What the document says about an answer: its operation and the schema of its body (undefined where it has none). */
export const expected = (method, path, status, type) => {
  const operation = operations.find((one) => one.method === method && one.pattern.test(path));
  if (!operation) return { operation: undefined, response: undefined, schema: undefined };
  const response = deref(operation.responses[status] ?? operation.responses.default);
  const schema = response?.content?.[type?.split(";")[0]]?.schema;
  return { operation, response, schema };
};

/** A client that holds every answer against the document and remembers which operations it saw. */
export class StrictClient {
  seen = new Set();
  #base;
  #token;
  constructor(base, token = null) {
    this.#base = base;
    this.#token = token;
  }

  async send(method, path, { body, headers = {} } = {}) {
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        ...(this.#token ? { Authorization: `Bearer ${this.#token}` } : {}),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const type = response.headers.get("content-type");
    const { operation, response: known, schema } = expected(method, path.split("?")[0], response.status, type);
    if (!operation) throw new Error(`${method} ${path} is not in the document`);
    if (!known) throw new Error(`${method} ${path} answered ${response.status}, which the document does not name`);
    this.seen.add(operation.id);
    const json = text && type?.includes("json") ? JSON.parse(text) : undefined;
    const wrong = text === "" ? [] : schema ? faults(schema, json ?? text) : [`the document names no body of type ${type}`];
    if (wrong.length)
      throw new Error(`${method} ${path} answered ${response.status}, which does not fit ${operation.id}:\n  ${wrong.join("\n  ")}`);
    return { status: response.status, headers: response.headers, json, text };
  }

  get = (path, headers) => this.send("GET", path, { headers });
  post = (path, body, headers) => this.send("POST", path, { body, headers });
}
