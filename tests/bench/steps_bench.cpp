#include <libpq-fe.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>

#include "connectors/postgres/postgres.h"
#include "daemon/run/engine.h"
#include "daemon/run/project_folder.h"
#include "tests/bench/figures.h"

// Runs a generated pipeline on PostgreSQL through the whole engine, then sends the same statements by libpq alone, and compares step by
// step: bench_steps FOLDER REPEATS, with the server's URL in PENSTOCK_BENCH_POSTGRES. Tables in the schema public are dropped.

namespace {

using namespace penstock;
using namespace penstock::bench;
using connectors::Handle;
using connectors::Outcome;
using connectors::Token;
using connectors::Unit;

constexpr int kTriggers = 50;
constexpr int kCommits = 200;

/// A unit as it went over the wire.
struct Sent {
  std::string step;
  Unit unit;
  Steady::time_point begin;
  Steady::time_point end;
};

class Recorder {
 public:
  void add(Sent sent) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(sent));
  }
  std::vector<Sent> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(all_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Sent> all_;
};

class RecordedSession final : public connectors::Session {
 public:
  RecordedSession(std::unique_ptr<Session> inner, Recorder& recorder) : inner_(std::move(inner)), recorder_(recorder) {}

  Result<Handle> submit(const Unit& unit, const Token& token) override {
    step_ = token.step;
    return inner_->submit(unit, token);
  }
  Outcome follow(const Handle& handle, const Unit& unit, const connectors::HandleMoved& moved) override {
    const auto begin = Steady::now();
    Outcome outcome = inner_->follow(handle, unit, moved);
    recorder_.add({step_, unit, begin, Steady::now()});
    return outcome;
  }

 private:
  std::unique_ptr<Session> inner_;
  Recorder& recorder_;
  std::string step_;
};

class RecordedConnector final : public connectors::Connector {
 public:
  RecordedConnector(std::unique_ptr<Connector> inner, Recorder& recorder) : inner_(std::move(inner)), recorder_(recorder) {}

  Result<std::unique_ptr<connectors::Session>> open() override {
    auto session = inner_->open();
    if (!session) return session;
    return std::make_unique<RecordedSession>(std::move(*session), recorder_);
  }
  Result<void> cancel(const Handle& handle) override { return inner_->cancel(handle); }
  Result<connectors::Found> find(const Token& token, const Unit& unit) override { return inner_->find(token, unit); }
  bool token_suffices(const Unit& unit) const override { return inner_->token_suffices(unit); }
  Result<connectors::TableDescription> describe(const std::string& catalog, const std::string& schema, const std::string& name) override {
    return inner_->describe(catalog, schema, name);
  }
  Result<connectors::Dependants> dependants(const connectors::DependedOn& table) override { return inner_->dependants(table); }
  Result<std::vector<connectors::Trace>> traces(const std::vector<std::string>& prefixes) override { return inner_->traces(prefixes); }
  Result<Estimate> estimate(const std::string& statement) override { return inner_->estimate(statement); }
  Result<std::string> version() override { return inner_->version(); }

 private:
  std::unique_ptr<Connector> inner_;
  Recorder& recorder_;
};

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "bench_steps: %s\n", what.c_str());
  std::exit(1);
}

/// The server by its own client library.
class Raw {
 public:
  explicit Raw(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK) give_up(PQerrorMessage(connection_));
    run("set client_min_messages = warning");
  }
  ~Raw() { PQfinish(connection_); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  double run(const std::string& sql) {
    const auto start = Steady::now();
    PGresult* result = PQexec(connection_, sql.c_str());
    const double time = milliseconds_since(start);
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) give_up(PQerrorMessage(connection_) + sql);
    return time;
  }

  double run(const Unit& unit) {
    std::string sql = unit.transaction ? "begin;\n" : "";
    for (const std::string& statement : unit.statements) sql += statement + ";\n";
    return run(sql + (unit.transaction ? "commit" : ""));
  }

  /// An empty schema but for the ledger, which the engine knows to be there once it has made it.
  void clear() {
    run("do $$ declare name text; begin\n"
        "  for name in select tablename from pg_tables where schemaname = 'public' loop\n"
        "    if name = 'penstock_ledger' then delete from penstock_ledger; else execute format('drop table %I', name); end if;\n"
        "  end loop; end $$");
  }

 private:
  PGconn* connection_;
};

