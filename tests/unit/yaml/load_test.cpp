#include "pipelines/yaml/load.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/unit/yaml/vocabulary.h"

namespace penstock::yaml {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* kProject = R"(
project: shop
connections:
  local: { type: duckdb, path: shop.duckdb, schema: marts, slots: 8, read_only: true }
  lake:  { type: trino, url: "https://trino.example:8443", user: etl, password: "env:TRINO_PASSWORD", catalog: lake, schema: ops }
environments:
  dev: local
  prod: { target: lake }
)";

constexpr const char* kPipeline = R"(
pipeline: sales
description: Sales of all shops
owner: finance
tags: [daily, "on-call"]
schedule: { cron: "15 2 * * *", timezone: Europe/Berlin, interval: month, dst_gap: skip, dst_overlap: both, misfire: all,
            misfire_window: 36h, overlap: queue_one }
target: lake
schema: reports
parameters:
  region: text
  since: { type: date, default: 2001-02-03 }
sources:
  orders: raw.orders
  shops: { table: lake.raw."Shop List", columns: { ID: int64 not null, '"Name"': varchar(20) } }
steps:
  - name: totals
    description: Per shop
    sql: |
      select shop_id, sum(amount) as amount
      from orders
      group by shop_id
    publish: { as: merge, key: [Shop_id], table: shop_totals, on_schema_change: widen }
    checks:
      - not_null: [shop_id, amount]
      - expression: amount > 0
        name: positive
        severity: warn
      - not_null: [shop_id, amount]
    after: rates
    retry: { attempts: 5, first_delay: 1s, longest_delay: 1m }
    timeout: 1h30m
    tags: [money]
  - name: chained
    from: totals
    do:
      - filter: amount > 10
      - distinct
    publish: view
    retry: 1
  - name: rates
    native_sql: select * from raw.rates
    columns: { currency: text, rate: "decimal(12,6) not null" }
    reads: [shops]
    publish: { as: scd2, key: currency, effective_at: day, tracked: [rate] }
)";

Files files_of(std::string pipeline, std::string project = kProject) {
  return Files{"/srv/shop", {"penstock.yaml", std::move(project), ""}, {{"pipelines/sales.yaml", std::move(pipeline), ""}}};
}

LoadOptions options() { return LoadOptions{test_vocabulary(), {}}; }

std::string faults(const Loaded& loaded) { return render(loaded.diagnostics.sorted(), loaded.project->sources); }

TEST(Load, ReadsAProject) {
  const Loaded loaded = load(files_of(kPipeline), options());
  ASSERT_EQ(faults(loaded), "");
  const model::Project& project = *loaded.project;
  EXPECT_EQ(project.name, "shop");
  EXPECT_EQ(project.root, "/srv/shop");
  ASSERT_THAT(project.connections, SizeIs(2));
  const model::Connection& local = project.connections[0];
  EXPECT_EQ(local.name, "local");
  EXPECT_EQ(local.type.value, "duckdb");
  EXPECT_EQ(local.schema, "marts");
  EXPECT_EQ(local.slots, 8);
  EXPECT_TRUE(local.read_only);
  ASSERT_THAT(local.settings, SizeIs(1));
  EXPECT_EQ(local.settings.at("path").value, "shop.duckdb");
  const model::Connection& lake = project.connections[1];
  EXPECT_EQ(lake.settings.at("password").value, "env:TRINO_PASSWORD");
  EXPECT_EQ(lake.catalog, "lake");
  EXPECT_EQ(lake.slots, 4);
  ASSERT_THAT(project.environments, SizeIs(2));
  EXPECT_EQ(project.environments[0].target.value, "local");
  EXPECT_EQ(project.environments[1].target.value, "lake");
}

