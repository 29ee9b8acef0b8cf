#include <array>
#include <vector>

#include "pipelines/model/language.h"

namespace penstock::model {
namespace {

constexpr std::array<std::string_view, 7> kTypes = {"duckdb", "postgres", "trino", "bigquery", "databricks", "snowflake", "synapse"};

constexpr std::array<std::string_view, 5> kSslModes = {"disable", "prefer", "require", "verify-ca", "verify-full"};

constexpr std::array kCommonKeys = {
    KeySpec{"type", Shape::choice, true, "Which engine it is.", "postgres", kTypes},
    KeySpec{"description", Shape::text, false, "What it is for.", "The finance warehouse"},
    KeySpec{"catalog", Shape::text, false, "The catalogue (database, project) of tables that are named without one.", "lake"},
    KeySpec{"schema", Shape::text, false, "The schema (dataset) of tables that are named without one, and where tables are published.",
            "marts"},
    KeySpec{"slots", Shape::integer, false, "How many statements may run at once; 4 where it is not given.", "8"},
    KeySpec{"read_only", Shape::boolean, false, "Refuse every statement that writes.", "true"},
};

constexpr std::array kDuckdbKeys = {
    KeySpec{"path", Shape::text, true, "The database file, relative to the project; \":memory:\" for none.", "flights.duckdb"},
    KeySpec{"threads", Shape::integer, false, "Threads that the engine may use.", "4"},
    KeySpec{"memory_limit", Shape::text, false, "Memory that the engine may use.", "2GB"},
    KeySpec{"temp_directory", Shape::text, false, "Where it puts what does not fit into memory.", "/var/tmp"},
    KeySpec{"max_temp_directory_size", Shape::text, false, "How much it may put there.", "20GB"},
    KeySpec{"extension_directory", Shape::text, false, "Where its extensions lie.", "/opt/duckdb/extensions"},
    KeySpec{"library", Shape::text, false, "The file of libduckdb where it is not in one of the usual places.", "/opt/duckdb/libduckdb.so"},
};

constexpr std::array kPostgresKeys = {
    KeySpec{"url", Shape::text, false, "The whole address instead of its parts; a password in it must be a reference of its own.",
            "postgresql://etl@db.example:5432/warehouse"},
    KeySpec{"host", Shape::text, false, "The server's name or address, or the folder of its socket.", "db.example"},
    KeySpec{"port", Shape::integer, false, "The server's port; 5432 where it is not given.", "5432"},
    KeySpec{"database", Shape::text, false, "The database.", "warehouse"},
    KeySpec{"user", Shape::text, false, "The role.", "etl"},
    KeySpec{"password", Shape::secret, false, "The role's password, by reference.", "env:WAREHOUSE_PASSWORD"},
    KeySpec{"sslmode", Shape::choice, false, "How the connection is protected; verify-full where the server is not this machine.",
            "verify-full", kSslModes},
    KeySpec{"sslrootcert", Shape::text, false, "The file of the certificate authority.", "/etc/ssl/certs/db-ca.pem"},
    KeySpec{"sslcert", Shape::text, false, "The file of the client's certificate.", "/etc/penstock/client.pem"},
    KeySpec{"sslkey", Shape::text, false, "The file of the client's key.", "/etc/penstock/client.key"},
    KeySpec{"connect_timeout", Shape::duration, false, "How long to wait for the server.", "10s"},
    KeySpec{"patience", Shape::duration, false, "How long a question to the catalogue waits for its answer.", "30s"},
    KeySpec{"lock_timeout", Shape::duration, false, "How long a statement may wait for a lock.", "30s"},
};

constexpr std::array kTrinoKeys = {
    KeySpec{"url", Shape::text, true, "The coordinator's address.", "\"https://trino.example:8443\""},
    KeySpec{"user", Shape::text, false, "The user in whose name statements run.", "etl"},
    KeySpec{"password", Shape::secret, false, "The user's password, by reference; https only.", "env:TRINO_PASSWORD"},
    KeySpec{"token", Shape::secret, false, "A bearer token (JWT) instead of a password, by reference; read again when it is refused.",
            "file:/run/secrets/trino"},
    KeySpec{"token_url", Shape::text, false, "Where tokens are fetched by OAuth 2.0 client credentials, instead of a password or token.",
            "\"https://login.example/oauth2/token\""},
    KeySpec{"client_id", Shape::text, false, "The client's name at the token service.", "penstock"},
    KeySpec{"client_secret", Shape::secret, false, "The client's secret at the token service, by reference.", "env:TRINO_CLIENT_SECRET"},
    KeySpec{"scope", Shape::text, false, "What the tokens are to allow, where the service wants to be told.", "trino"},
    KeySpec{"role", Shape::text, false, "The role of the statements; catalog=role for one catalogue's, with commas.", "\"lake=etl\""},
    KeySpec{"client_tags", Shape::text, false, "Tags for the cluster's resource groups, with commas.", "\"etl,nightly\""},
    KeySpec{"session_properties", Shape::text, false, "Session properties for every statement, with commas.",
            "join_distribution_type=PARTITIONED"},
};

// How a target is reached that is spoken to by HTTP.
constexpr std::array kHttpKeys = {
    KeySpec{"ca_file", Shape::text, false, "The file of the certificate authority where the system's do not do.",
            "/etc/ssl/certs/company-ca.pem"},
    KeySpec{"tls_verify", Shape::boolean, false, "Whether the server must prove who it is; true where it is not given.", "true"},
    KeySpec{"client_certificate", Shape::text, false, "The file of our own certificate where the server wants one.",
            "/etc/penstock/client.pem"},
    KeySpec{"client_key", Shape::secret, false, "The certificate's private key, by reference.", "file:/run/secrets/client.key"},
    KeySpec{"proxy", Shape::text, false, "The proxy to go through, or none; HTTPS_PROXY and NO_PROXY count where it is not given.",
            "\"http://proxy.example:3128\""},
    KeySpec{"proxy_user", Shape::text, false, "Who we are at the proxy.", "penstock"},
    KeySpec{"proxy_password", Shape::secret, false, "The password at the proxy, by reference.", "env:PROXY_PASSWORD"},
    KeySpec{"connect_timeout", Shape::duration, false, "How long to wait for a connection, TLS included.", "10s"},
    KeySpec{"patience", Shape::duration, false, "How long to go on asking a server that does not answer.", "5m"},
};

constexpr std::array<std::string_view, 2> kPriorities = {"interactive", "batch"};

constexpr std::array kBigqueryKeys = {
    KeySpec{"project", Shape::text, true, "The project that pays for the queries.", "acme-analytics"},
    KeySpec{"location", Shape::text, false, "Where the jobs run; where the dataset is where it is not given.", "EU"},
    KeySpec{"credentials", Shape::secret, false,
            "The key file of a service account or of workload identity federation, by reference; the machine's own account without it.",
            "file:/run/secrets/bigquery.json"},
    KeySpec{"url", Shape::text, false, "The API's address where it is not Google's public one.",
            "\"https://bigquery-acme.p.googleapis.com\""},
    KeySpec{"reservation", Shape::text, false, "The reservation whose slots the jobs use, or none.",
            "projects/acme-admin/locations/EU/reservations/etl"},
    KeySpec{"priority", Shape::choice, false, "Whether jobs start at once, or when there is room; interactive where it is not given.",
            "batch", kPriorities},
    KeySpec{"maximum_bytes_billed", Shape::integer, false, "A query that would be billed for more bytes fails before it runs.",
            "1000000000000"},
};

constexpr std::array kDatabricksKeys = {
    KeySpec{"host", Shape::text, true, "The workspace's host.", "acme.cloud.databricks.com"},
    KeySpec{"warehouse", Shape::text, true, "The id of the SQL warehouse on which statements run, or its HTTP path.",
            "\"1a2b3c4d5e6f7a8b\""},
    KeySpec{"token", Shape::secret, false, "A personal access token, by reference.", "env:DATABRICKS_TOKEN"},
    KeySpec{"client_id", Shape::text, false, "The service principal, instead of a token.", "\"0b1c2d3e-0000-4000-8000-000000000000\""},
    KeySpec{"client_secret", Shape::secret, false, "The service principal's secret, by reference.", "env:DATABRICKS_CLIENT_SECRET"},
    KeySpec{"history_lag", Shape::duration, false,
            "How long the query history may lag behind: so long is looked for a statement whose sending was interrupted; 30s where it is "
            "not given.",
            "30s"},
};

// What `compute: NAME` of a step stands for.
constexpr std::array kTrinoComputeKeys = {
    KeySpec{"client_tags", Shape::text, false, "Tags for the cluster's resource groups, with commas.", "\"etl,large\""},
    KeySpec{"session_properties", Shape::text, false, "Session properties for every statement, with commas.", "\"query_max_memory=50GB\""},
};
constexpr ObjectSpec kTrinoCompute{"trino compute", "How a Trino cluster is to treat a step's statements.", kTrinoComputeKeys};

constexpr std::array kBigqueryComputeKeys = {
    KeySpec{"reservation", Shape::text, false, "The reservation whose slots are used, as projects/P/locations/L/reservations/NAME.",
            "\"projects/acme/locations/EU/reservations/etl\""},
};
constexpr ObjectSpec kBigqueryCompute{"bigquery compute", "With which slots a step's jobs run.", kBigqueryComputeKeys};

constexpr std::array kDatabricksComputeKeys = {
    KeySpec{"warehouse", Shape::text, false, "The id of the SQL warehouse.", "\"9f8e7d6c5b4a3210\""},
};
constexpr ObjectSpec kDatabricksCompute{"databricks compute", "On which SQL warehouse a step's statements run.", kDatabricksComputeKeys};

constexpr std::array kSnowflakeComputeKeys = {
    KeySpec{"warehouse", Shape::text, false, "The warehouse that computes.", "ETL_WH_L"},
};
constexpr ObjectSpec kSnowflakeCompute{"snowflake compute", "With which warehouse a step's statements run.", kSnowflakeComputeKeys};

constexpr std::array kSynapseKeys = {
    KeySpec{"host", Shape::text, true, "The server.", "acme.sql.azuresynapse.net"},
    KeySpec{"port", Shape::integer, false, "The server's port; 1433 where it is not given.", "1433"},
    KeySpec{"database", Shape::text, true, "The dedicated pool.", "warehouse"},
    KeySpec{"user", Shape::text, false, "The login.", "etl"},
    KeySpec{"password", Shape::secret, false, "The login's password, by reference.", "env:SYNAPSE_PASSWORD"},
    KeySpec{"connect_timeout", Shape::duration, false, "How long to wait for the server.", "10s"},
};

constexpr std::array kSnowflakeKeys = {
    KeySpec{"account", Shape::text, true, "The account's identifier: organization and account.", "acme-analytics"},
    KeySpec{"user", Shape::text, true, "The user in whose name statements run.", "ETL"},
    KeySpec{"private_key", Shape::secret, false, "The user's private key, by reference.", "file:/run/secrets/snowflake.p8"},
    KeySpec{"token", Shape::secret, false, "A programmatic access token instead of a key, by reference.", "env:SNOWFLAKE_TOKEN"},
    KeySpec{"role", Shape::text, false, "The role that runs statements.", "TRANSFORMER"},
    KeySpec{"warehouse", Shape::text, true, "The warehouse that computes.", "ETL_WH"},
};

constexpr std::array kEnvironmentKeys = {
    KeySpec{"target", Shape::given_name, true, "The connection on which pipelines run.", "warehouse"},
    KeySpec{"description", Shape::text, false, "What it is for.", "What the analysts read"},
};
constexpr ObjectSpec kEnvironment{"environment", "Where pipelines run: the same files for development and production.", kEnvironmentKeys};

constexpr ObjectSpec kConnection{"connection", "One engine and how it is reached. Further keys depend on its type.", kCommonKeys};

constexpr std::array kProjectKeys = {
    KeySpec{"project", Shape::given_name, true, "The project's name.", "sales"},
    KeySpec{"description", Shape::text, false, "What it is for.", "Everything that finance reads"},
    KeySpec{"connections",
            Shape::object_map,
            false,
            "The engines, by name.",
            "{ local: { type: duckdb, path: sales.duckdb } }",
            {},
            &kConnection},
    KeySpec{"environments",
            Shape::object_map,
            false,
            "Where pipelines run, by name. The first one is taken where none is asked for.",
            "{ dev: { target: local } }",
            {},
            &kEnvironment,
            Shape::given_name,
            true},
};
constexpr ObjectSpec kProject{"project", "The file penstock.yaml at the root of a project.", kProjectKeys};

// The keys of every connection and then those of one type, as one row of keys.
class TypedConnection {
 public:
  TypedConnection(std::string_view name, std::string_view doc, std::span<const KeySpec> own, std::span<const KeySpec> shared = {},
                  const ObjectSpec* compute = nullptr, std::string_view compute_example = {})
      : keys_(kCommonKeys.begin(), kCommonKeys.end()), object_{name, doc, {}} {
    keys_.insert(keys_.end(), own.begin(), own.end());
    keys_.insert(keys_.end(), shared.begin(), shared.end());
    if (compute != nullptr) {
      keys_.push_back({"compute",
                       Shape::object_map,
                       false,
                       "What steps call by `compute: NAME`, by name: settings that hold for their statements instead of the connection's.",
                       compute_example,
                       {},
                       compute});
    }
    object_.keys = keys_;
  }
  TypedConnection(const TypedConnection&) = delete;
  TypedConnection& operator=(const TypedConnection&) = delete;

