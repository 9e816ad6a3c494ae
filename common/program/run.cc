#include "common/program/run.h"

#include <sys/prctl.h>

#include <csignal>

namespace zomg::program {

common::Result<void> start(const Row& row) {
  for (const int signal : row.ignored_signals) std::signal(signal, SIG_IGN);
  ::prctl(PR_SET_NAME, row.short_name);
  log::start(row.name, log::Level::kInfo);
  if (auto forbidden = sandbox::forbid_tracing(); !forbidden) return forbidden;
  return check_descriptors(row.descriptors);
}

}  // namespace zomg::program
