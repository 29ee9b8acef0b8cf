#pragma once

#include <map>
#include <string>

#include "pipelines/base/diagnostic.h"
#include "pipelines/ir/describe.h"
#include "pipelines/sql/query.h"

namespace penstock::sql {

/// The tables that the tests of SQL and lineage read.
class TestTables final : public Tables {
 public:
  TestTables();

  const components::Input* find(std::string_view name) const override;
  std::vector<std::string> names() const override;
  void add(const char* name, std::initializer_list<std::pair<const char*, const char*>> columns, bool open = false,
           bool trimmed = false);

 private:
  std::map<std::string, components::Input, std::less<>> inputs_;
};

/// A SELECT and what became of it.
struct Parsed {
  ir::RelationPtr relation;
  std::string described;    ///< The tree, empty after an error.
  std::string diagnostics;  ///< "line:column+length PEN2004 message | suggestion | help", one a line.
};

/// The text as it would stand in a file of its own, as a literal block from the first column on.
model::Node block(const std::string& text);
Parsed parse(const std::string& text);
Parsed parse(const std::string& text, const Tables& tables);
Parameters test_parameters();
std::string shown(const Diagnostics& diagnostics);

}  // namespace penstock::sql
