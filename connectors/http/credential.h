#pragma once

#include <memory>
#include <string>

#include "pipelines/base/result.h"

namespace penstock::http {

/// What requests are signed with. Any thread.
class Credential {
 public:
  virtual ~Credential() = default;

  /// The value of the Authorization header; empty for none. May ask a token service. Secret.
  virtual Result<std::string> authorization() = 0;

  /// After the server has refused `refused`: true where there is another one by now.
  virtual bool renew(const std::string& refused) = 0;
};

/// The same for ever; empty for none.
std::shared_ptr<Credential> make_fixed(std::string authorization);

}  // namespace penstock::http
