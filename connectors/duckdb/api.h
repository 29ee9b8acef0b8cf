#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pipelines/base/result.h"

namespace penstock::duckdb {

/// The part of DuckDB's C API that is used, declared here so that the build needs neither header nor library. Names, shapes and numbers
/// are those of duckdb.h 1.4.4, tried with libduckdb 1.5.6 (2026-11-21); the C API is stable since 1.0.
struct DatabaseHandle;
struct ConnectionHandle;
struct ConfigHandle;
struct StatementHandle;
struct ChunkHandle;
struct VectorHandle;
struct TypeHandle;

using Index = std::uint64_t;

/// duckdb_result: ours to place, DuckDB's to fill.
struct RawResult {
  Index column_count = 0;
  Index row_count = 0;
  Index rows_changed = 0;
  void* columns = nullptr;
  char* error_message = nullptr;
  void* internal_data = nullptr;
};

/// Of duckdb_result_type and duckdb_statement_type.
inline constexpr int kReturnsChangedRows = 1;
inline constexpr int kSelectStatement = 1;
inline constexpr int kCreateStatement = 7;

/// duckdb_type.
enum class TypeId : int {
  invalid = 0,
  boolean = 1,
  tinyint = 2,
  smallint = 3,
  integer = 4,
  bigint = 5,
  utinyint = 6,
  usmallint = 7,
  uinteger = 8,
  ubigint = 9,
  float32 = 10,
  float64 = 11,
  timestamp = 12,
  date = 13,
  time = 14,
  interval = 15,
  hugeint = 16,
  varchar = 17,
  blob = 18,
  decimal = 19,
  timestamp_s = 20,
  timestamp_ms = 21,
  timestamp_ns = 22,
  enumeration = 23,
  list = 24,
  structure = 25,
  map = 26,
  uuid = 27,
  timestamp_tz = 31,
  uhugeint = 32,
  array = 33,
};

/// One pointer per function, by its name without the prefix `duckdb_`. `state` is 0 for success.
#define PENSTOCK_DUCKDB_FUNCTIONS(FUNCTION)                                                               \
  FUNCTION(library_version, const char*, ())                                                              \
  FUNCTION(create_config, int, (ConfigHandle**))                                                          \
  FUNCTION(set_config, int, (ConfigHandle*, const char* name, const char* value))                         \
  FUNCTION(destroy_config, void, (ConfigHandle**))                                                        \
  FUNCTION(open_ext, int, (const char* path, DatabaseHandle**, ConfigHandle*, char** error))              \
  FUNCTION(close, void, (DatabaseHandle**))                                                               \
  FUNCTION(connect, int, (DatabaseHandle*, ConnectionHandle**))                                           \
  FUNCTION(disconnect, void, (ConnectionHandle**))                                                        \
  FUNCTION(interrupt, void, (ConnectionHandle*))                                                          \
  FUNCTION(query, int, (ConnectionHandle*, const char* sql, RawResult*))                                  \
  FUNCTION(prepare, int, (ConnectionHandle*, const char* sql, StatementHandle**))                         \
  FUNCTION(destroy_prepare, void, (StatementHandle**))                                                    \
  FUNCTION(prepared_statement_type, int, (StatementHandle*))                                              \
  FUNCTION(bind_varchar_length, int, (StatementHandle*, Index parameter, const char* text, Index length)) \
  FUNCTION(execute_prepared, int, (StatementHandle*, RawResult*))                                         \
  FUNCTION(execute_prepared_streaming, int, (StatementHandle*, RawResult*))                               \
  FUNCTION(destroy_result, void, (RawResult*))                                                            \
  FUNCTION(result_error, const char*, (RawResult*))                                                       \
  FUNCTION(result_error_type, int, (RawResult*))                                                          \
  FUNCTION(result_return_type, int, (RawResult))                                                          \
  FUNCTION(result_statement_type, int, (RawResult))                                                       \
  FUNCTION(rows_changed, Index, (RawResult*))                                                             \
  FUNCTION(column_count, Index, (RawResult*))                                                             \
  FUNCTION(column_name, const char*, (RawResult*, Index column))                                          \
  FUNCTION(column_logical_type, TypeHandle*, (RawResult*, Index column))                                  \
  FUNCTION(fetch_chunk, ChunkHandle*, (RawResult))                                                        \
  FUNCTION(destroy_data_chunk, void, (ChunkHandle**))                                                     \
  FUNCTION(data_chunk_get_size, Index, (ChunkHandle*))                                                    \
  FUNCTION(data_chunk_get_vector, VectorHandle*, (ChunkHandle*, Index column))                            \
  FUNCTION(vector_get_data, void*, (VectorHandle*))                                                       \
  FUNCTION(vector_get_validity, std::uint64_t*, (VectorHandle*))                                          \
  FUNCTION(destroy_logical_type, void, (TypeHandle**))                                                    \
  FUNCTION(get_type_id, int, (TypeHandle*))                                                               \
  FUNCTION(decimal_width, std::uint8_t, (TypeHandle*))                                                    \
  FUNCTION(decimal_scale, std::uint8_t, (TypeHandle*))                                                    \
  FUNCTION(decimal_internal_type, int, (TypeHandle*))                                                     \
  FUNCTION(enum_internal_type, int, (TypeHandle*))                                                        \
  FUNCTION(enum_dictionary_value, char*, (TypeHandle*, Index index))                                      \
  FUNCTION(list_type_child_type, TypeHandle*, (TypeHandle*))                                              \
  FUNCTION(free, void, (void*))

struct Api {
#define PENSTOCK_DUCKDB_POINTER(name, result, parameters) result(*name) parameters = nullptr;
  PENSTOCK_DUCKDB_FUNCTIONS(PENSTOCK_DUCKDB_POINTER)
#undef PENSTOCK_DUCKDB_POINTER

  std::string path;  ///< The library's file, as the loader was given it.
};

/// Loads libduckdb.so and keeps it for the life of the process. Looked for in this order: `library` when it is not empty, the file in
/// PENSTOCK_DUCKDB_LIBRARY, ${XDG_CACHE_HOME:-~/.cache}/penstock/duckdb-*/libduckdb.so (the newest), the system's library path.
/// Errors: invalid_input, with a hint how to get it, for it does not come by itself. Any thread.
Result<std::shared_ptr<const Api>> load_api(const std::string& library);

}  // namespace penstock::duckdb
