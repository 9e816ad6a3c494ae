#pragma once

#include <string>

#include "common/base/result.h"

namespace zomg::resolver {

/// What a runtime says of how a container is run.
struct RuntimeFacts {
  /// containerd's `runtimeType`; CRI-O has none.
  std::string type;
  /// The program of an OCI runtime that containerd's shim executes; empty: runc.
  std::string binary;
  /// Whether the container is CRI-O's.
  bool cri_o = false;
  /// The handler of the pod's RuntimeClass; empty: the runtime's default.
  std::string handler;
};

/// That such a container is processes of this kernel, of which the runtime names the first: an
/// allow-list. In a sandbox of another kind (gVisor, Kata) the process that it names is one of the
/// sandbox's own, outside of what the user takes for the box. Of CRI-O's default runtime it is taken
/// for granted, as it does not tell which that is.
common::Result<void> check_plain(const RuntimeFacts& facts);

}  // namespace zomg::resolver
