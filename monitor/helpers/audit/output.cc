#include "monitor/helpers/audit/output.h"

#include <poll.h>
#include <unistd.h>

#include <string>

#include "common/base/log.h"
#include "common/base/uninterrupted.h"

namespace zomg::audit {

bool Output::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        common::uninterrupted([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      torn_ = !bytes.empty();
    } else if (written < 0 && errno == EAGAIN) {
      // Somebody else made it non-blocking: standard output is shared.
      pollfd ready{file_.get(), POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (written < 0) {
      return false;
    }
  }
  return true;
}

void Output::write_line(std::string_view line) {
  // What a full disk left half written does not swallow the next line.
  std::string bytes = torn_ ? "\n" : "";
  bytes += line;
  bytes += '\n';
  if (write_all(bytes)) {
    if (lost_ > 0) log::warning("the audit trail goes on; {} lines were lost", lost_);
    lost_ = 0;
  } else if (++lost_ == 1) {
    log::error("{}", common::errno_error("the audit trail cannot be written").message);
  }
}

}  // namespace zomg::audit