TEST(Load, ReadsAPipeline) {
  const Loaded loaded = load(files_of(kPipeline), options());
  ASSERT_EQ(loaded.project->pipelines.size(), 1U);
  const model::Pipeline& pipeline = loaded.project->pipelines[0];
  EXPECT_EQ(pipeline.name, "sales");
  EXPECT_EQ(pipeline.file, 1U);
  EXPECT_EQ(pipeline.where, (Span{1, 2, 11, 5}));
  EXPECT_EQ(pipeline.owner, "finance");
  EXPECT_EQ(pipeline.tags, (std::vector<std::string>{"daily", "on-call"}));
  const model::Schedule& schedule = pipeline.schedule.value();
  EXPECT_EQ(schedule.cron.value, "15 2 * * *");
  EXPECT_EQ(schedule.timezone.value, "Europe/Berlin");
  EXPECT_EQ(schedule.interval, model::IntervalUnit::month);
  EXPECT_EQ(schedule.dst_gap, model::Schedule::Gap::skip);
  EXPECT_EQ(schedule.dst_overlap, model::Schedule::Overlap::both);
  EXPECT_EQ(schedule.misfire, model::Schedule::Misfire::all);
  EXPECT_EQ(schedule.misfire_window, std::chrono::hours(36));
  EXPECT_EQ(schedule.overlap, model::Schedule::Concurrency::queue_one);
  EXPECT_EQ(pipeline.target->value, "lake");
  EXPECT_EQ(pipeline.schema->value, "reports");
  ASSERT_THAT(pipeline.parameters, SizeIs(2));
  EXPECT_FALSE(pipeline.parameters[0].fallback.has_value());
  EXPECT_EQ(std::get<ir::DateValue>(*pipeline.parameters[1].fallback).days, 11356);
  ASSERT_THAT(pipeline.sources, SizeIs(2));
  EXPECT_EQ(to_string(pipeline.sources[0].table.value), "raw.orders");
  EXPECT_FALSE(pipeline.sources[0].has_columns);
  const model::Source& shops = pipeline.sources[1];
  EXPECT_EQ(to_string(shops.table.value), "lake.raw.Shop List");
  ASSERT_THAT(shops.columns, SizeIs(2));
  EXPECT_EQ(shops.columns[0].name.text(), "id");
  EXPECT_FALSE(shops.columns[0].nullable);
  EXPECT_EQ(shops.columns[1].name.text(), "Name");
  EXPECT_EQ(ir::to_string(shops.columns[1].type), "varchar(20)");
}

TEST(Load, ReadsSteps) {
  const Loaded loaded = load(files_of(kPipeline), options());
  const std::vector<model::Step>& steps = loaded.project->pipelines[0].steps;
  ASSERT_THAT(steps, SizeIs(3));
  const model::Step& totals = steps[0];
  EXPECT_THAT(std::get<model::SqlBody>(totals.body).text.text, HasSubstr("group by shop_id"));
  EXPECT_EQ(totals.publish.mode, model::Publish::Mode::merge);
  EXPECT_EQ(totals.publish.key.at(0).value.text(), "shop_id");
  EXPECT_EQ(totals.publish.table->value.text(), "shop_totals");
  EXPECT_EQ(totals.publish.on_schema_change, model::Publish::Drift::widen);
  ASSERT_THAT(totals.checks, SizeIs(3));
  EXPECT_EQ(totals.checks[0].name, "not_null_shop_id_amount");
  EXPECT_EQ(totals.checks[0].parameters.items.size(), 2U);
  EXPECT_EQ(totals.checks[1].name, "positive");
  EXPECT_EQ(totals.checks[1].severity, model::Check::Severity::warn);
  EXPECT_EQ(totals.checks[2].name, "not_null_shop_id_amount_2");
  EXPECT_EQ(totals.after.at(0).value, "rates");
  EXPECT_EQ(totals.retry.attempts, 5);
  EXPECT_EQ(totals.retry.first_delay, std::chrono::seconds(1));
  EXPECT_EQ(totals.timeout, std::chrono::minutes(90));
  EXPECT_EQ(totals.tags, std::vector<std::string>{"money"});
  const auto& chain = std::get<model::ChainBody>(steps[1].body);
  EXPECT_EQ(chain.from.value, "totals");
  ASSERT_THAT(chain.calls, SizeIs(2));
  EXPECT_EQ(chain.calls[0].component, "filter");
  EXPECT_EQ(chain.calls[0].parameters.text, "amount > 10");
  EXPECT_EQ(chain.calls[1].component, "distinct");
  EXPECT_EQ(chain.calls[1].parameters.kind, model::Node::Kind::mapping);
  EXPECT_EQ(steps[1].publish.mode, model::Publish::Mode::view);
  EXPECT_EQ(steps[1].retry.attempts, 1);
  const auto& native = std::get<model::NativeBody>(steps[2].body);
  ASSERT_THAT(native.columns, SizeIs(2));
  EXPECT_FALSE(native.columns[1].nullable);
  EXPECT_EQ(native.reads.at(0).value, "shops");
  EXPECT_EQ(steps[2].publish.effective_at->value.text(), "day");
  EXPECT_EQ(steps[2].publish.tracked.at(0).value.text(), "rate");
}

