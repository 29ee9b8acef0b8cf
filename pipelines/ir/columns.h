#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "pipelines/base/identifier.h"
#include "pipelines/ir/type.h"

namespace penstock::ir {

/// A column that a relation gives.
struct Column {
  Identifier name;
  Type type;
  bool nullable = true;
  bool trimmed = false;  ///< A text that never ends in a blank, by declaration or by proof.

  friend bool operator==(const Column&, const Column&) = default;
};

/// Columns in order: a value like a vector of Column. Copies share their columns until one of them is changed, because most operators give
/// what their input gives.
class Columns {
 public:
  using value_type = Column;
  using const_iterator = const Column*;
  using iterator = const_iterator;

  Columns() = default;
  Columns(std::initializer_list<Column> columns) : all_(std::make_shared<std::vector<Column>>(columns)) {}
  Columns(const_iterator first, const_iterator last) : all_(std::make_shared<std::vector<Column>>(first, last)) {}
  explicit Columns(std::vector<Column> columns) : all_(std::make_shared<std::vector<Column>>(std::move(columns))) {}

  const_iterator begin() const { return all_ ? all_->data() : nullptr; }
  const_iterator end() const { return begin() + size(); }
  std::size_t size() const { return all_ ? all_->size() : 0; }
  bool empty() const { return size() == 0; }
  const Column& operator[](std::size_t index) const { return (*all_)[index]; }
  const Column& front() const { return all_->front(); }
  const Column& back() const { return all_->back(); }

  void push_back(Column column) { edit().push_back(std::move(column)); }
  void append(const Columns& more) { edit().insert(edit().end(), more.begin(), more.end()); }
  void reserve(std::size_t count) { edit().reserve(count); }
  /// The columns as this value's own, to be changed.
  std::vector<Column>& edit() {
    if (!all_) {
      all_ = std::make_shared<std::vector<Column>>();
    } else if (all_.use_count() > 1) {
      all_ = std::make_shared<std::vector<Column>>(*all_);
    }
    return *all_;
  }

  friend bool operator==(const Columns& left, const Columns& right) {
    return left.all_ == right.all_ || std::equal(left.begin(), left.end(), right.begin(), right.end());
  }

 private:
  std::shared_ptr<std::vector<Column>> all_;
};

}  // namespace penstock::ir
