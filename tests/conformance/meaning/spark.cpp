#include "tests/conformance/meaning/spark.h"

#include "tests/golden/asked_process.h"

namespace penstock::meaning {
namespace {

using connectors::Outcome;

constexpr std::string_view kExplain = "explain ";

// EXPLAIN itself says what is wrong as a row, and succeeds.
nlohmann::json request_of(const std::string& sql) {
  if (sql.starts_with(kExplain)) return {{"sql", sql.substr(kExplain.size())}, {"plan_only", true}};
  return {{"sql", sql}};
}

class SparkSession final : public connectors::Session {
 public:
  explicit SparkSession(golden::AskedProcess& spark) : spark_(spark) {}

  Result<connectors::Handle> submit(const connectors::Unit&, const connectors::Token& token) override {
    return connectors::Handle{token.id};
  }

  Outcome follow(const connectors::Handle&, const connectors::Unit& unit, const connectors::HandleMoved&) override {
    Outcome outcome;
    for (std::size_t i = 0; i < unit.statements.size(); ++i) {
      const nlohmann::json answer = spark_.ask(request_of(unit.statements[i]));
      if (!answer.value("ok", false)) {
        outcome.state = Outcome::State::failed;
        outcome.failed_statement = static_cast<int>(i);
        outcome.error.message = answer.value("message", "");
        outcome.error.sqlstate = answer.value("sqlstate", "");
        return outcome;
      }
      if (i + 1 == unit.statements.size() && unit.wants_rows) take_rows(answer, outcome);
    }
    return outcome;
  }

 private:
  static void take_rows(const nlohmann::json& answer, Outcome& outcome) {
    for (const auto& column : answer.value("columns", nlohmann::json::array())) outcome.columns.push_back({column["name"], column["type"]});
    for (const auto& cells : answer.value("rows", nlohmann::json::array())) {
      auto& row = outcome.rows.emplace_back();
      for (const auto& cell : cells) row.push_back(cell.is_null() ? std::nullopt : std::optional<std::string>(cell));
    }
  }

  golden::AskedProcess& spark_;
};

class SparkConnector final : public connectors::Connector {
 public:
  explicit SparkConnector(golden::AskedProcess& spark) : spark_(spark) {}

  Result<std::unique_ptr<connectors::Session>> open() override { return std::make_unique<SparkSession>(spark_); }
  Result<void> cancel(const connectors::Handle&) override { return unknown(); }
  Result<connectors::Found> find(const connectors::Token&, const connectors::Unit&) override { return unknown(); }
  Result<connectors::TableDescription> describe(const std::string&, const std::string&, const std::string&) override { return unknown(); }
  Result<connectors::Dependants> dependants(const connectors::DependedOn&) override { return unknown(); }
  Result<std::vector<connectors::Trace>> traces(const std::vector<std::string>&) override { return unknown(); }
  Result<Estimate> estimate(const std::string&) override { return unknown(); }
  Result<std::string> version() override { return unknown(); }

 private:
  static Failure unknown() { return fail(ErrorKind::refused, "this stand-in only runs statements"); }

  golden::AskedProcess& spark_;
};

}  // namespace

std::unique_ptr<connectors::Connector> spark_connector(const std::string& command) {
  static golden::AskedProcess spark({command, "sql"});
  return std::make_unique<SparkConnector>(spark);
}

}  // namespace penstock::meaning
