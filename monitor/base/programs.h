#pragma once

#include <string>

#include "common/base/fd.h"
#include "common/base/result.h"

namespace zomg::monitor {

/// A program of ours, open for execution.
struct Program {
  std::string name;
  common::Fd executable;
};

/// The programs that the monitor starts, beside the monitor's own binary, or where they
/// are installed: in libexec.
struct Programs {
  Program listener;
  Program connection;
  Program resolver;
  Program keyring;
  Program kubernetes;
  Program kubectl_session;
  Program audit;
  Program metrics;
  Program recorder;
  Program file_reader;
  Program settings_reader;
  /// A sealed copy in memory: a box that gets hold of /proc/PID/exe of a session can change neither
  /// this copy nor the file (CVE-2019-5736).
  Program sessiond;
};

/// Where the gateway's own program is.
common::Result<std::string> own_directory();

/// Opens kubectl, at `path` or, when that is empty, at the first of its usual places.
common::Result<common::Fd> open_kubectl(const std::string& path);

/// Opens all of them. The Error names the one that is missing and where it was looked for.
common::Result<Programs> open_programs();

/// Opens zomg-ssh-settings-reader, which is needed before the others.
common::Result<Program> open_settings_reader();

/// Opens zomg-ssh-log, which is needed before all others.
common::Result<Program> open_log_program();

}  // namespace zomg::monitor
