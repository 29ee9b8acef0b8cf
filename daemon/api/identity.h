#pragma once

#include <string>
#include <string_view>

namespace penstock::api {

/// 256 random bits in hexadecimal digits.
std::string random_key();

/// Only who knows the key can answer the challenge: an HMAC with SHA-256, in hexadecimal digits.
std::string identity_proof(std::string_view key, std::string_view challenge);

}  // namespace penstock::api
