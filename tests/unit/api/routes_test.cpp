#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "daemon/api/router.h"
#include "daemon/api/schemas.h"

namespace penstock::api {
namespace {

using testing::UnorderedElementsAreArray;

std::string name_of(Role role) { return role == Role::viewer ? "viewer" : role == Role::operator_ ? "operator" : "admin"; }

/// "POST /api/v1/plan viewer"; a route that needs no token says "open".
std::vector<std::string> served() {
  std::vector<std::string> lines;
  for (const Route& route : route_table()) {
    lines.push_back(std::string(route.method) + " " + std::string(route.path) + " " + (route.open ? "open" : name_of(route.needs)));
  }
  return lines;
}

std::vector<std::string> promised() {
  std::vector<std::string> lines;
  const auto document = nlohmann::json::parse(openapi_document());
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      if (method == "parameters") continue;
      std::string upper = method;
      std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      const bool open = operation.contains("security") && operation.at("security").empty();
      lines.push_back(upper + " " + path + " " + (open ? "open" : operation.at("x-penstock-role").get<std::string>()));
    }
  }
  return lines;
}

TEST(Routes, AreThoseOfTheContractWithItsRoles) { EXPECT_THAT(served(), UnorderedElementsAreArray(promised())); }

/// "GET /api/v1/runs state*"; a list has a star.
std::vector<std::string> served_parameters() {
  std::vector<std::string> lines;
  for (const Route& route : route_table()) {
    for (const QueryParameter& parameter : route.query) {
      lines.push_back(std::string(route.method) + " " + std::string(route.path) + " " + std::string(parameter.name) + (parameter.is_list ? "*" : ""));
    }
  }
  return lines;
}

std::vector<std::string> promised_parameters() {
  std::vector<std::string> lines;
  const auto document = nlohmann::json::parse(openapi_document());
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      if (method == "parameters") continue;
      nlohmann::json parameters = operation.value("parameters", nlohmann::json::array());
      for (const auto& shared : operations.value("parameters", nlohmann::json::array())) parameters.push_back(shared);
      for (const auto& written : parameters) {
        const auto& parameter = written.contains("$ref") ? document.at(nlohmann::json::json_pointer(written.at("$ref").get<std::string>().substr(1))) : written;
        if (parameter.at("in") != "query") continue;
        const bool is_list = parameter.at("schema").value("type", "") == "array";
        lines.push_back((method == "get" ? "GET " : "POST ") + path + " " + parameter.at("name").get<std::string>() + (is_list ? "*" : ""));
      }
    }
  }
  return lines;
}

TEST(Routes, KnowTheParametersOfTheContract) { EXPECT_THAT(served_parameters(), UnorderedElementsAreArray(promised_parameters())); }

TEST(Routes, OnlyTheProbesAreOpen) {
  std::set<std::string_view> open;
  for (const Route& route : route_table()) {
    if (route.open) open.insert(route.path);
  }
  EXPECT_THAT(open, testing::ElementsAre("/livez", "/readyz"));
}

TEST(Routes, EachHasAHandlerAndIsThereOnce) {
  std::set<std::string> seen;
  for (const Route& route : route_table()) {
    EXPECT_NE(route.handle, nullptr) << route.path;
    EXPECT_TRUE(seen.insert(std::string(route.method) + std::string(route.path)).second) << route.path;
  }
}

}  // namespace
}  // namespace penstock::api