class Bench {
 public:
  Bench(const std::string& folder, const std::string& url) : raw_(url), store_(folder + "/.penstock") {
    std::filesystem::create_directories(store_);
    const auto project = run::load_project(folder, "postgres");
    if (!project || (*project)->diagnostics.has_errors()) give_up(folder + " does not compile");
    pipeline_ = (*project)->project->pipelines.front().name;
    first_step_ = (*project)->steps[0].step->name;
    run::EngineConfig config;
    config.store_path = store_ + "/store.db";
    config.owner = "bench_steps";
    config.schedules = false;
    config.recompile = run::recompile;
    config.connect = [this, url](const model::Connection&) -> Result<std::unique_ptr<connectors::Connector>> {
      connectors::Settings settings;
      settings.name = "server";
      settings.type = "postgres";
      settings.values["url"] = url;
      settings.schema = "public";
      auto connector = postgres::make_connector(settings);
      if (!connector) return connector;
      return std::make_unique<RecordedConnector>(std::move(*connector), recorder_);
    };
    auto engine = run::Engine::start(std::move(config), *project);
    if (!engine) give_up(engine.error().message);
    engine_ = std::move(*engine);
  }

  /// One run from an empty schema, then the same statements from an empty schema.
  void compare() {
    raw_.clear();
    const auto triggered = Steady::now();
    run_steps({});
    const std::vector<Sent> sent = recorder_.take();
    raw_.clear();
    std::map<std::string, double> raw_ms;
    std::map<std::string, Steady::time_point> ends;
    for (const Sent& each : sent) {
      raw_ms[each.step] += raw_.run(each.unit);
      ends[each.step] = each.end;
      units_ += 1;
    }
    std::vector<std::pair<Steady::time_point, std::string>> order;
    for (const auto& [step, end] : ends) order.emplace_back(end, step);
    std::sort(order.begin(), order.end());
    Steady::time_point before = triggered;
    for (const auto& [end, step] : order) {
      const double step_ms = std::chrono::duration<double, std::milli>(end - before).count();
      before = end;
      steps_ms_.push_back(step_ms);
      raws_ms_.push_back(raw_ms[step]);
      overheads_ms_.push_back(step_ms - raw_ms[step]);
    }
  }

  void trigger_often() {
    for (int i = 0; i < kTriggers; ++i) {
      const auto triggered = Steady::now();
      run_steps({first_step_});
      firsts_ms_.push_back(std::chrono::duration<double, std::milli>(recorder_.take().front().begin - triggered).count());
    }
  }

  /// One small change after the other on the same disk, each waited for.
  void commit_often() {
    store::Options options;
    options.path = store_ + "/commits.db";
    auto store = store::Store::open(options);
    if (!store) give_up(store.error().message);
    for (int i = 0; i < kCommits; ++i) {
      store::Transaction transaction;
      transaction.changes.emplace_back(store::SetPaused{"bench", i % 2 == 0});
      const auto start = Steady::now();
      if (const auto done = (*store)->commit(std::move(transaction)); !done) give_up(done.error().message);
      commits_ms_.push_back(milliseconds_since(start));
    }
  }

  Json figures() const {
    return {{"steps", steps_ms_.size()},
            {"units_per_step", static_cast<double>(units_) / static_cast<double>(steps_ms_.size())},
            {"step_ms", percentiles(steps_ms_)},
            {"raw_ms", percentiles(raws_ms_)},
            {"overhead_ms", percentiles(overheads_ms_)},
            {"first_statement_ms", percentiles(firsts_ms_)},
            {"durable_commit_ms", percentiles(commits_ms_)}};
  }

 private:
  void run_steps(std::vector<std::string> steps) {
    run::TriggerRequest request;
    request.pipeline = pipeline_;
    request.steps = std::move(steps);
    const auto accepted = engine_->trigger(request);
    if (!accepted) give_up(accepted.error().message);
    const auto ended = engine_->wait(accepted->id, std::chrono::minutes(5));
    if (!ended || !*ended || (*ended)->state != store::RunState::succeeded) give_up("the run " + accepted->id + " did not succeed");
  }

  Raw raw_;
  std::string store_;
  Recorder recorder_;
  std::unique_ptr<run::Engine> engine_;
  std::string pipeline_;
  std::string first_step_;
  int units_ = 0;
  std::vector<double> steps_ms_;
  std::vector<double> raws_ms_;
  std::vector<double> overheads_ms_;
  std::vector<double> firsts_ms_;
  std::vector<double> commits_ms_;
};

}  // namespace

int main(int argc, char** argv) {
  const char* url = std::getenv("PENSTOCK_BENCH_POSTGRES");
  if (argc != 3 || url == nullptr) {
    std::fprintf(stderr, "usage: PENSTOCK_BENCH_POSTGRES=URL bench_steps FOLDER REPEATS\n");
    return 2;
  }
  Bench bench(argv[1], url);
  for (int i = std::atoi(argv[2]); i > 0; --i) bench.compare();
  bench.trigger_often();
  bench.commit_often();
  std::printf("%s\n", bench.figures().dump().c_str());
  return 0;
}
