#include <algorithm>

#include "daemon/cli/answer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/loading.h"
#include "daemon/cli/local_transport.h"
#include "daemon/cli/table.h"

namespace penstock::cli {
namespace {

struct OrphanFlags {
  bool drop = false;
  std::vector<std::string> names;
};

Table listed(const Json& items) {
  Table table;
  for (const char* heading : {"CONNECTION", "KIND", "NAME", "STATE", "RUN", "STEP"}) table.add_column(heading);
  for (const Json& item : items) {
    const std::string state = text_in(item, "state");
    table.add_row({text_in(item, "connection"), text_in(item, "kind"), text_in(item, "name"), state == "in_use" ? "in use" : state,
                   text_in(item, "run_id", "-"), text_in(item, "step", "-")});
  }
  return table;
}

bool any_in(const Json& items, std::string_view state) {
  return std::any_of(items.begin(), items.end(), [&](const Json& item) { return text_in(item, "state") == state; });
}

/// Where a connection could not be asked, nobody knows what is there.
int end(Invocation& invocation, const Json& answer) {
  print_diagnostics(invocation, answer);
  return answer.at("diagnostics").empty() ? kSuccess : kUnreachable;
}

int list_orphans(Invocation& invocation, const Json& answer) {
  const Json& items = answer.at("items");
  if (const Table table = listed(items); !table.empty()) {
    invocation.out << table.render(invocation.out_terminal);
    if (invocation.quiet) return end(invocation, answer);
    if (any_in(items, "left")) invocation.err << "\nnobody comes for what is left: penstock orphans --drop\n";
    if (any_in(items, "unknown")) {
      invocation.err
          << "\nunknown is what another daemon may be at work with, or what is older than this store: penstock orphans --drop NAME\n";
    }
  } else if (!invocation.quiet && answer.at("diagnostics").empty()) {
    invocation.err << "nothing is left over\n";
  }
  return end(invocation, answer);
}

int show_dropped(Invocation& invocation, const Json& answer) {
  int code = kSuccess;
  for (const Json& item : answer.at("items")) {
    const Json& error = item.at("error");
    const std::string what = text_in(item, "kind") + " " + text_in(item, "name");
    if (error.is_null()) {
      invocation.out << "dropped the " << what << '\n';
    } else {
      invocation.err << "error: the " << what << " is still there: " << text_in(error, "message") << '\n';
      code = kFailed;
    }
  }
  if (answer.at("items").empty() && answer.at("diagnostics").empty() && !invocation.quiet) invocation.err << "no run that has ended left anything\n";
  return std::max(code, end(invocation, answer));
}

int orphans(Invocation& invocation, const OrphanFlags& flags) {
  auto transport = open_transport(invocation, Access::read);
  if (!transport) return report(invocation, transport.error());
  const std::string path = "/api/v1/orphans";
  const Result<Json> answer = flags.drop ? post(**transport, path + "/drop", {{"names", flags.names}}) : get(**transport, path);
  if (!answer) return report(invocation, answer.error());
  if (invocation.format != Format::table) {
    print_json(invocation, answer->at("items"));
    return end(invocation, *answer);
  }
  return flags.drop ? show_dropped(invocation, *answer) : list_orphans(invocation, *answer);
}

}  // namespace

void add_orphans(Options& command) {
  auto flags = std::make_shared<OrphanFlags>();
  Option drop = command.flag("--drop", flags->drop, "Remove what ended runs left; with names, these");
  command.arguments("name", flags->names, "Tables, views or sessions as the list names them").needs(drop);
  command.runs([flags](Invocation& invocation) { return orphans(invocation, *flags); });
}

}  // namespace penstock::cli
