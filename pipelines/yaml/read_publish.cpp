#include <array>

#include "pipelines/model/language.h"
#include "pipelines/yaml/reader.h"

namespace penstock::yaml {
namespace {

using model::Node;
using model::Publish;
using Kind = model::Node::Kind;
using Mode = model::Publish::Mode;

std::string as_text(Mode mode) { return "\"" + std::string(model::word_of(mode)) + "\""; }

void report_useless(const Node* value, std::string_view key, const Publish& publish, const ReadContext& context) {
  if (value == nullptr) return;
  context.diagnostics.error(Code::invalid_publish, value->where, "\"" + std::string(key) + "\" means nothing for " + as_text(publish.mode),
                            "", "remove it, or choose another write mode (penstock explain PEN5001)");
}

void report_missing(const Publish& publish, std::string what, std::string help, const ReadContext& context) {
  context.diagnostics.error(Code::missing_publish_key, publish.where, as_text(publish.mode) + " needs " + std::move(what), "",
                            std::move(help));
}

// `reader` is null where the mode stands alone.
void check_settings(const Publish& publish, const ObjectReader* reader, const ReadContext& context) {
  const auto value = [&](std::string_view key) { return reader == nullptr ? nullptr : reader->get(key); };
  const bool has_key = value("key") != nullptr;
  const bool has_interval = value("interval") != nullptr;
  const Mode mode = publish.mode;
  const std::string name(model::word_of(mode));
  if ((mode == Mode::merge || mode == Mode::scd2) && !has_key) {
    report_missing(publish, "the columns that identify a row", "such as: publish: { as: " + name + ", key: [id] }", context);
  }
  if (mode == Mode::delete_insert && !has_key && !has_interval) {
    report_missing(publish, "the rows that it replaces: those of a key or of the run's interval",
                   "such as: publish: { as: delete_insert, interval: order_date }", context);
  }
  if (mode == Mode::delete_insert && has_key && has_interval) {
    context.diagnostics.add(Diagnostic{Code::invalid_publish,
                                       Severity::error,
                                       value("interval")->where,
                                       "\"delete_insert\" takes a key or an interval, not both",
                                       "",
                                       "remove one of them",
                                       {{value("key")->where, "the key is here"}}});
  }
  if (mode == Mode::view || mode == Mode::table || mode == Mode::append) report_useless(value("key"), "key", publish, context);
  if (mode != Mode::delete_insert) report_useless(value("interval"), "interval", publish, context);
  if (mode != Mode::scd2) {
    report_useless(value("effective_at"), "effective_at", publish, context);
    report_useless(value("tracked"), "tracked", publish, context);
    report_useless(value("deleted_when"), "deleted_when", publish, context);
    report_useless(value("on_missing"), "on_missing", publish, context);
  }
  if (mode == Mode::scd2 && publish.on_missing == Publish::Missing::close && publish.effective_at) {
    context.diagnostics.add(Diagnostic{Code::invalid_publish,
                                       Severity::error,
                                       value("on_missing")->where,
                                       "a key that is missing has no row that says since when, so \"on_missing: close\" and "
                                       "\"effective_at\" do not go together",
                                       "",
                                       "leave out effective_at: then everything holds from the start of the run's interval; or give "
                                       "rows for what was deleted (deleted_when)",
                                       {{value("effective_at")->where, "effective_at is here"}}});
  }
  if (mode != Mode::merge) report_useless(value("newest_by"), "newest_by", publish, context);
  if (mode == Mode::view) report_useless(value("on_schema_change"), "on_schema_change", publish, context);
}

std::optional<Mode> mode_of(std::string_view word) {
  const auto modes = model::publish_modes();
  for (std::size_t i = 0; i < modes.size(); ++i) {
    if (modes[i] == word) return static_cast<Mode>(i);
  }
  return std::nullopt;
}

}  // namespace

Publish read_publish(const Node& node, const ReadContext& context) {
  Publish publish;
  publish.where = node.where;
  if (node.kind == Kind::scalar) {
    const std::optional<Mode> mode = mode_of(node.text);
    publish.mode = mode.value_or(publish.mode);
    if (mode) check_settings(publish, nullptr, context);
    return publish;
  }
  const ObjectReader reader(node, model::publish_spec(), context);
  const std::optional<Mode> mode = reader.choice<Mode>("as");
  publish.mode = mode.value_or(publish.mode);
  publish.key = reader.identifiers("key");
  publish.interval = reader.identifier("interval");
  publish.effective_at = reader.identifier("effective_at");
  publish.tracked = reader.identifiers("tracked");
  publish.deleted_when = reader.identifier("deleted_when");
  publish.on_missing = reader.choice<Publish::Missing>("on_missing").value_or(publish.on_missing);
  publish.newest_by = reader.identifier("newest_by");
  publish.table = reader.identifier("table");
  publish.on_schema_change = reader.choice<Publish::Drift>("on_schema_change").value_or(publish.on_schema_change);
  if (mode) check_settings(publish, &reader, context);
  return publish;
}

}  // namespace penstock::yaml
