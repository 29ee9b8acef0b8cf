#pragma once

#include <chrono>

namespace penstock::connectors {

/// Waits until a descriptor is ready for one of the events of poll(2); false when the deadline passes or nothing can be waited for.
bool wait_for(int descriptor, short events, std::chrono::steady_clock::time_point deadline);

}  // namespace penstock::connectors