  const ObjectSpec& object() const { return object_; }

 private:
  std::vector<KeySpec> keys_;
  ObjectSpec object_;
};

}  // namespace

const ObjectSpec& project_spec() { return kProject; }
const ObjectSpec& environment_spec() { return kEnvironment; }
const ObjectSpec& connection_spec() { return kConnection; }

std::span<const ConnectionType> connection_types() {
  static const TypedConnection duckdb("duckdb connection", "A DuckDB database in the process itself.", kDuckdbKeys);
  static const TypedConnection postgres("postgres connection", "A PostgreSQL server.", kPostgresKeys);
  static const TypedConnection trino("trino connection", "A Trino or Starburst cluster.", kTrinoKeys, kHttpKeys, &kTrinoCompute,
                                     "{ large: { client_tags: large } }");
  static const TypedConnection bigquery("bigquery connection", "A BigQuery project.", kBigqueryKeys, kHttpKeys, &kBigqueryCompute,
                                        "{ large: { reservation: projects/acme/locations/EU/reservations/etl } }");
  static const TypedConnection databricks("databricks connection", "A SQL warehouse of Databricks.", kDatabricksKeys, kHttpKeys,
                                          &kDatabricksCompute, "{ large: { warehouse: \"9f8e7d6c5b4a3210\" } }");
  static const TypedConnection synapse("synapse connection", "A dedicated pool of Azure Synapse.", kSynapseKeys);
  static const TypedConnection snowflake("snowflake connection", "A Snowflake account.", kSnowflakeKeys, {}, &kSnowflakeCompute,
                                         "{ large: { warehouse: ETL_WH_L } }");
  static const std::array types = {ConnectionType{"duckdb", &duckdb.object()},         ConnectionType{"postgres", &postgres.object()},
                                   ConnectionType{"trino", &trino.object()},           ConnectionType{"bigquery", &bigquery.object()},
                                   ConnectionType{"databricks", &databricks.object()}, ConnectionType{"snowflake", &snowflake.object()},
                                   ConnectionType{"synapse", &synapse.object()}};
  return types;
}

const ObjectSpec* find_connection_type(std::string_view type) {
  for (const ConnectionType& candidate : connection_types()) {
    if (candidate.type == type) return candidate.object;
  }
  return nullptr;
}

const ObjectSpec* find_compute_spec(std::string_view type) {
  const ObjectSpec* connection = find_connection_type(type);
  const KeySpec* key = connection == nullptr ? nullptr : find_key(*connection, "compute");
  return key == nullptr ? nullptr : key->object;
}

}  // namespace penstock::model