TEST(Load, LeavesOutAStepWithoutABodyButKnowsItsName) {
  const Loaded loaded =
      load(files_of("pipeline: p\nsteps:\n  - name: a\n    publish: view\n  - name: b\n    sql: select 1 as x\n"), options());
  EXPECT_EQ(loaded.diagnostics.error_count(), 1U);
  const model::Pipeline& pipeline = loaded.project->pipelines[0];
  ASSERT_THAT(pipeline.steps, SizeIs(1));
  EXPECT_EQ(pipeline.steps[0].name, "b");
  EXPECT_EQ(pipeline.unreadable_steps, std::vector<std::string>{"a"});
}

TEST(Load, VersionIgnoresCommentsLayoutAndQuotes) {
  const auto version = [](const std::string& text) { return load(files_of(text), options()).project->pipelines[0].version; };
  const std::string text = "pipeline: p\nsteps:\n  - name: a\n    sql: select 1 as x\n";
  EXPECT_EQ(version(text), version("# why\npipeline:   'p'\n\nsteps: [ { name: a, sql: \"select 1 as x\" } ]\n"));
  EXPECT_NE(version(text), version("pipeline: p\nsteps:\n  - name: a\n    sql: select 2 as x\n"));
  EXPECT_NE(version(text), version("pipeline: p\nsteps:\n  - name: a\n    sql: select 1 as x\n    tags: [b]\n"));
  const auto with_default = [&](const std::string& value) {
    return version("pipeline: p\nparameters: { q: { type: text, default: " + value + " } }\nsteps: [ { name: a, sql: select 1 as x } ]\n");
  };
  EXPECT_NE(with_default("1"), with_default("'1'"));
}

Files many(const std::string& second) {
  Files files = files_of("pipeline: a\nsteps: [{ name: x, sql: select 1 as one }]\n");
  files.pipelines.push_back({"pipelines/b.yaml", second, ""});
  return files;
}

TEST(Loader, ReadsOnlyWhatHasChanged) {
  Loader loader(options());
  const Loaded first = loader.load(many("pipeline: b\nsteps: [{ name: y, sql: select 1 as one }]\n"));
  const Loaded same = loader.load(many("pipeline: b\nsteps: [{ name: y, sql: select 1 as one }]\n"));
  EXPECT_EQ(same.project, first.project);
  const Loaded changed = loader.load(many("pipeline: b\nsteps: [{ name: y, sql: select 2 as two }, { nam: z, sq: select 3 as three }]\n"));
  EXPECT_EQ(changed.diagnostics.error_count(), 2U) << faults(changed);
  ASSERT_EQ(changed.project->pipelines.size(), 2U);
  EXPECT_EQ(changed.project->pipelines.shared(0), first.project->pipelines.shared(0));
  EXPECT_NE(changed.project->pipelines.shared(1), first.project->pipelines.shared(1));
  EXPECT_THAT(faults(changed), HasSubstr("pipelines/b.yaml:2:46: error[PEN1006]: unknown key \"nam\""));
  EXPECT_THAT(first.project->sources.text(1), HasSubstr("select 1 as one"));
  const Loaded mended = loader.load(many("pipeline: b\nsteps: [{ name: y, sql: select 2 as two }]\n"));
  EXPECT_EQ(faults(mended), "");
}

