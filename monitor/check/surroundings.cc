#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "common/base/fd.h"
#include "monitor/base/accounts.h"
#include "monitor/base/programs.h"
#include "monitor/boxes/cri_socket_path.h"
#include "monitor/boxes/session_recorder.h"
#include "monitor/check/checks.h"
#include "monitor/connections/banner.h"
#include "monitor/connections/memory_need.h"
#include "monitor/files/file.h"
#include "monitor/settings/values.h"
#include "monitor/supervisor/listening.h"
#include "monitor/supervisor/state_directory.h"

namespace zomg::monitor::check {
namespace {

using common::Result;

Result<void> connect_to(const std::string& path) {
  sockaddr_un address{};
  if (path.size() >= sizeof(address.sun_path)) return common::error("{}: too long a path", path);
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const common::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return common::errno_error("socket");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return common::errno_error("{}", path);
  }
  return {};
}

void check_memory(const Settings& settings, const Capacity& capacity, Findings& findings) {
  const bool kubectl = settings.path != PathChoice::kCri;
  findings.good("memory", fmt::format("at most {} MiB with these settings{}",
                                      greatest_memory_mebibytes(settings, capacity),
                                      kubectl ? ", and what each kubectl takes, some 50 MiB" : ""));
}

void check_cri_socket(const Settings& settings, Findings& findings) {
  const std::string path = find_cri_socket(settings);
  if (path.empty()) {
    return findings.warning("container runtime", "none of the usual CRI sockets exists",
                            "Start containerd, or set ZOMG_SSH_CRI_SOCKET");
  }
  if (auto connected = connect_to(path); !connected) {
    return findings.bad("container runtime", connected.error().message,
                        "Start the container runtime, or correct ZOMG_SSH_CRI_SOCKET");
  }
  findings.good("container runtime", path);
}

void check_address(const ListenAddress& address, const char* setting, Findings& findings) {
  const std::string subject = "listen on " + values::show_listen_address(address);
  const auto sockets = listen_on({address}, setting);
  if (sockets) return findings.good(subject);
  if (sockets.error().errno_value == EADDRINUSE) {
    return findings.warning(
        subject, "the port is in use",
        fmt::format("Ignore this if it is the gateway that uses it, else set {} "
                    "to another",
                    setting));
  }
  findings.bad(subject, sockets.error().message, fmt::format("Correct {}", setting));
}

template <typename T>
Result<void> outcome(const Result<T>& result) {
  if (result) return {};
  return result.error();
}

}  // namespace

void check_surroundings(const Settings& settings, const Capacity& capacity, Findings& findings) {
  // The messages of both say what to do.
  findings.add("accounts", outcome(find_accounts()), {});
  findings.add("programs", outcome(open_programs()), "Install the package again");
  for (const ListenAddress& address : settings.listen) {
    check_address(address, "ZOMG_SSH_LISTEN", findings);
  }
  for (const ListenAddress& address : settings.metrics_listen) {
    check_address(address, "ZOMG_SSH_METRICS_LISTEN", findings);
  }
  check_cri_socket(settings, findings);
  check_memory(settings, capacity, findings);
  if (!settings.banner_file.empty()) {
    findings.add("banner", outcome(read_banner(settings.banner_file, settings.strictness())),
                 "Correct ZOMG_SSH_BANNER_FILE, or shorten the file");
  }
  if (const auto accounts = find_accounts(); accounts && !settings.record_directory.empty()) {
    findings.add("recordings",
                 check_record_directory(settings.record_directory, accounts->recorder,
                                        settings.strictness()),
                 {});
  }
  if (settings.github_users.empty()) return;
  if (settings.strict_modes) {
    findings.add("state directory", check_state_directory(settings.state_directory), {});
  }
  if (!settings.github_ca.empty()) {
    findings.add("GitHub CA", outcome(open_file(settings.github_ca, settings.strictness())),
                 "Correct ZOMG_SSH_GITHUB_CA");
  }
}

}  // namespace zomg::monitor::check
