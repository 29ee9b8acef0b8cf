import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTopics } from "../api/live";
import { compiled, pipeline as pipelineQuery } from "../api/queries";
import type { Column } from "../api/types";
import { Refused, Waiting } from "../ui/problem";
import { useTitle } from "../ui/shell";
import { Sql } from "../ui/sql";
import { DataTable, type Col } from "../ui/table";
import { publishWords, purposeWords } from "../ui/words";

const route = getRouteApi("/pipelines/$pipeline/steps/$step");
const kKinds = { sql: "portable SQL", components: "components", native_sql: "native SQL" };
const kPhases = { stage: "Stage", check: "Check", publish: "Publish" };

const tagColumn: Col<Column> = {
  id: "tags",
  title: "Tags",
  className: "col-wide",
  cell: (row) =>
    row.tags.map((tag) => (
      <span key={tag} className="tag">
        {tag}
      </span>
    )),
};

export function DefinitionPage() {
  const { pipeline: name, step: stepName } = route.useParams();
  useTitle(`${stepName} in ${name}`);
  useTopics(`pipeline:${name}`);
  const { data, error, refetch } = useQuery(pipelineQuery(name));
  const sql = useQuery(compiled(name, stepName));
  if (error && !data) return <Refused page error={error} again={() => void refetch()} />;
  if (!data) return <Waiting />;
  const step = data.data.steps.find((item) => item.name === stepName);
  if (!step) return sql.error ? <Refused error={sql.error} /> : <Waiting />;
  const columns: Col<Column>[] = [
    {
      id: "name",
      title: "Column",
      className: "col-main",
      cell: (row) => (
        <Link
          to="/lineage"
          search={{ node: step.id, level: "columns", column: row.name }}
          className="row-link"
          title="Where it comes from and where it goes"
        >
          {row.name}
        </Link>
      ),
    },
    { id: "type", title: "Type", cell: (row) => <code>{row.type}</code> },
    { id: "null", title: "Null", cell: (row) => (row.nullable ? "may be null" : <span className="quiet">never</span>) },
    ...(step.columns.some(({ tags }) => tags.length > 0) ? [tagColumn] : []),
  ];
  return (
    <>
      <nav className="crumbs" aria-label="Where this is">
        <Link to="/pipelines/$pipeline" params={{ pipeline: name }}>
          {name}
        </Link>
      </nav>
      <div className="page-head">
        <div>
          <h1>{step.name}</h1>
          <p className="origin">
            {step.description && <span>{step.description}</span>}
            <span>{kKinds[step.kind]}</span>
            {step.table && (
              <span>
                {publishWords(step.publish)} <code>{step.table}</code> on {step.connection}
              </span>
            )}
            {step.position && (
              <code className="quiet">
                {step.position.file}:{step.position.line}
              </code>
            )}
          </p>
        </div>
        <div className="page-actions">
          <Link to="/lineage" search={{ node: step.id }} className="button">
            Lineage
          </Link>
          {step.latest && (
            <Link to="/runs/$run/steps/$step" params={{ run: step.latest.run_id, step: step.name }} className="button">
              Last start
            </Link>
          )}
        </div>
      </div>
      <div className="two">
        <section aria-label="SQL">
          {sql.data?.data.source.text && (
            <>
              <h2>As it is written</h2>
              <Sql text={sql.data.data.source.text.trimEnd()} label={`${step.name} as it is written`} />
            </>
          )}
          <h2>Compiled SQL{sql.data && <span className="quiet"> for {sql.data.data.dialect}</span>}</h2>
          {sql.error && <Refused error={sql.error} />}
          {sql.data?.data.units.map((unit) => (
            <div key={`${unit.phase} ${unit.ordinal}`} className="unit">
              <p className="unit-title">
                <b>{kPhases[unit.phase]}</b> {purposeWords(unit.purpose)}
              </p>
              <Sql text={unit.sql} label={`SQL of ${unit.phase} ${unit.ordinal + 1}: ${purposeWords(unit.purpose)}`} />
            </div>
          ))}
          {!sql.data && !sql.error && <Waiting rows={4} />}
        </section>
        <div>
          <section aria-label="Columns">
            <h2>Columns</h2>
            <DataTable rows={step.columns} columns={columns} rowKey={(row) => row.name} label="Columns" />
          </section>
          <section aria-label="Checks">
            <h2>Checks</h2>
            {step.checks.length === 0 ? (
              <p className="quiet">None. A check that blocks keeps bad rows out of the published table.</p>
            ) : (
              <ul className="checks">
                {step.checks.map((check) => (
                  <li key={check.name}>
                    <span className={`tag weight is-${check.severity}`}>{check.severity === "error" ? "Blocks" : "Warns"}</span>
                    <div className="check-words">
                      <span className="check-name">{check.expectation}</span>
                      <span className="quiet">{check.kind.replaceAll("_", " ")}</span>
                    </div>
                  </li>
                ))}
              </ul>
            )}
          </section>
        </div>
      </div>
    </>
  );
}
