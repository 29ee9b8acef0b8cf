#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "pipelines/components/component.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/publish/plan.h"
#include "pipelines/sql/query.h"

namespace penstock::meaning {

using Rows = std::vector<connectors::Row>;

/// The table `wide` with rows that hurt, and the language's view of it.
class Wide final : public sql::Tables {
 public:
  explicit Wide(const std::string& schema);

  const components::Input* find(std::string_view name) const override { return name == "wide" ? &input_ : nullptr; }
  std::vector<std::string> names() const override { return {"wide"}; }

  /// The statements that make and fill it.
  std::vector<ir::Statement> statements() const;
  /// Reads portable SQL; an error is a test failure and gives null.
  ir::RelationPtr parse(const std::string& sql) const;
  /// The same for what may be no sentence of the language.
  ir::RelationPtr try_parse(const std::string& sql) const;

 private:
  ir::RelationPtr parse(const std::string& sql, Diagnostics& diagnostics) const;

  TableName table_;
  components::Input input_;
};

/// One engine, with its dialect and a session. "databricks" is Spark with Delta.
class Target {
 public:
  /// Null where the environment names no such engine.
  static std::unique_ptr<Target> open(const std::string& name);
  ~Target();

  const dialects::Dialect& dialect() const { return *dialect_; }
  const std::string& schema() const { return schema_; }
  connectors::Outcome run(std::vector<std::string> statements, bool wants_rows, bool transaction = false);
  std::vector<std::string> tables_like(const std::string& schema, const std::string& pattern);

 private:
  Target() = default;
  /// Null where the environment names no such engine.
  static Result<std::unique_ptr<connectors::Connector>> connect(const std::string& name);

  const dialects::Dialect* dialect_ = nullptr;
  std::string schema_;
  std::unique_ptr<connectors::Connector> connector_;
  std::unique_ptr<connectors::Session> session_;
  int count_ = 0;
};

/// The engine with the table `wide` in it; null where there is none.
std::unique_ptr<Target> filled_target(const std::string& name);

/// Every engine that there is, with the table `wide` in it.
std::map<std::string, std::unique_ptr<Target>> filled_targets();

/// Sends every unit of a plan; a failure, or a check that finds rows, is a test failure.
void run_plan(Target& target, const publish::StepPlan& plan);

/// A cell in a form that does not depend on how an engine shows it: decimals without zeros at the end, floats with 12 digits.
std::string canonical(const std::optional<std::string>& cell);

}  // namespace penstock::meaning
