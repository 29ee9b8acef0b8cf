#include <cstring>
#include <filesystem>
#include <string>

#include "connectors/bigquery/bigquery.h"
#include "connectors/bigquery/errors.h"
#include "connectors/databricks/databricks.h"
#include "connectors/databricks/errors.h"
#include "connectors/duckdb/duckdb.h"
#include "connectors/duckdb/errors.h"
#include "connectors/postgres/errors.h"
#include "connectors/postgres/postgres.h"
#include "connectors/renewing.h"
#include "connectors/trino/errors.h"
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

Result<std::unique_ptr<connectors::Connector>> make(const connectors::Settings& settings, const connectors::Connector* before) {
  if (settings.type == "duckdb") return duckdb::make_connector(settings);
  if (settings.type == "postgres") {
    return before == nullptr ? postgres::make_connector(settings) : postgres::make_again(settings, *before);
  }
  if (settings.type == "trino") {
    return before == nullptr ? trino::make_connector(settings) : trino::make_again(settings, *before);
  }
  if (settings.type == "bigquery") {
    return before == nullptr ? bigquery::make_connector(settings) : bigquery::make_again(settings, *before);
  }
  if (settings.type == "databricks") {
    return before == nullptr ? databricks::make_connector(settings) : databricks::make_again(settings, *before);
  }
  return fail(ErrorKind::invalid_input, "connection \"" + settings.name + "\" has the type " + settings.type + ", which only compiles",
              "pipelines run on bigquery, databricks, duckdb, postgres and trino; penstock compile shows the SQL of the others");
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
  const auto secrets = std::make_shared<penstock::connectors::Secrets>();
  const auto connect_from = [secrets](const std::string& root) -> penstock::run::Connect {
    return [secrets, root](const penstock::model::Connection& connection) {
      return penstock::connectors::make_renewing(penstock::settings_of(connection, root), secrets, penstock::make);
    };
  };
  const penstock::cli::Assembly assembly{
      connect_from,
      [secrets] { secrets->forget(); },
      penstock::asset,
      penstock::kVersion,
      penstock::kBuild,
      &signals,
      {&penstock::bigquery::error_catalogue(), &penstock::databricks::error_catalogue(), &penstock::duckdb::error_catalogue(),
       &penstock::postgres::error_catalogue(), &penstock::trino::error_catalogue()}};
  const char* slash = std::strrchr(argv[0], '/');
  const std::string name = slash == nullptr ? argv[0] : slash + 1;
  return name == "penstockd" ? penstock::cli::run_daemon(argc, argv, assembly) : penstock::cli::run_application(argc, argv, assembly);
}
