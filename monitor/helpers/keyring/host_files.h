#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/secure_path.h"
#include "common/sandbox/root.h"

namespace zomg::keyring {

/// What the C library reads to resolve a name: resolv.conf(5), hosts(5) and their like, as they are
/// on the host now. One that does not exist is left out.
std::vector<sandbox::RootFile> resolver_files();

/// The certificates in `path`, or, when it is empty, those that the system trusts. Read, not looked
/// at: that is for the sandbox.
common::Result<std::string> read_ca_bundle(const std::string& path,
                                           common::StrictModes strict = common::StrictModes::kYes);

}  // namespace zomg::keyring
