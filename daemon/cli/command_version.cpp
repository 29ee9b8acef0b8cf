#include <nlohmann/json.hpp>

#include "daemon/cli/command.h"

namespace penstock::cli {

void add_version(Options& command) {
  command.runs([](Invocation& invocation) {
    if (invocation.format == Format::table) {
      invocation.out << "penstock " << invocation.assembly.version << '\n';
    } else {
      print_json(invocation, {{"version", invocation.assembly.version}, {"build", invocation.assembly.build}});
    }
    return kSuccess;
  });
}

}  // namespace penstock::cli
