// Reads everything that a daemon shows, as the dashboard would, and holds each answer against the document.

const part = encodeURIComponent;

/** Follows lists to their members. Returns what it met, so that a test can ask for more. */
export const walk = async (client) => {
  for (const path of ["/livez", "/readyz", "/metrics", "/api/v1/openapi.json", "/api/v1/server", "/api/v1/connections"])
    await client.get(path);

  const pipelines = (await client.get("/api/v1/pipelines")).json.items;
  for (const { name } of pipelines) {
    const { json } = await client.get(`/api/v1/pipelines/${part(name)}`);
    for (const step of json.steps) await client.get(`/api/v1/pipelines/${part(name)}/steps/${part(step.name)}/sql`);
    const { json: last } = await client.get(`/api/v1/pipelines/${part(name)}/history?limit=3`);
    if (last.next_cursor) await client.get(`/api/v1/pipelines/${part(name)}/history?limit=3&cursor=${part(last.next_cursor)}`);
  }

  const runs = [];
  for (let path = "/api/v1/runs?limit=40"; path;) {
    const { json, headers } = await client.get(path);
    runs.push(...json.items);
    const next = headers.get("link")?.match(/<([^>]+)>; rel="next"/)?.[1];
    if (Boolean(next) !== Boolean(json.next_cursor)) throw new Error(`${path}: Link and next_cursor disagree`);
    path = next ? new URL(next, "http://any").pathname + new URL(next, "http://any").search : null;
  }
  const kinds = new Map(runs.map((run) => [`${run.pipeline} ${run.state} ${run.trigger.kind}`, run]));
  for (const { id } of kinds.values()) {
    const { json } = await client.get(`/api/v1/runs/${part(id)}`);
    await client.get(`/api/v1/runs/${part(id)}?include=attempts`);
    for (const step of json.steps) await client.get(`/api/v1/runs/${part(id)}/steps/${part(step.name)}`);
  }
  await client.get("/api/v1/steps?limit=60");
  await client.get("/api/v1/steps?state=failed,unknown");

  const backfills = (await client.get("/api/v1/backfills")).json.items;
  for (const { id } of backfills) await client.get(`/api/v1/backfills/${part(id)}`);

  const nodes = (await client.get("/api/v1/lineage")).json.nodes;
  await client.get("/api/v1/lineage/nodes?q=a");
  for (const { id } of nodes.slice(0, 40)) {
    await client.get(`/api/v1/lineage?node=${part(id)}&direction=upstream&depth=3`);
    const { json } = await client.get(`/api/v1/lineage/columns?node=${part(id)}&depth=9`);
    const column = json.nodes.find((node) => node.id === id)?.columns[0]?.name;
    if (column) await client.get(`/api/v1/lineage/columns?node=${part(id)}&column=${part(column)}&direction=downstream`);
  }
  await client.post("/api/v1/plan", { include_sql: true });
  await client.get("/api/v1/orphans");
  await client.post("/api/v1/orphans/drop", {});
  return { pipelines, runs, backfills, nodes };
};
