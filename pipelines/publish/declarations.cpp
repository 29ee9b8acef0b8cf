#include <algorithm>

#include "pipelines/ir/rewrite.h"
#include "pipelines/publish/layout.h"

namespace penstock::publish {
namespace {

using Names = std::vector<std::string>;

void add(Names& names, const Identifier& name) {
  if (std::find(names.begin(), names.end(), name.text()) == names.end()) names.push_back(name.text());
}

std::string listed(const Names& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += "\"" + names[i] + "\"";
  }
  return text;
}

/// The text columns by which rows are joined, grouped or told apart, and that may end in blanks for all that is known.
class TextKeys final : public ir::Walker {
 public:
  Names names;

 protected:
  void enter_relation(const ir::Relation& relation) override {
    if (const auto* join = std::get_if<ir::Join>(&relation.node)) {
      both_ = join->left->columns;
      both_.append(join->right->columns);
      if (join->condition) add_equal(*join->condition, both_);
    }
    if (const auto* aggregate = std::get_if<ir::Aggregate>(&relation.node)) {
      for (const ir::NamedExpression& key : aggregate->keys) add_column(*key.expression, aggregate->input->columns);
    }
    if (const auto* window = std::get_if<ir::Window>(&relation.node)) {
      for (const auto& [name, call] : window->calls) {
        for (const ir::ExpressionPtr& key : call.partition_by) add_column(*key, window->input->columns);
      }
    }
    if (std::holds_alternative<ir::Distinct>(relation.node)) {
      for (const ir::Column& column : relation.columns) add_text(column);
    }
  }

 private:
  void add_text(const ir::Column& column) {
    if (column.type.is_text() && !column.trimmed) add(names, column.name);
  }
  void add_column(const ir::Expression& expression, const ir::Columns& columns) {
    const auto* read = std::get_if<ir::ColumnRef>(&expression.node);
    if (read && read->depth == 0 && static_cast<std::size_t>(read->column) < columns.size()) {
      add_text(columns[static_cast<std::size_t>(read->column)]);
    }
  }
  void add_equal(const ir::Expression& condition, const ir::Columns& columns) {
    const auto* call = std::get_if<ir::Call>(&condition.node);
    if (!call || (call->function != ir::Function::logical_and && call->function != ir::Function::equal)) return;
    for (const ir::ExpressionPtr& argument : call->arguments) {
      if (call->function == ir::Function::logical_and) {
        add_equal(*argument, columns);
      } else {
        add_column(*argument, columns);
      }
    }
  }

  ir::Columns both_;
};

}  // namespace

std::vector<std::string> wanted_declarations(const StepInput& input, const dialects::Capabilities& capabilities) {
  std::vector<std::string> wanted;
  const ir::Columns& columns = input.query ? input.query->columns : input.columns;
  Names nullable;
  TextKeys texts;
  if (capabilities.text_ignores_blanks && input.query) texts.walk(*input.query);
  if (input.publish != nullptr && input.publish->mode != model::Publish::Mode::append) {
    for (const auto& key : input.publish->key) {
      const auto place = ir::find_column(columns, key.value);
      if (!place) continue;
      const ir::Column& column = columns[static_cast<std::size_t>(*place)];
      const bool is_bare = capabilities.hashes_null_safe && input.publish->mode != model::Publish::Mode::scd2;
      if (column.nullable && !is_bare && !is_never_null(input, key.value)) add(nullable, key.value);
      if (capabilities.text_ignores_blanks && column.type.is_text() && !column.trimmed) add(texts.names, key.value);
    }
  }
  if (!nullable.empty()) {
    wanted.push_back("key " + listed(nullable) + " may be NULL, so rows are matched by coalesce(): with the check \"- not_null: [" +
                     nullable.front() + "]\", or \"not null\" behind the type in the source's columns, they are matched by the column itself");
  }
  if (!texts.names.empty()) {
    wanted.push_back("text " + listed(texts.names) +
                     " may end in blanks, which this target ignores, so its length is compared too: with \"trimmed\" behind the type in the "
                     "source's columns, or rtrim() in the query, the column is compared by itself");
  }
  return wanted;
}

}  // namespace penstock::publish
