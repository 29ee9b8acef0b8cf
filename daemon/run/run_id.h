#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "daemon/store/records.h"

namespace penstock::run {

/// How the ids of that moment begin. Ids of one kind sort as they were made, byte by byte.
std::string id_at(char kind, store::Time moment);

/// An id of that moment, made different from all others by 50 of the random bits.
std::string make_id(char kind, store::Time moment, std::uint64_t random);

/// A ledger keeps the row of a publish at least for so long.
constexpr std::chrono::days kLedgerKept(90);

/// Whether a ledger may have forgotten a run that was created then, whosever clock shortened it.
bool may_be_forgotten(store::Time created, store::Time now);

}  // namespace penstock::run
