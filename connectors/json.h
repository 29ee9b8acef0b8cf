#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace penstock::connectors {

/// The text of a member; empty where there is no object, no such member, or it is no text.
std::string text_at(const nlohmann::json& object, const char* key);

}  // namespace penstock::connectors
