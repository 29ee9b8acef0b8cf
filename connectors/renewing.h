#pragma once

#include <functional>
#include <memory>

#include "connectors/connector.h"
#include "connectors/secret.h"

namespace penstock::connectors {

/// Makes a connector of settings without references. `before`, where it is not null, is the one for the same target with other secrets,
/// whose knowledge of units the new one takes over.
using Make = std::function<Result<std::unique_ptr<Connector>>(const Settings& settings, const Connector* before)>;

/// A connector whose secrets may change: where the target refuses them they are read again, and what was asked is asked once more if they
/// are others; so they are after `Secrets::forget`. Where more than a
/// secret has changed behind the references, the connector stays as it is: it belongs to runs that began somewhere. Sessions that are open
/// go on with what let them in; one whose token ends while it follows a unit is followed by another. Errors: those of `resolve` and `make`.
Result<std::unique_ptr<Connector>> make_renewing(Settings settings, std::shared_ptr<Secrets> secrets, Make make);

}  // namespace penstock::connectors