TEST(Loader, ForgetsFilesThatAreGoneAndFindsNewOnes) {
  Loader loader(options());
  loader.load(many("pipeline: b\nsteps: [{ name: y, sql: select 1 as one }]\n"));
  Files fewer = many("");
  fewer.pipelines.pop_back();
  const Loaded without = loader.load(fewer);
  EXPECT_EQ(without.project->pipelines.size(), 1U);
  EXPECT_EQ(without.project->sources.size(), 2U);
  Files more = fewer;
  more.pipelines.push_back({"pipelines/0.yaml", "pipeline: zero\nsteps: [{ name: q, sql: select 1 as x }]\n", ""});
  const Loaded with = loader.load(more);
  ASSERT_EQ(with.project->pipelines.size(), 2U);
  EXPECT_EQ(with.project->pipelines[1].name, "zero");
  EXPECT_EQ(with.project->pipelines.shared(0), without.project->pipelines.shared(0));
}

TEST(Loader, ReadsFilesOnTheGivenExecutor) {
  Files files = files_of("pipeline: p\nsteps: [{ name: x, sql: select 1 as one }]\n");
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    files.pipelines.push_back({"pipelines/" + number + ".yaml",
                               "pipeline: p" + number + "\nsteps: [{ name: x, sql: select " + number + " as one, oops: 1 }]\n", ""});
  }
  LoadOptions parallel = options();
  parallel.executor = [](std::size_t count, const std::function<void(std::size_t)>& task) {
    std::thread other([&] {
      for (std::size_t i = 0; i < count; i += 2) task(i);
    });
    for (std::size_t i = 1; i < count; i += 2) task(i);
    other.join();
  };
  EXPECT_EQ(faults(load(files, parallel)), faults(load(files, options())));
}

TEST(Load, ShowsNoSecret) {
  const std::string project = R"(project: shop
connections:
  a: { type: postgres, host: h, password: hunter2-one, oops: 1 }
  b:
    type: postgres
    url: postgresql://etl:hunter2-two@db/shop
    passwrd: "hunter2-three"
  c:
    type: trino
    url: https://x
    token: |
      hunter2-four
      hunter2-five
    password: [hunter2-six]
  e: { type: postgres, url: "postgresql://db/shop?user=etl&password=hunter2-eight" }
  f: { type: postgres, url: "host=db user=etl password=hunter2-nine", pasword: hunter2-ten }
  d: { type: bigquery, project: p, credentials: { private: hunter2-seven } }
)";
  const Loaded loaded = load(files_of("pipeline: p\nsteps: [{ name: x, sql: select 1 as one }]\n", project), options());
  EXPECT_GT(loaded.diagnostics.error_count(), 6U);
  const std::string shown = faults(loaded);
  EXPECT_THAT(shown, Not(HasSubstr("hunter2")));
  EXPECT_THAT(shown, HasSubstr("PEN1011"));
  EXPECT_THAT(loaded.project->sources.text(0), Not(HasSubstr("hunter2")));
  for (const model::Connection& connection : loaded.project->connections) {
    for (const auto& [key, value] : connection.settings) EXPECT_THAT(value.value, Not(HasSubstr("hunter2"))) << key;
  }
}

TEST(Load, ShowsNoSecretOfAFileThatIsNoYaml) {
  const std::string project =
      "project: shop\nconnections:\n  a: { type: postgres, password: 'hunter2', port: [ }\n  b: { token: hunter2, x: }}\n";
  const Loaded loaded = load(files_of("pipeline: p\n", project), options());
  EXPECT_THAT(faults(loaded), HasSubstr("PEN1002"));
  EXPECT_THAT(faults(loaded), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace penstock::yaml
