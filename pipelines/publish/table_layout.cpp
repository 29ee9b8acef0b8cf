#include "pipelines/publish/table_layout.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

namespace penstock::publish {
namespace {

using dialects::LayoutFacts;
using ir::LayoutKey;
using ir::PartitionBy;

/// Settles one layout; keys that the target has not are handed on.
class Settling {
 public:
  Settling(const model::TableLayout& wanted, const ir::Columns& columns, const LayoutFacts& facts)
      : wanted_(wanted), columns_(columns), facts_(facts) {}

  SettledLayout run() {
    partition();
    cluster();
    sort();
    distribute();
    properties();
    return std::move(settled_);
  }

 private:
  enum class Where { partition, cluster, sort, nowhere };

  /// A key that is on its way to where the target has a place for it.
  struct Moved {
    LayoutKey key;
    std::string as_written;
    Where from = Where::cluster;
    std::string reason{};  ///< Why it is not where it was written; empty: it is.
  };

  ir::Type type_of(const Identifier& column) const {
    const auto place = ir::find_column(columns_, column);
    return place ? columns_[static_cast<std::size_t>(*place)].type : ir::Type();
  }

  static Moved moved(const Identifier& column, Where from) {
    LayoutKey key;
    key.column = column;
    return {key, column.text(), from};
  }

  // ---- what divides the table

  std::string why_not_partition(const LayoutKey& key) const {
    if (!facts_.partition.has(key.by)) return std::string(facts_.no_partition);
    const ir::Type type = type_of(key.column);
    if (type.is_unknown() && facts_.partition_needs_type) return "the type of " + key.column.text() + " is not known";
    if (key.by == PartitionBy::value && !facts_.partition_values.empty() && !facts_.partition_values.has(type.kind)) {
      return "the values of a column of type " + ir::to_string(type) + " divide no table here";
    }
    const std::size_t most = facts_.most_partition_keys;
    if (most > 0 && settled_.layout.partition.size() >= most) {
      return "a table is divided by " + std::to_string(most) + (most == 1 ? " key" : " keys") + " at most here";
    }
    return {};
  }

  void partition() {
    for (const model::TableLayout::Key& wanted : wanted_.partition) {
      std::string reason = why_not_partition(wanted.key);
      if (reason.empty()) {
        settled_.layout.partition.push_back(wanted.key);
      } else {
        clustered_.push_back({wanted.key, ir::to_string(wanted.key), Where::partition, std::move(reason)});
      }
    }
    if (!facts_.partition_or_cluster || settled_.layout.partition.empty()) return;
    if (clustered_.empty() && wanted_.cluster.empty()) return;
    std::vector<Moved> first;
    for (const LayoutKey& key : settled_.layout.partition) {
      first.push_back({key, ir::to_string(key), Where::partition, "a table is divided or clustered here, not both"});
    }
    settled_.layout.partition.clear();
    clustered_.insert(clustered_.begin(), first.begin(), first.end());
  }

  // ---- what keeps rows together

  std::string why_not_cluster(const LayoutKey& key) const {
    if (facts_.cluster.empty()) return std::string(facts_.no_cluster);
    const ir::Type type = type_of(key.column);
    if (facts_.not_clustered.has(type.kind)) return "no table is clustered by a column of type " + ir::to_string(type) + " here";
    const std::size_t most = facts_.most_cluster_keys;
    if (most > 0 && settled_.layout.cluster.size() >= most) return "a table is clustered by " + std::to_string(most) + " keys at most here";
    return {};
  }

  void cluster() {
    for (const auto& column : wanted_.cluster) clustered_.push_back(moved(column.value, Where::cluster));
    if (facts_.sort == LayoutFacts::Sort::none && !facts_.cluster.empty()) {
      for (const auto& column : wanted_.sort) {
        clustered_.push_back(moved(column.value, Where::sort));
        clustered_.back().reason = std::string(facts_.no_sort);
      }
    } else {
      for (const auto& column : wanted_.sort) sorted_.push_back(moved(column.value, Where::sort));
    }
    std::vector<Moved> onward;
    for (Moved& one : clustered_) {
      if (!facts_.cluster.has(one.key.by)) one.key = {PartitionBy::value, one.key.column};
      auto& there = settled_.layout.cluster;
      const std::string reason = std::find(there.begin(), there.end(), one.key) != there.end() ? std::string() : why_not_cluster(one.key);
      if (!reason.empty()) {
        if (one.reason.empty() || one.from == Where::sort) one.reason = reason;
        onward.push_back(std::move(one));
        continue;
      }
      if (std::find(there.begin(), there.end(), one.key) == there.end()) there.push_back(one.key);
      if (one.from != Where::cluster) say(one, Where::cluster);
    }
    sorted_.insert(sorted_.begin(), onward.begin(), onward.end());
  }

  // ---- the order of rows

  std::string why_not_sort(const LayoutKey& key) const {
    if (facts_.sort == LayoutFacts::Sort::none) return std::string(facts_.no_sort);
    const ir::Type type = type_of(key.column);
    if (facts_.not_sorted.has(type.kind)) return "no table is put in order by a column of type " + ir::to_string(type) + " here";
    return {};
  }

