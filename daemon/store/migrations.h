#pragma once

#include <string_view>
#include <vector>

namespace penstock::store {

/// The files of schemas/store in order of their numbers, embedded at build time. The n-th one brings a store from version n-1 to n.
const std::vector<std::string_view>& migrations();

}  // namespace penstock::store
