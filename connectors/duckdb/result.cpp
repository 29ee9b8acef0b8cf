#include "connectors/duckdb/result.h"

#include <array>
#include <cstring>
#include <limits>
#include <memory>

#include "connectors/cell.h"

namespace penstock::duckdb {

namespace {

struct TypeDeleter {
  const Api* api;
  void operator()(TypeHandle* type) const { api->destroy_logical_type(&type); }
};
using Type = std::unique_ptr<TypeHandle, TypeDeleter>;

struct ChunkDeleter {
  const Api* api;
  void operator()(ChunkHandle* chunk) const { api->destroy_data_chunk(&chunk); }
};
using Chunk = std::unique_ptr<ChunkHandle, ChunkDeleter>;

/// duckdb_string_t: up to 12 bytes stand in place.
struct StringCell {
  std::uint32_t length;
  std::array<char, 4> prefix;
  const char* pointer;
};
constexpr std::uint32_t kInlineBytes = 12;

struct HugeCell {
  std::uint64_t lower;
  std::int64_t upper;
};

struct TypeName {
  TypeId id;
  const char* name;
};
constexpr std::array<TypeName, 29> kTypeNames = {{
    {TypeId::boolean, "BOOLEAN"},
    {TypeId::tinyint, "TINYINT"},
    {TypeId::smallint, "SMALLINT"},
    {TypeId::integer, "INTEGER"},
    {TypeId::bigint, "BIGINT"},
    {TypeId::utinyint, "UTINYINT"},
    {TypeId::usmallint, "USMALLINT"},
    {TypeId::uinteger, "UINTEGER"},
    {TypeId::ubigint, "UBIGINT"},
    {TypeId::float32, "FLOAT"},
    {TypeId::float64, "DOUBLE"},
    {TypeId::timestamp, "TIMESTAMP"},
    {TypeId::date, "DATE"},
    {TypeId::time, "TIME"},
    {TypeId::interval, "INTERVAL"},
    {TypeId::hugeint, "HUGEINT"},
    {TypeId::varchar, "VARCHAR"},
    {TypeId::blob, "BLOB"},
    {TypeId::timestamp_s, "TIMESTAMP_S"},
    {TypeId::timestamp_ms, "TIMESTAMP_MS"},
    {TypeId::timestamp_ns, "TIMESTAMP_NS"},
    {TypeId::enumeration, "ENUM"},
    {TypeId::structure, "STRUCT"},
    {TypeId::map, "MAP"},
    {TypeId::uuid, "UUID"},
    {TypeId::timestamp_tz, "TIMESTAMP WITH TIME ZONE"},
    {TypeId::uhugeint, "UHUGEINT"},
    {TypeId::array, "ARRAY"},
    {TypeId::list, "LIST"},
}};

std::string name_of_type(const Api& api, TypeHandle* type) {
  const auto id = static_cast<TypeId>(api.get_type_id(type));
  if (id == TypeId::decimal) {
    return "DECIMAL(" + std::to_string(api.decimal_width(type)) + "," + std::to_string(api.decimal_scale(type)) + ")";
  }
  if (id == TypeId::list) {
    const Type child(api.list_type_child_type(type), TypeDeleter{&api});
    return name_of_type(api, child.get()) + "[]";
  }
  for (const TypeName& known : kTypeNames) {
    if (known.id == id) return known.name;
  }
  return "UNKNOWN";
}

template <typename Number>
Number at(const void* data, Index row) {
  Number value;
  std::memcpy(&value, static_cast<const char*>(data) + row * sizeof(Number), sizeof(Number));
  return value;
}

std::string_view string_at(const void* data, Index row) {
  const auto& cell = static_cast<const StringCell*>(data)[row];
  if (cell.length > kInlineBytes) return {cell.pointer, cell.length};
  return {reinterpret_cast<const char*>(&cell) + sizeof(cell.length), cell.length};
}

connectors::Int128 huge_at(const void* data, Index row) {
  const auto cell = at<HugeCell>(data, row);
  return (connectors::Int128{cell.upper} << 64) + connectors::Int128{cell.lower};
}

std::string uuid_text(const void* data, Index row) {
  // The top bit is stored flipped, so that UUIDs sort as numbers.
  const auto cell = at<HugeCell>(data, row);
  const std::uint64_t upper = static_cast<std::uint64_t>(cell.upper) ^ (std::uint64_t{1} << 63U);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned digit = 0; digit < 32; ++digit) {
    const std::uint64_t half = digit < 16 ? upper : cell.lower;
    text += kDigits[(half >> (60U - 4U * (digit % 16U))) & 15U];
    if (digit == 7 || digit == 11 || digit == 15 || digit == 19) text += '-';
  }
  return text;
}

std::string timestamp_text(std::int64_t units, std::int64_t per_second, std::string_view zone = {}) {
  if (units == std::numeric_limits<std::int64_t>::max()) return "infinity";
  if (units == -std::numeric_limits<std::int64_t>::max()) return "-infinity";
  return connectors::text_of_timestamp(units, per_second, zone);
}

std::string date_text(std::int32_t days) {
  if (days == std::numeric_limits<std::int32_t>::max()) return "infinity";
  if (days == -std::numeric_limits<std::int32_t>::max()) return "-infinity";
  return connectors::text_of_date(days);
}

connectors::Int128 integer_at(TypeId id, const void* data, Index row) {
  switch (id) {
    case TypeId::tinyint:
      return at<std::int8_t>(data, row);
    case TypeId::smallint:
      return at<std::int16_t>(data, row);
    case TypeId::integer:
      return at<std::int32_t>(data, row);
    case TypeId::bigint:
      return at<std::int64_t>(data, row);
    case TypeId::utinyint:
      return at<std::uint8_t>(data, row);
    case TypeId::usmallint:
      return at<std::uint16_t>(data, row);
    case TypeId::uinteger:
      return at<std::uint32_t>(data, row);
    case TypeId::ubigint:
      return connectors::Int128{at<std::uint64_t>(data, row)};
    default:
      return huge_at(data, row);
  }
}

std::string enum_text(const Api& api, TypeHandle* type, const void* data, Index row) {
  const auto index = static_cast<Index>(integer_at(static_cast<TypeId>(api.enum_internal_type(type)), data, row));
  char* value = api.enum_dictionary_value(type, index);
  std::string text = value == nullptr ? std::string() : value;
  api.free(value);
  return text;
}

std::string cell_text(const Api& api, TypeHandle* type, const void* data, Index row) {
  constexpr std::int64_t kMicros = 1'000'000;
  const auto id = static_cast<TypeId>(api.get_type_id(type));
  switch (id) {
    case TypeId::boolean:
      return at<std::uint8_t>(data, row) != 0 ? "true" : "false";
    case TypeId::float32:
      return connectors::text_of_float(at<float>(data, row));
    case TypeId::float64:
      return connectors::text_of_double(at<double>(data, row));
    case TypeId::decimal: {
      const auto internal = static_cast<TypeId>(api.decimal_internal_type(type));
      return connectors::text_of_decimal(integer_at(internal, data, row), api.decimal_scale(type));
    }
    case TypeId::date:
      return date_text(at<std::int32_t>(data, row));
    case TypeId::time:
      return connectors::text_of_time(at<std::int64_t>(data, row), kMicros);
    case TypeId::timestamp:
      return timestamp_text(at<std::int64_t>(data, row), kMicros);
    case TypeId::timestamp_tz:
      return timestamp_text(at<std::int64_t>(data, row), kMicros, "+00");
    case TypeId::timestamp_s:
      return timestamp_text(at<std::int64_t>(data, row), 1);
    case TypeId::timestamp_ms:
      return timestamp_text(at<std::int64_t>(data, row), 1000);
    case TypeId::timestamp_ns:
      return timestamp_text(at<std::int64_t>(data, row), 1'000'000'000);
    case TypeId::varchar:
      return std::string(string_at(data, row));
    case TypeId::blob:
      return connectors::text_of_bytes(string_at(data, row));
    case TypeId::uuid:
      return uuid_text(data, row);
    case TypeId::enumeration:
      return enum_text(api, type, data, row);
    default:
      return connectors::text_of_decimal(integer_at(id, data, row), 0);
  }
}

bool writes_itself(TypeId id) {
  switch (id) {
    case TypeId::invalid:
    case TypeId::interval:
    case TypeId::list:
    case TypeId::structure:
    case TypeId::map:
    case TypeId::array:
    case TypeId::uhugeint:
      return false;
    default:
      return static_cast<int>(id) <= static_cast<int>(TypeId::uuid) || id == TypeId::timestamp_tz;
  }
}

bool is_valid(const std::uint64_t* validity, Index row) { return validity == nullptr || ((validity[row / 64] >> (row % 64)) & 1U) != 0; }

}  // namespace

std::string QueryResult::error_text() {
  const char* text = api_.result_error(&raw_);
  return text == nullptr ? std::string() : text;
}

std::int64_t QueryResult::rows_written() {
  if (api_.result_return_type(raw_) == kReturnsChangedRows) {
    const Index changed = api_.rows_changed(&raw_);
    if (changed != 0 || api_.result_statement_type(raw_) != kCreateStatement) return static_cast<std::int64_t>(changed);
  } else if (api_.result_statement_type(raw_) != kCreateStatement) {
    return -1;
  }
  if (api_.column_count(&raw_) != 1 || std::string_view(api_.column_name(&raw_, 0)) != "Count") return -1;
  std::vector<connectors::Row> rows;
  bool more = false;
  if (!fetch(rows, 1, more) || rows.empty() || !rows[0][0]) return -1;
  return std::stoll(*rows[0][0]);
}

std::vector<connectors::ResultColumn> QueryResult::columns() {
  std::vector<connectors::ResultColumn> columns;
  const Index count = api_.column_count(&raw_);
  for (Index i = 0; i < count; ++i) {
    const Type type(api_.column_logical_type(&raw_, i), TypeDeleter{&api_});
    columns.push_back({api_.column_name(&raw_, i), name_of_type(api_, type.get())});
  }
  return columns;
}

std::vector<Index> QueryResult::columns_for_the_engine() {
  std::vector<Index> numbers;
  const Index count = api_.column_count(&raw_);
  for (Index i = 0; i < count; ++i) {
    const Type type(api_.column_logical_type(&raw_, i), TypeDeleter{&api_});
    if (!writes_itself(static_cast<TypeId>(api_.get_type_id(type.get())))) numbers.push_back(i);
  }
  return numbers;
}

bool QueryResult::fetch(std::vector<connectors::Row>& rows, std::size_t most, bool& more) {
  const Index count = api_.column_count(&raw_);
  std::vector<Type> types;
  for (Index i = 0; i < count; ++i) types.emplace_back(api_.column_logical_type(&raw_, i), TypeDeleter{&api_});
  more = false;
  while (true) {
    const Chunk chunk(api_.fetch_chunk(raw_), ChunkDeleter{&api_});
    if (chunk == nullptr) return api_.result_error(&raw_) == nullptr;
    const Index size = api_.data_chunk_get_size(chunk.get());
    const Index wanted = std::min<Index>(size, most - rows.size());
    const std::size_t first = rows.size();
    rows.resize(first + wanted, connectors::Row(count));
    for (Index column = 0; column < count; ++column) {
      VectorHandle* vector = api_.data_chunk_get_vector(chunk.get(), column);
      const void* data = api_.vector_get_data(vector);
      const std::uint64_t* validity = api_.vector_get_validity(vector);
      for (Index row = 0; row < wanted; ++row) {
        if (is_valid(validity, row)) rows[first + row][column] = cell_text(api_, types[column].get(), data, row);
      }
    }
    if (size > wanted) {
      more = true;
      return true;
    }
  }
}

}  // namespace penstock::duckdb
