#include "pipelines/yaml/schema.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "pipelines/model/language.h"
#include "pipelines/yaml/check.h"
#include "pipelines/yaml/parse.h"

namespace penstock::yaml {
namespace {

using Json = nlohmann::ordered_json;
using model::KeySpec;
using model::Node;
using model::ObjectSpec;
using model::Shape;
using model::TaggedSpec;

constexpr const char* kGivenName = "^[a-z_][a-z0-9_]*$";
constexpr const char* kName = R"(^([A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*|"([^"]|"")+")$)";
constexpr const char* kDuration = "^(([0-9]+(ms|w|d|h|m|s))+|P([0-9]+[WD])*(T([0-9]+[HMS])+)?)$";
constexpr const char* kReference = "^(env|file|cmd):.+";

// A plain scalar as the core schema reads it.
Json scalar_json(const Node& node) {
  if (node.quoted || !is_special(node.text)) return node.text;
  if (node.text[0] == 't' || node.text[0] == 'T') return true;
  if (node.text[0] == 'f' || node.text[0] == 'F') return false;
  std::int64_t number = 0;
  const char* end = node.text.data() + node.text.size();
  if (const auto [stop, error] = std::from_chars(node.text.data(), end, number); error == std::errc() && stop == end) return number;
  return Json::parse(node.text, nullptr, false);
}

Json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return nullptr;
    case Node::Kind::scalar:
      return scalar_json(node);
    case Node::Kind::sequence: {
      Json list = Json::array();
      for (const Node& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case Node::Kind::mapping:
      break;
  }
  Json object = Json::object();
  for (const Node::Entry& entry : node.entries) object[entry.key] = to_json(entry.value);
  return object;
}

// The examples of the tables are YAML.
Json example_json(std::string_view example) {
  Diagnostics diagnostics;
  const std::optional<Node> node = parse(example, 0, diagnostics);
  return node ? to_json(*node) : Json(example);
}

// One document with the definitions that it needs.
class Schema {
 public:
  explicit Schema(const model::Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  std::string document(const ObjectSpec& object, std::string_view file) {
    Json result;
    result["$schema"] = "http://json-schema.org/draft-07/schema#";
    result["$id"] = file;
    result["title"] = "Penstock: " + std::string(object.name);
    result.update(object_body(object));
    return finish(std::move(result));
  }

  std::string document(const TaggedSpec& tag) {
    Json result;
    result["$schema"] = "http://json-schema.org/draft-07/schema#";
    result["title"] = "Penstock: " + std::string(tag.object->name);
    result.update(tagged_value(tag));
    return finish(std::move(result));
  }

 private:
  std::string finish(Json document) {
    // Definitions are found while others are written.
    if (!definitions_.empty()) document["definitions"] = definitions_;
    return document.dump(2) + "\n";
  }

  Json object_body(const ObjectSpec& object) {
    Json body;
    body["description"] = object.doc;
    body["type"] = "object";
    Json properties = Json::object();
    Json required = Json::array();
    for (const KeySpec& key : object.keys) {
      properties[std::string(key.name)] = key_schema(key);
      if (key.required) required.push_back(key.name);
    }
    body["properties"] = std::move(properties);
    if (!required.empty()) body["required"] = std::move(required);
    body["additionalProperties"] = false;
    return body;
  }

  Json reference_to(const ObjectSpec& object) {
    const std::string name(object.name);
    if (!definitions_.contains(name)) {
      // Entered first, so that a mapping that holds itself ends.
      definitions_[name] = nullptr;
      definitions_[name] = &object == &model::connection_spec() ? connections() : object_body(object);
    }
    return {{"$ref", "#/definitions/" + name}};
  }

  // A connection's keys depend on its type.
  Json connections() {
    Json result;
    result["description"] = model::connection_spec().doc;
    result["anyOf"] = Json::array();
    in_connection_ = true;
    for (const model::ConnectionType& type : model::connection_types()) {
      Json body = object_body(*type.object);
      body["properties"]["type"] = {{"description", "Which engine it is."}, {"const", type.type}};
      result["anyOf"].push_back(std::move(body));
    }
    in_connection_ = false;
    return result;
  }

  Json key_schema(const KeySpec& key) {
    Json result;
    result["description"] = key.doc;
    std::vector<Json> ways;
    const bool is_inside = key.shape == Shape::object_map || key.shape == Shape::object_list;
    if (key.has_shorthand && !is_inside) ways.push_back(shape_schema(key.shorthand, key));
    ways.push_back(shape_schema(key.shape, key));
    if (in_connection_ && key.shape != Shape::text && key.shape != Shape::secret) {
      ways.push_back(Json{{"type", "string"}, {"pattern", kReference}});
    }
    if (ways.size() > 1 || ways[0].contains("$ref")) {
      result["anyOf"] = ways;
    } else {
      result.update(ways[0]);
    }
    if (!key.example.empty()) result["examples"] = Json::array({example_json(key.example)});
    return result;
  }

  static Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

  static Json map_of(const char* names, Json values) {
    return {{"type", "object"}, {"propertyNames", {{"pattern", names}}}, {"additionalProperties", std::move(values)}};
  }

  Json object_shape(Shape shape, const KeySpec& key) {
    Json value = reference_to(*key.object);
    if (shape == Shape::object) return value;
    if (shape == Shape::object_list) return list_of(std::move(value));
    if (key.has_shorthand) value = {{"anyOf", {shape_schema(key.shorthand, key), std::move(value)}}};
    return map_of(kGivenName, std::move(value));
  }

  Json shape_schema(Shape shape, const KeySpec& key) {
    const Json text = {{"type", {"string", "number", "boolean"}}};
    const Json name = {{"type", "string"}, {"pattern", kName}};
    switch (shape) {
      case Shape::text:
      case Shape::expression:
      case Shape::aggregate:
        return text;
      case Shape::sql:
      case Shape::table:
      case Shape::type:
        return {{"type", "string"}};
      case Shape::given_name:
        return {{"type", "string"}, {"pattern", kGivenName}, {"maxLength", 63}};
      case Shape::name:
        return name;
      case Shape::names:
        return {{"anyOf", {name, {{"type", "array"}, {"items", name}, {"minItems", 1}}}}};
      case Shape::order:
        return list_of(text);
      case Shape::integer:
        return {{"type", "integer"}};
      case Shape::number:
        return {{"type", "number"}};
      case Shape::boolean:
        return {{"type", "boolean"}};
      case Shape::duration:
        return {{"type", "string"}, {"pattern", kDuration}};
      case Shape::choice:
        return {{"enum", key.choices}};
      case Shape::value:
        return {{"type", {"string", "number", "boolean", "null"}}};
      case Shape::values:
        return list_of({{"type", {"string", "number", "boolean", "null"}}});
      case Shape::object:
      case Shape::object_list:
      case Shape::object_map:
        return object_shape(shape, key);
      case Shape::text_map:
        return map_of(kName, text);
      case Shape::type_map:
        return map_of(kName, {{"type", "string"}});
      case Shape::expression_map:
      case Shape::aggregate_map:
        return map_of(kName, text);
      case Shape::partition:
        return {{"anyOf", {{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 1}}}}};
      case Shape::property_map:
        return {{"type", "object"}, {"additionalProperties", text}};
      case Shape::tagged:
        return tagged_items(key);
      case Shape::secret:
        return {{"type", "string"}, {"pattern", kReference}};
      case Shape::any:
        break;
    }
    return Json::object();
  }

