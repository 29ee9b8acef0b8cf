// The REST contract: the document against itself, and the daemon that pretends against the document.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openEvents } from "./events.mjs";
import { createMock } from "./mock/server.mjs";
import { deref, document, faults, operations, StrictClient } from "./openapi.mjs";
import { walk } from "./walk.mjs";

let mock;
let client;
before(async () => {
  mock = await createMock();
  client = new StrictClient(mock.url);
});
after(() => mock.close());

test("every body in the document has an example, and every example fits its schema", () => {
  for (const operation of operations) {
    const bodies = Object.values(operation.responses)
      .map(deref)
      .concat(operation.requestBody ? [operation.requestBody] : []);
    for (const body of bodies) {
      for (const [type, { schema, example, examples }] of Object.entries(body.content ?? {})) {
        const values = [...(example === undefined ? [] : [example]), ...Object.values(examples ?? {}).map((one) => deref(one).value)];
        assert.ok(values.length > 0, `${operation.id} has a body of ${type} without an example`);
        for (const value of values) assert.deepEqual(faults(schema, value), [], operation.id);
      }
    }
  }
});

test("operations have an id, a summary, a role and answer to problems", () => {
  const ids = operations.map((operation) => operation.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const operation of operations) {
    assert.ok(operation.summary, operation.id);
    if (operation.security?.length === 0) continue;
    assert.match(operation["x-penstock-role"] ?? "", /^(viewer|operator|admin)$/, operation.id);
    if (operation.path.startsWith("/api/")) assert.ok(operation.responses.default, operation.id);
    for (const name of operation.path.matchAll(/\{([^}]+)\}/g)) {
      const known = (document.paths[operation.path].parameters ?? []).map(deref).map((one) => one.name);
      assert.ok(known.includes(name[1]), `${operation.id}: ${name[1]}`);
    }
  }
});

test("everything that can be read fits the document", async () => {
  const { pipelines, runs } = await walk(client);
  assert.equal(pipelines.length, 3);
  assert.equal(new Set(runs.map((run) => run.id)).size, runs.length, "pages overlap");
  const created = runs.map((run) => run.created_at);
  assert.deepEqual(created, created.toSorted().toReversed(), "newest first");
});

test("a GET answers 304 to its own ETag, and says which events it includes", async () => {
  for (const path of ["/api/v1/pipelines", "/api/v1/runs", "/api/v1/server", "/api/v1/connections", `/api/v1/runs/${mock.world.live}`]) {
    const first = await client.get(path);
    assert.match(first.headers.get("penstock-event-id"), /^\d+$/);
    const second = await client.get(path, { "If-None-Match": first.headers.get("etag") });
    assert.equal(second.status, 304, path);
    assert.equal(second.text, "");
  }
});

test("a key starts one run, and refuses another body", async () => {
  const headers = { "Idempotency-Key": "once-and-only-once" };
  const first = await client.post("/api/v1/pipelines/airports/runs", { note: "first" }, headers);
  assert.equal(first.status, 202);
  assert.equal(first.headers.get("location"), `/api/v1/runs/${first.json.id}`);
  const again = await client.post("/api/v1/pipelines/airports/runs", { note: "first" }, headers);
  assert.equal(again.json.id, first.json.id);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.equal((await client.post("/api/v1/pipelines/airports/runs", { note: "second" }, headers)).status, 422);
});

test("refusals are problem documents", async () => {
  const done = mock.world.newest().find(({ run }) => run.state === "succeeded").run.id;
  for (const [status, call] of [
    [404, client.get("/api/v1/pipelines/nobody")],
    [404, client.get("/api/v1/runs/nobody")],
    [409, client.post(`/api/v1/runs/${done}/cancel`, {})],
    [409, client.post(`/api/v1/runs/${mock.world.live}/retry`, {})],
    [422, client.post("/api/v1/pipelines/traffic/runs", { parameters: { nonsense: "1" } })],
    [422, client.post("/api/v1/backfills", { pipeline: "traffic", start: "2001-02-01T00:00:00.000Z", end: "2001-02-01T00:00:00.000Z" })],
  ]) {
    const answer = await call;
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal(answer.json.type, `urn:penstock:problem:${answer.json.code}`);
  }
});

test("every event fits the document, and a resumed stream repeats what was missed", async () => {
  const first = await openEvents(`${mock.url}/api/v1/events`);
  const hello = await first.next();
  assert.equal(hello.event, "hello");
  const { json: run } = await client.post("/api/v1/pipelines/staging/runs", {});
  for (let i = 0; i < 80; ++i) mock.world.advance();
  await client.post("/api/v1/backfills", {
    pipeline: "traffic",
    start: "2001-01-01T00:00:00.000Z",
    end: "2001-03-01T00:00:00.000Z",
    max_active: 2,
  });
  const { json: cancelled } = await client.post("/api/v1/pipelines/traffic/runs", {});
  await client.post(`/api/v1/runs/${cancelled.id}/cancel`, { note: "not now" });
  mock.world.advance();
  await client.post(`/api/v1/backfills/b-0001/cancel`, {});
  await client.post(`/api/v1/runs/${cancelled.id}/retry`, { mode: "restart" });

  const last = String(mock.world.event_id);
  const seen = [];
  do seen.push(await first.next());
  while (seen.at(-1).id !== last);
  first.close();
  const schemas = document.components.schemas.Event.properties;
  for (const { event, data } of seen) {
    assert.ok(schemas[event], event);
    assert.deepEqual(faults({ $ref: `#/components/schemas/Event/properties/${event}` }, data), [], event);
  }
  for (const name of ["run", "step", "unit", "check", "pipeline", "backfill"])
    assert.ok(
      seen.some(({ event }) => event === name),
      name,
    );
  const ids = seen.map(({ id }) => Number(id));
  assert.deepEqual(
    ids,
    ids.toSorted((a, b) => a - b),
  );

  const middle = seen[Math.floor(seen.length / 2)];
  const resumed = await openEvents(`${mock.url}/api/v1/events`, { "Last-Event-ID": middle.id });
  for (const before of seen.slice(seen.indexOf(middle) + 1)) assert.deepEqual(await resumed.next(), before);
  resumed.close();

  const narrow = await openEvents(`${mock.url}/api/v1/events?topics=run:${run.id}&last_event_id=${hello.id}`);
  const steps = seen.filter(({ event, data }) => (event === "run" ? data.id : data.run_id) === run.id);
  for (const before of steps) assert.deepEqual(await narrow.next(), before);
  narrow.close();
});

test("a daemon with a token answers to nobody else", async () => {
  const closed = await createMock({ token: "right", role: "viewer" });
  try {
    const stranger = new StrictClient(closed.url, "wrong");
    assert.equal((await stranger.get("/api/v1/pipelines")).status, 401);
    assert.match((await stranger.get("/api/v1/server")).headers.get("www-authenticate"), /^Bearer/);
    assert.equal((await stranger.get("/livez")).status, 200);
    const viewer = new StrictClient(closed.url, "right");
    assert.equal((await viewer.get("/api/v1/pipelines")).status, 200);
    assert.equal((await viewer.post("/api/v1/pipelines/airports/runs", {})).status, 403);
  } finally {
    await closed.close();
  }
});

test("every operation of the document has been used above", () => {
  const unused = operations.map((operation) => operation.id).filter((id) => !client.seen.has(id) && id !== "stream_events");
  assert.deepEqual(unused, []);
});
