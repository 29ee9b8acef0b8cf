#pragma once

#include <cstdint>
#include <string>

#include "pipelines/base/result.h"

namespace penstock::store {

/// Writes the store, as it stands at one moment, into a new file that is its user's alone; beside a process that owns the store, too. The
/// file is whole or not there. Its size in bytes.
///
/// Errors: not_found where there is no store; conflict where the file exists; refused for what is no store of this version; storage.
Result<std::int64_t> back_up(const std::string& store_path, const std::string& file);

}  // namespace penstock::store