  Json tagged_value(const TaggedSpec& tag) {
    Json result;
    result["description"] = tag.object->doc;
    std::vector<Json> ways;
    if (tag.shorthand != Shape::object) {
      ways.push_back(shape_schema(tag.shorthand, KeySpec{tag.object->name, tag.shorthand, false, tag.object->doc, tag.example}));
    }
    if (!tag.object->keys.empty() || tag.shorthand == Shape::object) {
      Json body = object_body(*tag.object);
      body.erase("description");
      ways.push_back(std::move(body));
    }
    if (ways.size() == 1) {
      result.update(ways[0]);
    } else {
      result["anyOf"] = ways;
    }
    return result;
  }

  // Each component in an item of its own; one that needs no parameters may stand as its name alone.
  Json tagged_items(const KeySpec& key) {
    const bool is_checks = key.object == &model::check_item_spec();
    Json ways = Json::array();
    Json bare = Json::array();
    for (const TaggedSpec& tag : is_checks ? vocabulary_.checks : vocabulary_.components) {
      const std::string name(tag.object->name);
      const std::string definition = (is_checks ? "check_" : "component_") + name;
      if (!definitions_.contains(definition)) definitions_[definition] = tagged_value(tag);
      Json properties = {{name, {{"$ref", "#/definitions/" + definition}}}};
      for (const KeySpec& beside : key.object->keys) properties[std::string(beside.name)] = key_schema(beside);
      ways.push_back({{"type", "object"}, {"properties", std::move(properties)}, {"required", {name}}, {"additionalProperties", false}});
      bool needs_keys = tag.object->keys.empty() && tag.shorthand != Shape::any && tag.shorthand != Shape::object;
      for (const KeySpec& own : tag.object->keys) needs_keys = needs_keys || own.required;
      if (!needs_keys) bare.push_back(name);
    }
    if (!bare.empty()) ways.push_back({{"enum", bare}});
    return list_of({{"anyOf", std::move(ways)}});
  }

  model::Vocabulary vocabulary_;
  Json definitions_ = Json::object();
  bool in_connection_ = false;
};

}  // namespace

std::string pipeline_schema(const model::Vocabulary& vocabulary) {
  return Schema(vocabulary).document(model::pipeline_spec(), "pipeline.schema.json");
}

std::string project_schema() { return Schema(model::Vocabulary()).document(model::project_spec(), "project.schema.json"); }

std::optional<std::string> object_schema(std::string_view name, const model::Vocabulary& vocabulary) {
  for (const ObjectSpec* object : model::language_objects()) {
    if (object->name == name) return Schema(vocabulary).document(*object, std::string(name) + ".schema.json");
  }
  for (const auto& tags : {vocabulary.components, vocabulary.checks}) {
    for (const TaggedSpec& tag : tags) {
      if (tag.object->name == name) return Schema(vocabulary).document(tag);
    }
  }
  return std::nullopt;
}

}  // namespace penstock::yaml
