// zomg-ssh-gateway: the supervisor, which is all that an operator starts, and the monitor, which
// the supervisor starts by the name zomg-ssh-monitor from the same program.
//
// Started by: an operator, a container runtime, systemd; the monitor by the supervisor. As root.
//
// Capabilities: CAP_KILL, and CAP_SETUID without its effect, once it serves (privileges.h). Children
// take what they need from the bounding set and give it up.
//
// Descriptors: the supervisor has the listening sockets, the monitor's channel, and the log. In both 1
// is a shelf (ipc/shelf.h) with standard output, 2 a socket to zomg-ssh-log. The monitor has on 0 the
// one that its children get for their 2; 3, its channel to the supervisor, the listening sockets, one IPC channel a helper and a
// connection, and pidfds.
//
// Holds: the supervisor nothing; the monitor the host key, the authorized keys, and what each
// connection has proved.
//
// Trusts: its settings, the kernel. Not connection processes (requests.cc is all they can ask), nor
// the resolver's claims, which sessiond checks.
//
// Dies: on SIGTERM or SIGINT after the drain; sessions that run then go on. A monitor that dies
// otherwise is started again; without its supervisor it ends at once.

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "common/base/log.h"
#include "common/base/quoted.h"
#include "common/sandbox/session_keyring.h"
#include "common/sandbox/task_attributes.h"
#include "monitor/base/accounts.h"
#include "monitor/base/privileges.h"
#include "monitor/base/resource_limits.h"
#include "monitor/boxes/session_recorder.h"
#include "monitor/check/checks.h"
#include "monitor/connections/banner.h"
#include "monitor/gateway.h"
#include "monitor/settings/documents/manual.h"
#include "monitor/settings/file.h"
#include "monitor/settings/print.h"
#include "monitor/supervisor/inherited_sockets.h"
#include "monitor/supervisor/log_process.h"
#include "monitor/supervisor/service_manager.h"
#include "monitor/supervisor/state_directory.h"
#include "monitor/supervisor/supervisor.h"

namespace {

using namespace zomg;
using common::Result;

constexpr std::string_view kUsage =
    "usage: zomg-ssh-gateway\n"
    "       zomg-ssh-gateway --generate-host-key PATH\n"
    "       zomg-ssh-gateway --check | --print-config | --help | --version\n"
    "\n"
    "Serves ssh, sftp and scp into Kubernetes pods, in the foreground, with its log on stderr.\n"
    "--check looks at all that it needs and says what is wrong and how to mend it; --print-config\n"
    "shows the settings in force.\n"
    "Settings are environment variables, or keys of the YAML file that ZOMG_SSH_CONFIG names:\n"
    "\n";

/// The files in which fetched keys are kept. Without them the gateway is only less robust.
ipc::Shelf open_state_files(const monitor::Settings& settings) {
  if (settings.github_users.empty()) return {};
  auto files = monitor::open_state_files(settings.state_directory, settings.strictness());
  auto shelf = files ? ipc::Shelf::of({files->first.get(), files->second.get()})
                     : Result<ipc::Shelf>(files.error());
  if (shelf) return std::move(*shelf);
  log::error("ZOMG_SSH_STATE_DIR: {}: the keys of GitHub users are not kept for the next start",
             shelf.error().message);
  return {};
}

/// 0, 1 and 2 must be open, or a socket of ours would become somebody's stdout.
Result<common::Fd> open_null() {
  int fd = 0;
  do {
    fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0) return common::errno_error("/dev/null");
  } while (fd <= STDERR_FILENO && ::fcntl(fd, F_SETFD, 0) == 0);
  return common::Fd(fd);
}

/// How to ask the Kubernetes API, if the settings let us.
Result<monitor::ClusterAccess> find_cluster(const monitor::Settings& settings) {
  if (settings.path == monitor::PathChoice::kCri) return monitor::ClusterAccess{};
  auto cluster = monitor::find_cluster_access(monitor::process_environment);
  if (cluster && !cluster->available() && settings.path == monitor::PathChoice::kKubectl) {
    return common::error(
        "ZOMG_SSH_PATH is kubectl, but there is no cluster to reach: set KUBECONFIG, or run in a "
        "pod that has a service account");
  }
  return cluster;
}

