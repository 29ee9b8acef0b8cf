#pragma once

#include <string_view>

namespace penstock::api {

/// schemas/openapi.json as it was when the binary was built.
std::string_view openapi_document();

}  // namespace penstock::api
