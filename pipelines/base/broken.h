#pragma once

#include <string>

namespace penstock {

/// Ends the process where an invariant of our own is broken, with what is wrong and the values that show it on standard error. Never
/// reachable from input.
[[noreturn]] void broken(const std::string& what);

}  // namespace penstock
