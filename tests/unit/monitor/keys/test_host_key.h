#pragma once

#include "monitor/keys/host_key.h"

namespace zomg::monitor {

/// A host key of its own for one test.
HostKey make_test_host_key();

}  // namespace zomg::monitor
