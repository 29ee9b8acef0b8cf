#include "connectors/json.h"

#include <nlohmann/json.hpp>

namespace penstock::connectors {

std::string text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace penstock::connectors
