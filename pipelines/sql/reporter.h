#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pipelines/base/diagnostic.h"
#include "pipelines/base/error.h"
#include "pipelines/ir/expression.h"
#include "pipelines/model/node.h"
#include "pipelines/sql/mask.h"

namespace penstock::sql {

/// Turns places in the text that is parsed into places in the file that a person wrote. The text may have words put around it
/// ("select " before an expression); offsets count from the start of the whole.
class Reporter {
 public:
  /// `first` is the number of the node's first byte, where its trees get places that outlive the reading.
  Reporter(const model::Node& node, const Masked& masked, std::size_t prefix, Diagnostics& diagnostics, ir::Place first = {1})
      : node_(node), masked_(masked), prefix_(prefix), diagnostics_(diagnostics), first_(first) {}

  Span place(std::size_t offset) const;
  /// The same as a tree keeps it, and back.
  ir::Place mark(std::size_t offset) const;
  std::size_t offset_of(ir::Place place) const;
  void error(std::size_t offset, Code code, std::string message, std::string suggestion = {}, std::string help = {}) const;
  void warning(std::size_t offset, Code code, std::string message, std::string suggestion = {}, std::string help = {}) const;
  /// What the function table or the reading of a constant says, as a diagnostic.
  void failure(std::size_t offset, const Error& error) const;
  /// "... is not supported" with the way out.
  void unsupported(std::size_t offset, std::string message, std::string help = {}) const;

  const Masked& masked() const { return masked_; }
  Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  std::size_t inside(std::size_t offset) const;

  const model::Node& node_;
  const Masked& masked_;
  std::size_t prefix_;
  Diagnostics& diagnostics_;
  ir::Place first_;
};

}  // namespace penstock::sql