/// The program kubectl, where there is a cluster to reach by it. Without one the gateway serves the
/// boxes of its own node.
Result<common::Fd> find_kubectl(const monitor::Settings& settings,
                                monitor::ClusterAccess& cluster) {
  if (!cluster.available()) return common::Fd();
  auto kubectl = monitor::open_kubectl(settings.kubectl);
  if (kubectl) return kubectl;
  if (settings.path == monitor::PathChoice::kKubectl || !settings.kubectl.empty()) {
    return kubectl.error().with_context("ZOMG_SSH_KUBECTL");
  }
  log::warning("{}; boxes of other nodes cannot be reached", kubectl.error().message);
  cluster = {};
  return common::Fd();
}

std::vector<std::string> environment_variables() {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

void warn_of_unknown_variables() {
  for (const auto& unknown : monitor::unknown_variables(environment_variables())) {
    log::warning("no setting is named {}{}", common::quoted(unknown.name),
                 unknown.meant ? fmt::format("; did you mean {}?", *unknown.meant) : "");
  }
}

Result<void> serve() {
  // Started by descriptor, the name would be a number.
  ::prctl(PR_SET_NAME, monitor::kMonitorName);
  log::set_children_output(STDIN_FILENO);
  // A group of its own, by which the supervisor finds the sessions that it leaves behind.
  if (::setpgid(0, 0) != 0) return common::errno_error("setpgid");
  ipc::Channel supervisor{common::Fd(common::kChannelFd)};
  ::signal(SIGPIPE, SIG_IGN);
  auto settings = monitor::read_settings(monitor::process_environment, monitor::read_settings_file);
  if (!settings) return settings.error();
  log::start("zomg-ssh-gateway", settings->log_level);
  warn_of_unknown_variables();
  auto null = open_null();
  if (!null) return null.error();
  auto banner = monitor::read_banner(settings->banner_file, settings->strictness());
  if (!banner) return banner.error();
  auto host_key = monitor::HostKey::load(settings->host_key_path, settings->strictness());
  if (!host_key) return host_key.error();
  auto keys = monitor::KeyStore::load(*settings);
  if (!keys) return keys.error();
  monitor::RevokedKeys revoked(settings->revoked_keys_file, settings->strictness());
  if (auto loaded = revoked.load(); !loaded) {
    return loaded.error().with_context("ZOMG_SSH_REVOKED_KEYS_FILE");
  }
  auto accounts = monitor::find_accounts();
  if (!accounts) return accounts.error();
  if (const std::string& path = settings->record_directory; !path.empty()) {
    auto good = monitor::check_record_directory(path, accounts->recorder, settings->strictness());
    if (!good) {
      return good.error().with_context("ZOMG_SSH_RECORD_DIR");
    }
  }
  auto programs = monitor::open_programs();
  if (!programs) return programs.error();
  auto cluster = find_cluster(*settings);
  if (!cluster) return cluster.error();
  auto kubectl = find_kubectl(*settings, *cluster);
  if (!kubectl) return kubectl.error();
  auto sockets = monitor::find_sockets(supervisor, *settings);
  if (!sockets) return sockets.error();
  // From now on nothing that comes or goes there is waited for.
  if (auto set = common::set_nonblocking(supervisor.fd(), true); !set) return set;
  auto state_files = open_state_files(*settings);
  if (auto reduced = monitor::reduce_privileges(); !reduced) return reduced;
  monitor::Gateway gateway({std::move(*settings), std::move(*banner), std::move(*host_key),
                            std::move(*keys), std::move(revoked), *accounts, std::move(*programs),
                            std::move(*cluster), std::move(*kubectl), std::move(sockets->ssh),
                            std::move(sockets->metrics), std::move(*null), std::move(state_files),
                            std::move(supervisor)});
  return gateway.run();
}

/// Standard output is the audit trail's alone, from a shelf. The monitor gets that in its place.
Result<void> shelve_standard_output() {
  auto shelf = ipc::Shelf::of({STDOUT_FILENO});
  if (!shelf) return shelf.error();
  if (!common::install_fd(shelf->fd(), STDOUT_FILENO)) return common::errno_error("dup2");
  return {};
}

Result<int> supervise(std::vector<common::Fd> passed, monitor::LogProcess& log) {
  if (auto shelved = shelve_standard_output(); !shelved) return shelved.error();
  auto directory = monitor::own_directory();
  if (!directory) return directory.error();
  if (auto reduced = monitor::reduce_privileges(); !reduced) return reduced.error();
  std::vector<monitor::Supervisor::KeptSocket> sockets;
  for (common::Fd& socket : passed) {
    sockets.push_back({messages::SocketUse::kSsh, std::move(socket)});
  }
  return monitor::Supervisor(*directory + "/zomg-ssh-gateway", std::move(sockets), log).run();
}

Result<int> run_gateway() {
  if (::geteuid() != 0) return common::error("must be started as root, to enter boxes");
  if (auto sealed = sandbox::join_sealed_keyring(); !sealed) return sealed.error();
  if (auto reset = sandbox::reset_gateway_attributes(); !reset) return reset.error();
  ::signal(SIGPIPE, SIG_IGN);
  const auto limits = monitor::examine_resource_limits();
  if (!limits.too_low.empty()) return limits.too_low.front();
  auto passed = monitor::service_manager::take_sockets(monitor::process_environment);
  if (!passed) return passed.error();
  auto null = open_null();
  if (!null) return null.error();
  const auto account = monitor::find_log_account();
  if (!account) return account.error();
  auto log = monitor::LogProcess::start(*account);
  if (!log) return log.error();
  const auto status = supervise(std::move(*passed), *log);
  if (!status) log::error("{}", status.error().message);
  log->flush();
  return status ? *status : EXIT_FAILURE;
}

int check() {
  ::signal(SIGXFSZ, SIG_IGN);  // RLIMIT_FSIZE may be what is to be found
  const auto findings = monitor::check::run_checks(
      monitor::process_environment, monitor::read_settings_file, environment_variables());
  std::fputs(findings.report().c_str(), stdout);
  return findings.any_bad() ? EXIT_FAILURE : EXIT_SUCCESS;
}

int print_config() {
  const auto report =
      monitor::examine_settings(monitor::process_environment, monitor::read_settings_file);
  std::fputs(monitor::print_settings(report).c_str(), stdout);
  for (const common::Error& problem : report.problems) log::error("{}", problem.message);
  return report.problems.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

int finish(const Result<void>& result) {
  if (result) return EXIT_SUCCESS;
  log::error("{}", result.error().message);
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  log::start("zomg-ssh-gateway", log::Level::kInfo);
  const std::string_view option = argc > 1 ? argv[1] : "";
  if (argc == 1 && argv[0] == std::string_view(monitor::kMonitorName)) return finish(serve());
  if (argc == 1) {
    const auto status = run_gateway();
    return status ? *status : finish(status.error());
  }
  if (argc == 3 && option == "--generate-host-key") {
    return finish(monitor::generate_host_key(argv[2]));
  }
  if (argc == 2 && option == "--check") return check();
  if (argc == 2 && option == "--print-config") return print_config();
  if (argc == 2 && option == "--help") {
    std::fputs((std::string(kUsage) + monitor::manual::help_text()).c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (argc == 2 && option == "--version") {
    std::puts("zomg-ssh-gateway " ZOMG_VERSION);
    return EXIT_SUCCESS;
  }
  std::fputs((std::string(kUsage) + monitor::manual::help_text()).c_str(), stderr);
  return 2;
}
