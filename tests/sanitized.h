#pragma once

namespace penstock {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

/// How many of so many random cases are run: under a sanitizer, where each takes ten to thirty times as long, a tenth.
constexpr int random_cases(int whole) { return kIsSanitized ? (whole + 9) / 10 : whole; }

}  // namespace penstock
