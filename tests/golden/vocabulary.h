#pragma once

#include "pipelines/model/spec.h"

namespace penstock {

/// Every component and check that there is, as the loader and the schema get them.
model::Vocabulary whole_vocabulary();

}  // namespace penstock
