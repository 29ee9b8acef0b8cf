#include <cstring>
#include <filesystem>
#include <string>

#include "connectors/duckdb/duckdb.h"
#include "connectors/postgres/postgres.h"
#include "connectors/secret.h"
#include "connectors/trino/trino.h"
#include "daemon/cli/command.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/penstockd.h"
#include "daemon/version.h"
#include "daemon/web/assets.h"

namespace penstock {
namespace {

connectors::Settings settings_of(const model::Connection& connection, const std::string& root) {
  connectors::Settings settings;
  settings.name = connection.name;
  settings.type = connection.type.value;
  settings.read_only = connection.read_only;
  for (const auto& [key, value] : connection.settings) settings.values[key] = value.value;
  settings.catalog = connection.catalog;
  settings.schema = connection.schema;
  const auto path = settings.values.find("path");
  if (path != settings.values.end() && path->second != ":memory:" && !connectors::is_reference(path->second)) {
    path->second = (std::filesystem::path(root) / path->second).string();
  }
  return settings;
}

Result<std::unique_ptr<connectors::Connector>> connect(const model::Connection& connection, const std::string& root) {
  const Result<connectors::Settings> settings = connectors::resolve(settings_of(connection, root));
  if (!settings) return tl::unexpected(settings.error());
  if (settings->type == "duckdb") return duckdb::make_connector(*settings);
  if (settings->type == "postgres") return postgres::make_connector(*settings);
  if (settings->type == "trino") return trino::make_connector(*settings);
  return fail(ErrorKind::invalid_input, "connection \"" + connection.name + "\" has the type " + settings->type + ", which only compiles",
              "pipelines run on duckdb, postgres and trino; penstock compile shows the SQL of the others");
}

run::Connect connect_from(const std::string& root) {
  return [root](const model::Connection& connection) { return connect(connection, root); };
}

std::optional<api::StaticFile> asset(std::string_view path) {
  const std::string wanted = path == "/" ? "/index.html" : std::string(path);
  for (const web::Asset& file : web::assets()) {
    if (file.path == wanted) return api::StaticFile{file.media_type, file.gzip_bytes, file.etag, file.immutable};
  }
  return std::nullopt;
}

}  // namespace
}  // namespace penstock

/// One binary under two names: `penstock` is the command line, `penstockd` the daemon.
int main(int argc, char** argv) {
  penstock::cli::Signals signals;
  const penstock::cli::Assembly assembly{penstock::connect_from, penstock::asset, penstock::kVersion, penstock::kBuild, &signals};
  const char* slash = std::strrchr(argv[0], '/');
  const std::string name = slash == nullptr ? argv[0] : slash + 1;
  return name == "penstockd" ? penstock::cli::run_daemon(argc, argv, assembly) : penstock::cli::run_application(argc, argv, assembly);
}
