#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "pipelines/model/project.h"
#include "pipelines/model/spec.h"

namespace penstock::model {

/// penstock.yaml.
const ObjectSpec& project_spec();
/// A file below pipelines/.
const ObjectSpec& pipeline_spec();

const ObjectSpec& environment_spec();
const ObjectSpec& source_spec();
const ObjectSpec& parameter_spec();
const ObjectSpec& schedule_spec();
const ObjectSpec& step_spec();
const ObjectSpec& publish_spec();
const ObjectSpec& layout_spec();
const ObjectSpec& retry_spec();
/// The keys that stand beside the kind in an item of `checks:`.
const ObjectSpec& check_item_spec();
/// The keys that stand beside the component in an item of `do:`: none.
const ObjectSpec& call_item_spec();

/// The kinds of connections by the value of `type`; each holds the keys of every connection as well.
struct ConnectionType {
  std::string_view type;
  const ObjectSpec* object = nullptr;
};
std::span<const ConnectionType> connection_types();
const ObjectSpec* find_connection_type(std::string_view type);
/// The settings that a connection of that type takes under a name of `compute:`; null where it has no choice of compute.
const ObjectSpec* find_compute_spec(std::string_view type);
/// The keys that every connection has.
const ObjectSpec& connection_spec();

/// Every mapping of the two files by name, for `penstock schema NAME`, in order of their first use.
std::span<const ObjectSpec* const> language_objects();

/// The row of a key, or null.
const KeySpec* find_key(const ObjectSpec& object, std::string_view key);

/// The words of the choices in the order of their enumerations; what the tables list and the loader reads.
std::span<const std::string_view> publish_modes();
std::span<const std::string_view> drift_policies();
std::span<const std::string_view> missing_policies();
std::span<const std::string_view> interval_units();

/// The word that a person writes for it: "delete_insert", "month".
std::string_view word_of(Publish::Mode mode);
std::string_view word_of(Publish::Drift drift);
std::string_view word_of(IntervalUnit unit);
std::string_view word_of(Check::Severity severity);

}  // namespace penstock::model