  void sort() {
    const bool is_written = facts_.sort == LayoutFacts::Sort::written;
    std::vector<Identifier>& there = is_written ? settled_.order : settled_.layout.sort;
    for (Moved& one : sorted_) {
      const std::string reason = why_not_sort(one.key);
      if (!reason.empty()) {
        const bool says_more = facts_.sort != LayoutFacts::Sort::none && !one.reason.empty();
        one.reason = says_more ? one.reason + ", and " + reason : one.reason.empty() ? reason : one.reason;
        say(one, Where::nowhere);
        continue;
      }
      if (std::find(there.begin(), there.end(), one.key.column) == there.end()) there.push_back(one.key.column);
      if (one.from != Where::sort) {
        one.key = {PartitionBy::value, one.key.column};
        say(one, Where::sort);
      }
    }
    flush();
  }

  // ---- the node of a row

  void distribute() {
    if (wanted_.distribution == ir::Distribution::unsaid) return;
    std::string as_written = wanted_.distribution == ir::Distribution::even  ? "even"
                             : wanted_.distribution == ir::Distribution::all ? "all"
                                                                             : "";
    for (const auto& column : wanted_.distribute) as_written += (as_written.empty() ? "" : ", ") + column.value.text();
    if (!facts_.distribution.has(wanted_.distribution)) {
      note("distribute", as_written, std::string(facts_.no_distribution) + "; nothing stands for it");
      return;
    }
    settled_.layout.distribution = wanted_.distribution;
    for (const auto& column : wanted_.distribute) settled_.layout.distribute.push_back(column.value);
    const std::size_t most = facts_.most_distribution_columns;
    if (most == 0 || settled_.layout.distribute.size() <= most) return;
    settled_.layout.distribute.resize(most);
    note("distribute", as_written,
         "rows are distributed by " + std::to_string(most) + (most == 1 ? " column" : " columns") + " at most here; they are by " +
             settled_.layout.distribute.front().text());
  }

  // ---- settings in the target's own words

  std::string why_not_property(const std::string& name) const {
    if (facts_.properties == LayoutFacts::Properties::none) return std::string(facts_.no_property);
    if (facts_.properties == LayoutFacts::Properties::any) return {};
    std::string_view word = name;
    const std::string prefix = std::string(facts_.property_prefix) + ".";
    if (prefix.size() > 1 && word.starts_with(prefix)) word.remove_prefix(prefix.size());
    const auto is_plain = [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '_'); };
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain) && std::isdigit(static_cast<unsigned char>(word[0])) == 0)
      return {};
    return "no setting of a table has such a name here";
  }

  void properties() {
    for (const ir::TableProperty& property : wanted_.properties) {
      const std::string reason = why_not_property(property.name);
      if (reason.empty()) {
        settled_.layout.properties.push_back(property);
      } else {
        note("properties", property.name, reason + "; it is left out");
      }
    }
  }

  // ---- what is said of it

  static std::string_view word_of(Where where) {
    return where == Where::partition ? "partition" : where == Where::cluster ? "cluster" : "sort";
  }

  /// Keys of one list that went the same way for the same reason are one sentence.
  void say(const Moved& one, Where to) {
    const auto same = std::find_if(said_.begin(), said_.end(),
                                   [&](const Said& said) { return said.from == one.from && said.to == to && said.reason == one.reason; });
    Said& said = same == said_.end() ? said_.emplace_back(Said{one.from, to, one.reason, {}, {}}) : *same;
    said.written += (said.written.empty() ? "" : ", ") + one.as_written;
    said.made += (said.made.empty() ? "" : ", ") + ir::to_string(one.key);
  }

  void flush() {
    for (const Said& said : said_) {
      const std::string way = said.to == Where::cluster ? "the table is clustered by " + said.made + " instead"
                              : said.to == Where::sort  ? "rows are put in order by " + said.made + " instead"
                                                        : "nothing stands for it";
      note(word_of(said.from), said.written, said.reason + "; " + way);
    }
  }

  void note(std::string_view key, const std::string& what, const std::string& words) {
    settled_.notes.push_back("layout: " + std::string(key) + " [" + what + "]: " + words);
  }

  struct Said {
    Where from;
    Where to;
    std::string reason;
    std::string written;
    std::string made;
  };

  const model::TableLayout& wanted_;
  const ir::Columns& columns_;
  const LayoutFacts& facts_;
  std::vector<Moved> clustered_;
  std::vector<Moved> sorted_;
  std::vector<Said> said_;
  SettledLayout settled_;
};

}  // namespace

SettledLayout settle_layout(const model::TableLayout& wanted, const ir::Columns& columns, const dialects::LayoutFacts& facts) {
  return Settling(wanted, columns, facts).run();
}

ir::RelationPtr in_order(const ir::RelationPtr& rows, const std::vector<Identifier>& order) {
  std::vector<ir::SortKey> keys;
  for (const Identifier& column : order) {
    const auto place = ir::find_column(rows->columns, column);
    if (!place) continue;
    keys.push_back({ir::column_of(*rows, *place)});
  }
  return keys.empty() ? rows : ir::sort(rows, std::move(keys));
}

}  // namespace penstock::publish
