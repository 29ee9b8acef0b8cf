#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "pipelines/dialects/layout_facts.h"

namespace penstock::dialects {

/// How the rows of a published table are replaced in one atomic act.
enum class Replace {
  rename_in_transaction,         ///< BEGIN; drop the old table, rename the staged one; COMMIT.
  delete_insert_in_transaction,  ///< BEGIN; DELETE; INSERT from the staged table; COMMIT: keeps grants, views and indexes of the target.
  create_or_replace,             ///< CREATE OR REPLACE TABLE ... AS, one atomic statement.
};

/// How an unsure outcome of a publish is settled.
enum class Settlement {
  ledger,    ///< A row of penstock_ledger commits together with the change.
  snapshot,  ///< The table's own history names the query that wrote it.
  job,       ///< The engine keeps the job under an id that we chose.
};

/// How a publishing transaction keeps other writers off the table while it decides and writes.
enum class Hold {
  by_statement,  ///< There is one statement, and the engine commits it against the state that it read, or not at all.
  lock_table,    ///< LOCK TABLE at the head of the transaction: others wait, whoever they are.
  working_name,  ///< A working table named after the table is made and dropped first: of two that do so at once, one fails with a conflict.
  ledger_row,    ///< The table's own row in penstock_ledger is replaced first: the second waits for the first.
};

/// To what a column's type can be widened where it stands.
enum class Widening {
  within_kind,  ///< Whole numbers, floats, and decimals of one scale, each to longer ones (Iceberg's schema evolution).
  any,          ///< Every type that keeps all values.
};

/// A parameter of a session on which the meaning of the SQL depends, and which the SQL itself cannot make irrelevant.
struct SessionSetting {
  std::string_view name;
  std::string_view value;  ///< As the target writes it.
  std::string_view why;
};

/// What a target can do, as data. The publish protocol chooses by these facts and never by a target's name.
struct Capabilities {
  bool transactional_ddl = false;             ///< CREATE, DROP and RENAME roll back.
  bool multi_statement_transactions = false;  ///< Several DML statements commit together.
  bool create_or_replace_table = false;       ///< Atomic.
  bool create_or_replace_view = false;
  bool create_table_if_not_exists = true;
  bool merge = false;
  bool merge_by_source = false;   ///< WHEN NOT MATCHED BY SOURCE.
  bool hashes_null_safe = false;  ///< IS NOT DISTINCT FROM is joined by hash, so that keys that may be NULL need no other form.
  bool enforced_primary_key = false;
  Replace replace = Replace::create_or_replace;
  Settlement settlement = Settlement::ledger;
  Hold hold = Hold::by_statement;
  std::size_t longest_identifier_bytes = 63;
  std::size_t longest_statement_bytes = 1000000;
  bool add_column = true;
  bool guarded_columns = true;  ///< ADD COLUMN IF NOT EXISTS, DROP COLUMN IF EXISTS: they can be sent again.
  Widening widening = Widening::any;
  std::span<const SessionSetting> session_settings{};  ///< What whoever opens a session sets in it first.
  bool text_ignores_blanks = false;                    ///< 'a' = 'a ': a text that may end in blanks is compared with its length beside it.
  LayoutFacts layout{};
};

}  // namespace penstock::dialects
