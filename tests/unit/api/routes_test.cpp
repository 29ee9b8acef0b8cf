#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "daemon/api/router.h"
#include "daemon/api/schemas.h"
#include "tests/unit/api/sample_context.h"

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

/// A parameter that the contract lets stand in a query.
struct Promised {
  std::string method;
  std::string path;
  std::string name;
  nlohmann::json schema;
};

nlohmann::json resolved(const nlohmann::json& document, const nlohmann::json& written) {
  return written.contains("$ref") ? document.at(nlohmann::json::json_pointer(written.at("$ref").get<std::string>().substr(1))) : written;
}

std::vector<Promised> promised_parameters() {
  std::vector<Promised> all;
  const auto document = nlohmann::json::parse(openapi_document());
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      if (method == "parameters") continue;
      nlohmann::json parameters = operation.value("parameters", nlohmann::json::array());
      for (const auto& shared : operations.value("parameters", nlohmann::json::array())) parameters.push_back(shared);
      for (const auto& written : parameters) {
        const auto parameter = resolved(document, written);
        if (parameter.at("in") != "query") continue;
        auto schema = resolved(document, parameter.at("schema"));
        if (schema.contains("items")) schema["items"] = resolved(document, schema["items"]);
        all.push_back({method == "get" ? "GET" : "POST", path, parameter.at("name").get<std::string>(), std::move(schema)});
      }
    }
  }
  return all;
}

TEST(Routes, KnowTheParametersOfTheContract) {
  std::vector<std::string> lines;
  for (const Promised& one : promised_parameters()) {
    lines.push_back(one.method + " " + one.path + " " + one.name + (one.schema.value("type", "") == "array" ? "*" : ""));
  }
  EXPECT_THAT(served_parameters(), UnorderedElementsAreArray(lines));
}

class Bounds : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(sample_.ok()); }

  /// Whether a request with that value is refused, and for its sake.
  bool is_refused(const Promised& parameter, const std::string& value) {
    Request request;
    request.method = parameter.method;
    request.path = parameter.path;
    for (std::size_t at = request.path.find('{'); at != std::string::npos; at = request.path.find('{')) {
      request.path.replace(at, request.path.find('}', at) - at + 1, "some");
    }
    request.principal = Principal{"somebody", Role::admin};
    request.query.emplace(parameter.name, value);
    const Response response = dispatch(sample_.get(), std::move(request));
    if (response.status != 422) return false;
    const auto errors = nlohmann::json::parse(response.body).value("errors", nlohmann::json::array());
    return !errors.empty() && errors[0].at("pointer") == parameter.name;
  }

  void expect(const Promised& parameter, const std::string& value, bool refused) {
    EXPECT_EQ(is_refused(parameter, value), refused) << parameter.path << "?" << parameter.name << "=" << value.substr(0, 40);
    ++looked_at_;
  }

  int looked_at_ = 0;

 private:
  SampleContext sample_{{{"penstock.yaml", "project: sample\nconnections: { local: { type: duckdb } }\nenvironments: { dev: { target: local } }\n"},
                         {"pipelines/some.yaml", "pipeline: some\nsteps: [{ name: some, sql: select 1 as one }]\n"}}};
};

TEST_F(Bounds, OfTheQueryAreThoseOfTheContract) {
  for (const Promised& one : promised_parameters()) {
    const auto& schema = one.schema;
    if (schema.contains("minimum")) {
      const int least = schema.at("minimum");
      const int most = schema.at("maximum");
      for (const int taken : {least, most}) expect(one, std::to_string(taken), false);
      for (const int refused : {least - 1, most + 1}) expect(one, std::to_string(refused), true);
      for (const char* refused : {"", "x", "1.0", "1 ", "99999999999999999999"}) expect(one, refused, true);
    }
    if (schema.contains("maxLength")) {
      std::string text = one.name == "node" ? "step:" : "";
      while (text.size() < schema.at("maxLength").get<std::size_t>()) text += "a";
      expect(one, text, false);
      expect(one, text + "a", true);
    }
    const auto& choices = schema.contains("items") ? schema.at("items") : schema;
    if (choices.contains("enum")) {
      for (const auto& taken : choices.at("enum")) expect(one, taken.get<std::string>(), false);
      expect(one, "otherwise", true);
    }
    if (schema.value("format", "") == "date-time") {
      expect(one, "2026-03-01T00:00:00.000Z", false);
      expect(one, "soon", true);
    }
  }
  EXPECT_GT(looked_at_, 100);
}

TEST_F(Bounds, AnEventHasANumber) {
  const Promised id{"GET", "/api/v1/events", "last_event_id", {}};
  expect(id, "7", false);
  expect(id, "x", true);
  expect(id, "1234567890123456789", true);
}

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
