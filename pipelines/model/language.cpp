#include "pipelines/model/language.h"

#include <algorithm>
#include <array>

namespace penstock::model {
namespace {

constexpr std::array<std::string_view, 6> kPublishModes = {"view", "table", "append", "merge", "delete_insert", "scd2"};
constexpr std::array<std::string_view, 4> kDriftPolicies = {"fail", "add", "widen", "sync"};
constexpr std::array<std::string_view, 2> kMissingPolicies = {"keep", "close"};
constexpr std::array<std::string_view, 7> kIntervalUnits = {"minute", "hour", "day", "week", "month", "quarter", "year"};
constexpr std::array<std::string_view, 2> kGaps = {"shift", "skip"};
constexpr std::array<std::string_view, 3> kOverlaps = {"first", "second", "both"};
constexpr std::array<std::string_view, 3> kMisfires = {"skip", "last", "all"};
constexpr std::array<std::string_view, 5> kConcurrencies = {"skip", "queue_one", "queue_all", "cancel_running", "allow"};
constexpr std::array<std::string_view, 2> kSeverities = {"error", "warn"};
constexpr std::array<std::string_view, 2> kLayoutChanges = {"keep", "rebuild"};

constexpr std::array kScheduleKeys = {
    KeySpec{"cron", Shape::text, true,
            "Five fields (minute, hour, day of the month, month, day of the week), or @hourly, @daily, @weekly, @monthly, @yearly.",
            "\"15 2 * * *\""},
    KeySpec{"timezone", Shape::text, false, "The IANA time zone of the times; UTC where it is not given.", "America/New_York"},
    KeySpec{"interval", Shape::choice, false,
            "The calendar unit that one run covers, from :interval_start to :interval_end. Not given: the unit in which the cron fires "
            "once, or the time from the start before to this one.",
            "month", kIntervalUnits},
    KeySpec{"dst_gap", Shape::choice, false,
            "A time that the clocks leave out in spring: shift starts at the first moment after it, skip does not start.", "shift", kGaps},
    KeySpec{"dst_overlap", Shape::choice, false, "A time that comes twice in autumn: start at the first, the second or both.", "first",
            kOverlaps},
    KeySpec{"misfire", Shape::choice, false,
            "Starts that were missed while the daemon was down or the pipeline paused: skip them, make up for the last one, or for all.",
            "last", kMisfires},
    KeySpec{"misfire_window", Shape::duration, false, "Starts that were missed longer ago than this are skipped.", "24h"},
    KeySpec{"overlap", Shape::choice, false,
            "What to do when the run before has not ended: skip this one, queue one, queue all, cancel the running one, or allow both.",
            "skip", kConcurrencies},
};
constexpr ObjectSpec kSchedule{"schedule", "When a pipeline starts by itself.", kScheduleKeys};

constexpr std::array kParameterKeys = {
    KeySpec{"type", Shape::type, true, "The type of the value.", "text"},
    KeySpec{"default", Shape::value, false, "The value where the run gives none. Without it every run has to give one.", "emea"},
    KeySpec{"description", Shape::text, false, "What it is for.", "The region to report on"},
};
constexpr ObjectSpec kParameter{"parameter", "A value that a run supplies; SQL and expressions read it as :name.", kParameterKeys};

constexpr std::array kSourceKeys = {
    KeySpec{"table", Shape::table, true, "The table as the target knows it, in up to three parts. Parts left out are the connection's own.",
            "raw.orders"},
    KeySpec{"columns", Shape::type_map, false,
            "Its columns with their types, followed by `not null` where a column never is, and by `trimmed` where a text never ends in a "
            "blank. Not given: those of the snapshot that `penstock sources pull` takes.",
            "{ order_id: int64 not null, amount: \"decimal(12,2)\" }"},
    KeySpec{"description", Shape::text, false, "What the table holds.", "Orders as the shop exports them"},
};
constexpr ObjectSpec kSource{"source", "A table that the pipeline reads and does not make.", kSourceKeys};

constexpr std::array kPublishKeys = {
    KeySpec{
        "as", Shape::choice, true,
        "The write mode: view and table replace the whole; append adds; merge replaces rows by key; delete_insert replaces the rows of a "
        "key or of the run's interval; scd2 keeps every version.",
        "merge", kPublishModes},
    KeySpec{"key", Shape::names, false, "The columns that identify a row: for merge, scd2, and delete_insert by key.", "[order_id]"},
    KeySpec{"interval", Shape::name, false, "delete_insert: the date or timestamp column that says to which interval a row belongs.",
            "order_date"},
    KeySpec{"effective_at", Shape::name, false,
            "scd2: the column that says from when a version holds; otherwise the start of the interval, or of the run.", "updated_at"},
    KeySpec{"tracked", Shape::names, false, "scd2: the columns whose change makes a version; otherwise all but the key.", "[name, city]"},
    KeySpec{"deleted_when", Shape::name, false,
            "scd2: the boolean column that says that a row is a deletion. Its key's version ends there, and none begins.", "is_deleted"},
    KeySpec{"on_missing", Shape::choice, false,
            "scd2 of a query that gives every key at every run, without effective_at: what becomes of a key that it no longer gives. keep "
            "leaves its version open, close ends it.",
            "keep", kMissingPolicies},
    KeySpec{"newest_by", Shape::name, false,
            "merge: the column whose greater value wins: a row that comes replaces only one that is no newer. Runs may then publish in any "
            "order.",
            "updated_at"},
    KeySpec{"table", Shape::name, false, "The published table's name where it is not the step's.", "daily_sales"},
    KeySpec{
        "on_schema_change", Shape::choice, false,
        "When the step's columns differ from the published table's: fail, add new columns, widen types too, or sync (which drops columns).",
        "fail", kDriftPolicies},
};
constexpr ObjectSpec kPublish{"publish", "How the step's rows reach their table, once their checks have passed.", kPublishKeys};

constexpr std::array kLayoutKeys = {
    KeySpec{"partition", Shape::partition, false,
            "What the table is divided by: columns, each of whose values has a part of its own; year, month, day or hour of a column; "
            "bucket(16, column), the remainder of a hash; range(column, 0, 1000, 100), steps of whole numbers.",
            "month(sold_on)"},
    KeySpec{"cluster", Shape::names, false, "The columns whose near values are to lie together, the most important first.", "[shop]"},
    KeySpec{"distribute", Shape::names, false,
            "On which node a row lies: by the columns that tables are joined by, or even (in turn), or all (a copy on every node).",
            "[shop]"},
    KeySpec{"sort", Shape::names, false, "The columns by which rows are in order within what lies together.", "[shop, sold_on]"},
    KeySpec{"properties", Shape::property_map, false, "Settings of the table in the target's own words.", "{ fillfactor: 70 }"},
    KeySpec{
        "on_change", Shape::choice, false,
        "What becomes of a table that is kept from run to run when its layout here has changed: keep leaves it as it lies, rebuild makes "
        "it anew with its rows at the next run.",
        "rebuild", kLayoutChanges},
};
constexpr ObjectSpec kLayout{"layout", "How the rows of the step's table lie. What the target cannot follow, `penstock plan` says.",
                             kLayoutKeys};

constexpr std::array kRetryKeys = {
    KeySpec{"attempts", Shape::integer, false, "How often a statement is tried in all; 1 means never again. Only errors that may pass.",
            "3"},
    KeySpec{"first_delay", Shape::duration, false, "The pause before the second try; it doubles from then on.", "5s"},
    KeySpec{"longest_delay", Shape::duration, false, "The longest pause.", "5m"},
};
constexpr ObjectSpec kRetry{"retry", "What is done about errors that may pass by themselves.", kRetryKeys};

constexpr std::array kCheckItemKeys = {
    KeySpec{"severity", Shape::choice, false, "error: the rows are not published; warn: they are, and the run says so.", "warn",
            kSeverities},
    KeySpec{"name", Shape::given_name, false, "A name for reports; otherwise made from the kind and the columns.", "plausible_amount"},
};
constexpr ObjectSpec kCheckItem{"check item", "One check: its kind with its parameters, and what follows from it.", kCheckItemKeys};
constexpr ObjectSpec kCallItem{"call", "One component with its parameters.", {}};

constexpr std::array kStepKeys = {
    KeySpec{"name", Shape::given_name, true, "The step's name, by which other steps read it, and the name of its table.", "daily_sales"},
    KeySpec{"description", Shape::text, false, "What the table holds.", "Sales per day and shop"},
    KeySpec{"sql", Shape::sql, false,
            "One SELECT in the portable language, which is PostgreSQL's. It reads steps and sources by their names.",
            "select shop, sum(amount) as amount from orders group by shop"},
    KeySpec{"from", Shape::given_name, false, "The step or source with which a chain of components begins.", "orders"},
    KeySpec{"do",
            Shape::tagged,
            false,
            "The components of the chain, one after the other.",
            "[{ filter: amount > 0 }, { distinct: {} }]",
            {},
            &kCallItem},
    KeySpec{"native_sql", Shape::sql, false,
            "One SELECT in the target's own language, passed through as it is; only :name becomes the value of a parameter.",
            "select * from orders qualify row_number() over (partition by id order by updated_at desc) = 1"},
    KeySpec{"columns", Shape::type_map, false,
            "native_sql: the columns that it gives. Not given: they are unknown, and so is their lineage.",
            "{ shop: text, amount: \"decimal(12,2)\" }"},
    KeySpec{"reads", Shape::names, false, "native_sql: the steps and sources that it names.", "[orders]"},
    KeySpec{"publish", Shape::object, false,
            "How the rows reach their table: a write mode, or a mapping with its settings. Default: table.",
            "{ as: merge, key: [order_id] }", kPublishModes, &kPublish, Shape::choice, true},
    KeySpec{"layout",
            Shape::object,
            false,
            "How the rows of its table lie: divided, kept together, distributed, in order.",
            "{ partition: month(sold_on), cluster: [shop] }",
            {},
            &kLayout},
    KeySpec{"compute", Shape::given_name, false,
            "With what it is computed: a name under `compute:` of the connection. Otherwise the pipeline's, or what the connection has.",
            "large"},
    KeySpec{"checks",
            Shape::tagged,
            false,
            "Audits of the new rows, made before they are published.",
            "[{ not_null: [shop, day] }]",
            {},
            &kCheckItem},
    KeySpec{"after", Shape::names, false, "Steps that must have finished first although they are not read.", "[exchange_rates]"},
    KeySpec{"retry",
            Shape::object,
            false,
            "What is done about errors that may pass; a number is the attempts in all.",
            "{ attempts: 5 }",
            {},
            &kRetry,
            Shape::integer,
            true},
    KeySpec{"timeout", Shape::duration, false, "The longest time that one try may take.", "30m"},
    KeySpec{"tags", Shape::values, false, "Words to select steps by.", "[finance]"},
};
constexpr ObjectSpec kStep{"step", "One table: the query that makes it, how it is published and what must hold.", kStepKeys};

constexpr std::array kPipelineKeys = {
    KeySpec{"pipeline", Shape::given_name, true, "The pipeline's name, unique in the project.", "sales"},
    KeySpec{"description", Shape::text, false, "What it is for.", "Daily sales of all shops"},
    KeySpec{"owner", Shape::text, false, "Who answers for it.", "finance-data"},
    KeySpec{"tags", Shape::values, false, "Words to select pipelines by.", "[finance, daily]"},
    KeySpec{"schedule",
            Shape::object,
            false,
            "When it starts by itself; a text is the cron expression in UTC.",
            "{ cron: \"15 2 * * *\", timezone: Europe/Berlin }",
            {},
            &kSchedule,
            Shape::text,
            true},
    KeySpec{"target", Shape::given_name, false, "The connection on which it runs; otherwise the environment's.", "warehouse"},
    KeySpec{"schema", Shape::name, false, "Where its tables are published; otherwise the connection's schema.", "marts"},
    KeySpec{"compute", Shape::given_name, false, "With what its steps are computed that do not say it themselves.", "large"},
    KeySpec{"parameters",
            Shape::object_map,
            false,
            "Values that a run supplies, by name; a text is the type.",
            "{ region: { type: text, default: emea } }",
            {},
            &kParameter,
            Shape::type,
            true},
    KeySpec{"sources",
            Shape::object_map,
            false,
            "Tables that it reads and does not make, by the name that steps use; a text is the table.",
            "{ orders: { table: raw.orders } }",
            {},
            &kSource,
            Shape::table,
            true},
    KeySpec{"steps",
            Shape::object_list,
            true,
            "The tables that it makes. Their order does not matter.",
            "[{ name: one, sql: select 1 as one }]",
            {},
            &kStep},
};
constexpr ObjectSpec kPipeline{"pipeline", "A file below pipelines/: one pipeline.", kPipelineKeys};

}  // namespace

const ObjectSpec& pipeline_spec() { return kPipeline; }
const ObjectSpec& source_spec() { return kSource; }
const ObjectSpec& parameter_spec() { return kParameter; }
const ObjectSpec& schedule_spec() { return kSchedule; }
const ObjectSpec& step_spec() { return kStep; }
const ObjectSpec& publish_spec() { return kPublish; }
const ObjectSpec& layout_spec() { return kLayout; }
const ObjectSpec& retry_spec() { return kRetry; }
const ObjectSpec& check_item_spec() { return kCheckItem; }
const ObjectSpec& call_item_spec() { return kCallItem; }

std::span<const std::string_view> publish_modes() { return kPublishModes; }
std::span<const std::string_view> drift_policies() { return kDriftPolicies; }
std::span<const std::string_view> missing_policies() { return kMissingPolicies; }
std::span<const std::string_view> interval_units() { return kIntervalUnits; }

std::string_view word_of(Publish::Mode mode) { return kPublishModes.at(static_cast<std::size_t>(mode)); }
std::string_view word_of(Publish::Drift drift) { return kDriftPolicies.at(static_cast<std::size_t>(drift)); }
std::string_view word_of(IntervalUnit unit) { return kIntervalUnits.at(static_cast<std::size_t>(unit)); }
std::string_view word_of(Check::Severity severity) { return kSeverities.at(static_cast<std::size_t>(severity)); }

const KeySpec* find_key(const ObjectSpec& object, std::string_view key) {
  const auto found = std::find_if(object.keys.begin(), object.keys.end(), [key](const KeySpec& spec) { return spec.name == key; });
  return found == object.keys.end() ? nullptr : &*found;
}

std::span<const ObjectSpec* const> language_objects() {
  static const std::array<const ObjectSpec*, 12> objects = {
      &project_spec(), &connection_spec(), &environment_spec(), &kPipeline, &kSchedule, &kParameter, &kSource, &kStep,
      &kPublish,       &kLayout,           &kCheckItem,         &kRetry};
  return objects;
}

}  // namespace penstock::model
