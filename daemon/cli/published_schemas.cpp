#include "daemon/cli/published_schemas.h"

#include <nlohmann/json.hpp>
#include <set>

#include "daemon/api/schemas.h"
#include "daemon/cli/output_schemas.h"
#include "pipelines/components/vocabulary.h"
#include "pipelines/yaml/schema.h"

namespace penstock::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kShapesOfApi = "#/components/schemas/";

/// Turns references into the API's document into references to $defs, and collects their names.
void localise(Json& node, std::set<std::string>& names) {
  if (node.is_object() && node.contains("$ref")) {
    const std::string target = node["$ref"].get<std::string>();
    if (const std::size_t at = target.find(kShapesOfApi); at != std::string::npos) {
      const std::string name = target.substr(at + kShapesOfApi.size());
      names.insert(name);
      node["$ref"] = "#/$defs/" + name;
    }
  }
  if (!node.is_structured()) return;
  for (Json& child : node) localise(child, names);
}

std::string self_contained(std::string_view text) {
  const Json shapes = Json::parse(api::openapi_document()).at("components").at("schemas");
  Json schema = Json::parse(text);
  Json definitions = schema.contains("$defs") ? schema["$defs"] : Json::object();
  std::set<std::string> open;
  localise(schema, open);
  localise(definitions, open);
  while (!open.empty()) {
    const std::string name = open.extract(open.begin()).value();
    if (definitions.contains(name)) continue;
    Json shape = shapes.at(name);
    localise(shape, open);
    definitions[name] = std::move(shape);
  }
  if (!definitions.empty()) schema["$defs"] = std::move(definitions);
  return schema.dump(2) + "\n";
}

}  // namespace

std::vector<PublishedSchema> published_schemas() {
  std::vector<PublishedSchema> list{{"pipeline", "A file below pipelines/, for editors"},
                                    {"project", "penstock.yaml, for editors"},
                                    {"openapi", "The REST API, as OpenAPI 3.1"}};
  for (const OutputSchema& output : output_schemas()) {
    list.push_back({std::string(output.name), Json::parse(output.text).at("title").get<std::string>()});
  }
  return list;
}

std::optional<std::string> published_schema(std::string_view name) {
  if (name == "pipeline") return yaml::pipeline_schema(components::vocabulary());
  if (name == "project") return yaml::project_schema();
  if (name == "openapi") return std::string(api::openapi_document());
  for (const OutputSchema& output : output_schemas()) {
    if (output.name == name) return self_contained(output.text);
  }
  return yaml::object_schema(name, components::vocabulary());
}

}  // namespace penstock::cli
