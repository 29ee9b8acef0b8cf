#include "pipelines/base/broken.h"

#include <cstdio>
#include <cstdlib>

namespace penstock {

void broken(const std::string& what) {
  std::fprintf(stderr, "penstock: broken invariant: %s\n", what.c_str());
  std::abort();
}

}  // namespace penstock
