#include "tests/faults/kill/site.h"

#include <httplib.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "connectors/settlement.h"
#include "daemon/store/store.h"

namespace penstock::faults {
namespace {

namespace fs = std::filesystem;
using connectors::Outcome;

/// In which variable the value of a secret key lies.
std::string variable_of(const std::string& key) { return "PENSTOCK_KILL_" + key; }

std::string select_rows(const Rows& rows, bool versions, const connectors::Words& words) {
  std::string text;
  for (const std::string& row : rows) {
    std::vector<std::string> cells;
    std::stringstream stream(row);
    for (std::string cell; std::getline(stream, cell, '|');) cells.push_back(cell == "<null>" ? "null" : "'" + cell + "'");
    text += (text.empty() ? "" : " union all ") + ("select cast(" + cells[0] + " as " + words.integer + ") as id, cast(" + cells[1]) +
            " as " + words.text + ") as word, cast(" + cells[2] + " as date) as day";
    if (!versions) continue;
    text += ", cast(" + cells[3] + " as " + words.timestamp + ") as valid_from, cast(" + cells[4] + " as " + words.timestamp +
            ") as valid_to, cast(" + cells[5] + " as " + words.boolean + ") as is_current";
  }
  return text;
}

std::vector<Mode> make_modes() {
  const Rows old = {"1|old|2001-01-01", "2|old|2001-01-02"};
  const Rows arrivals = {"2|new|2001-01-02", "3|new|2001-01-02"};
  const Rows merged = {"1|old|2001-01-01", "2|new|2001-01-02", "3|new|2001-01-02"};
  const Rows appended = {"1|old|2001-01-01", "2|new|2001-01-02", "2|old|2001-01-02", "3|new|2001-01-02"};
  const Rows appended_twice = {"1|old|2001-01-01", "2|new|2001-01-02", "2|new|2001-01-02",
                               "2|old|2001-01-02", "3|new|2001-01-02", "3|new|2001-01-02"};
  const Rows versions = {"1|old|2001-01-01|2001-01-01 00:00:00|<null>|true", "2|old|2001-01-01|2001-01-01 00:00:00|<null>|true"};
  const Rows more_versions = {"1|old|2001-01-01|2001-01-01 00:00:00|<null>|true", "2|new|2001-01-02|2001-01-02 00:00:00|<null>|true",
                              "2|old|2001-01-01|2001-01-01 00:00:00|2001-01-02 00:00:00|false",
                              "3|new|2001-01-02|2001-01-02 00:00:00|<null>|true"};
  const Rows first_versions = {"2|new|2001-01-02|2001-01-02 00:00:00|<null>|true", "3|new|2001-01-02|2001-01-02 00:00:00|<null>|true"};
  return {
      {"view", "view", old, arrivals, arrivals, arrivals},
      {"table", "table", old, arrivals, arrivals, arrivals},
      {"append", "append", old, appended, appended_twice, arrivals},
      {"merge", "{ as: merge, key: id }", old, merged, merged, arrivals},
      {"delete_insert", "{ as: delete_insert, interval: day }", old, merged, merged, arrivals},
      {"scd2", "{ as: scd2, key: id }", versions, more_versions, more_versions, first_versions},
  };
}

std::string folder_name() {
  static int count = 0;
  return testing::TempDir() + "penstock_kill_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

}  // namespace

const std::vector<Mode>& modes() {
  static const std::vector<Mode> all = make_modes();
  return all;
}

Site::Site(const connectors::Engine& engine) : engine_(engine), root_(folder_name()) {
  for (const auto& [key, value] : engine.settings.values) {
    if (connectors::is_secret_key(key)) setenv(variable_of(key).c_str(), value.c_str(), 1);
  }
  fs::create_directories(root_ + "/pipelines");
  fs::create_directories(root_ + "/.penstock");
  write_project();
  for (const Mode& mode : modes()) write_pipeline(mode.name, mode.publish, "select id, word, day from arrivals");
  store::Options options;
  options.path = root_ + "/empty.db";
  static_cast<void>(store::Store::open(options));
  forget_runs();
  run("create schema if not exists " + engine_.schema);
  run("drop table if exists " + table("arrivals"));
  run("create table " + table("arrivals") + " as " + select_rows(modes()[1].first, false, engine_.words));
}

Site::~Site() {
  for (const connectors::Trace& trace : traces("")) {
    run(std::string(trace.kind == connectors::Trace::Kind::view ? "drop view " : "drop table ") + table(trace.name));
  }
  run("drop schema if exists " + engine_.schema);
  connector_.reset();
  if (engine_.name == "duckdb") fs::remove(connectors::text_of(engine_.settings, "path"));
  fs::remove_all(root_);
}

void Site::write(const std::string& path, const std::string& text) const {
  // As an editor does it: the watcher sees the whole file or none.
  const std::string draft = root_ + "/draft";
  std::ofstream(draft) << text;
  fs::rename(draft, root_ + "/" + path);
}

void Site::remove(const std::string& path) const { fs::remove(root_ + "/" + path); }

std::string Site::connection(const std::map<std::string, std::string>& other) const {
  auto settings = engine_.settings.values;
  settings.erase("lock_timeout");
  for (auto& [key, value] : settings) {
    if (connectors::is_secret_key(key)) value = "env:" + variable_of(key);
  }
  settings["schema"] = engine_.schema;
  settings["slots"] = "1";
  settings["type"] = engine_.name;
  if (!engine_.settings.catalog.empty()) settings["catalog"] = engine_.settings.catalog;
  for (const auto& [key, value] : other) settings[key] = value;
  std::string text = "{ ";
  for (const auto& [key, value] : settings)
    text += (text.size() > 2 ? ", " : "") + key + ": " + (value.find(':') == std::string::npos ? value : "\"" + value + "\"");
  return text + " }";
}

void Site::write_project(const std::map<std::string, std::string>& other) const {
  write("penstock.yaml", "project: kill\nconnections:\n  there: " + connection(other) + "\nenvironments:\n  test: { target: there }\n");
}

void Site::write_pipeline(const std::string& name, const std::string& publish, const std::string& query, const std::string& more) const {
  write("pipelines/" + name + ".yaml",
        "pipeline: " + name + "\nschedule: { cron: \"0 0 1 1 *\", timezone: UTC, interval: day }\nsources:\n  arrivals: { table: " +
            table("arrivals") + ", columns: { id: int64, word: text, day: date } }\nsteps:\n  - name: " + name + "\n    sql: " + query +
            "\n    publish: " + publish + "\n    retry: { attempts: 5, first_delay: 1ms, longest_delay: 1ms }\n" + more);
}

void Site::forget_runs() const {
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(store_path() + end);
  fs::copy_file(root_ + "/empty.db", store_path());
}

void Site::reset(const Mode& mode, bool exists) {
  const std::string name = table(mode.name);
  if (connector().describe("", engine_.schema, mode.name).value().kind == connectors::TableDescription::Kind::view) {
    run("drop view " + name);
  } else {
    run("drop table if exists " + name);
  }
  if (!exists) return;
  const std::string rows = select_rows(mode.before, mode.name == "scd2", engine_.words);
  const Outcome made = run((mode.name == "view" ? "create view " : "create table ") + name + " as " + rows);
  EXPECT_EQ(made.state, Outcome::State::succeeded) << connectors::describe_outcome(made);
}

connectors::Connector& Site::connector() {
  if (connector_ == nullptr) {
    auto made = engine_.make(engine_.settings);
    EXPECT_TRUE(made) << made.error().message;
    connector_ = *std::move(made);
  }
  return *connector_;
}

Outcome Site::run(const std::string& statement) {
  connectors::Unit unit;
  unit.statements = {statement};
  unit.wants_rows = statement.rfind("select", 0) == 0;
  unit.idempotent = true;
  static std::atomic<int> count = 0;  // A reader on a thread of its own sends statements, too.
  connectors::Token token;
  token.id = "test" + std::to_string(getpid()) + "x" + std::to_string(++count);
  const auto session = connector().open();
  if (!session) return connectors::failed_with(session.error());
  const auto handle = (*session)->submit(unit, token);
  if (!handle) return connectors::failed_with(handle.error());
  return (*session)->follow(*handle, unit, [](const connectors::Handle&) { return Result<void>(); });
}

std::string Site::ask(const std::string& query) {
  const Outcome outcome = run(query);
  if (outcome.state != Outcome::State::succeeded || outcome.rows.size() != 1) return connectors::describe_outcome(outcome);
  return outcome.rows[0][0].value_or("<null>");
}

Rows Site::rows_of(const std::string& name) {
  const Outcome outcome = run("select * from " + table(name));
  if (outcome.state != Outcome::State::succeeded) {
    const auto described = connector().describe("", engine_.schema, name);
    if (described && described->kind == connectors::TableDescription::Kind::absent) return {"absent"};
    return {connectors::describe_outcome(outcome)};
  }
  Rows rows;
  for (const connectors::Row& row : outcome.rows) {
    std::string& text = rows.emplace_back();
    for (const auto& cell : row) text += (text.empty() ? "" : "|") + cell.value_or("<null>");
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<connectors::Trace> Site::traces(const std::string& prefix) {
  const auto found = connector().traces({prefix});
  EXPECT_TRUE(found) << found.error().message;
  std::vector<connectors::Trace> here;
  for (const connectors::Trace& trace : found.value_or(std::vector<connectors::Trace>())) {
    if (trace.kind != connectors::Trace::Kind::session && trace.schema == engine_.schema) here.push_back(trace);
  }
  return here;
}

Rows Site::working_tables() {
  Rows names;
  for (const connectors::Trace& trace : traces("penstock")) {
    if (trace.name != "penstock_ledger" && trace.name.rfind("penstock_seen", 0) != 0) names.push_back(trace.name);
  }
  return names;
}

int Site::ledger_rows(const std::string& run_id) {
  if (!engine_.transactions) return 1;
  return std::atoi(ask("select count(*) from " + table("penstock_ledger") + " where run_id = '" + run_id + "'").c_str());
}

std::vector<std::string> Site::command(const std::string& words) const {
  std::vector<std::string> arguments;
  std::stringstream stream(words);
  for (std::string word; stream >> word;) arguments.push_back(word);
  arguments.insert(arguments.end(), {"-C", root_});
  return arguments;
}

StoreView::StoreView(const Site& site) {
  auto opened = store::Readers::open(site.store_path());
  EXPECT_TRUE(opened) << opened.error().message;
  if (opened) readers_ = *std::move(opened);
}

std::vector<store::Run> StoreView::runs() { return readers_->snapshot().value().runs({}, {}).value().items; }
std::vector<store::StepRun> StoreView::steps(const std::string& run_id) { return readers_->snapshot().value().steps(run_id).value(); }
std::vector<store::UnitRun> StoreView::units(const std::string& run_id) {
  return readers_->snapshot().value().attempts(run_id, "").value().units;
}
bool StoreView::has_open_run() { return !readers_->snapshot().value().open_runs().value().empty(); }

std::string StoreView::progress() {
  const std::vector<store::Run> all = runs();
  if (all.empty()) return "no run";
  if (store::is_final(all[0].state)) return "run ended";
  std::string progress = "run begun";
  for (const store::UnitRun& unit : units(all[0].id)) {
    if (progress == "run begun") progress = "intents";
    if (unit.state == store::UnitState::intent) continue;
    progress = std::string(store::name_of(unit.purpose)) + " " + std::string(store::name_of(unit.state));
  }
  return progress;
}

namespace {

std::vector<std::string> daemon_arguments(const Site& site, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = site.command("penstockd --port 0");
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

bool comes_true(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
  }
  return true;
}

Daemon::Daemon(const Site& site, const Program::Options& options, const std::vector<std::string>& more)
    : site_(site), program_(daemon_arguments(site, more), options) {
  const bool serves = program_.says(" at http");
  EXPECT_TRUE(serves && program_.says("\n")) << program_.output();
  const std::string said = program_.output();
  const std::size_t begin = said.find(" at http") + 4;
  url_ = said.substr(begin, said.find('\n', begin) - begin);
}

bool Daemon::wait_until(const std::function<bool()>& holds) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  bool reached = holds();
  while (!reached && std::chrono::steady_clock::now() < deadline) {
    httplib::Client client(url_);
    client.set_read_timeout(60);
    const auto answer = client.Get("/api/v1/events?topics=runs,steps", [&](const char*, std::size_t) {
      reached = holds();
      return !reached && std::chrono::steady_clock::now() < deadline;
    });
    reached = reached || holds();
    if (!answer && answer.error() == httplib::Error::Connection) break;
  }
  return reached;
}

bool Daemon::finish_all() const {
  StoreView view(site_);
  return wait_until([&] { return !view.has_open_run(); });
}

std::string Daemon::post(const std::string& path, const std::string& body) const {
  httplib::Client client(url_);
  const auto answer = client.Post(path, body, "application/json");
  return answer ? answer->body : httplib::to_string(answer.error());
}

std::string Daemon::get(const std::string& path) const {
  httplib::Client client(url_);
  const auto answer = client.Get(path);
  return answer ? answer->body : httplib::to_string(answer.error());
}

int Daemon::stop() {
  program_.signal(SIGTERM);
  return program_.wait().code;
}

}  // namespace penstock::faults
