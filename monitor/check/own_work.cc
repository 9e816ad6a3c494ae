#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "common/messages/health.h"
#include "monitor/base/accounts.h"
#include "monitor/boxes/cri_socket_path.h"
#include "monitor/boxes/helper_settings.h"
#include "monitor/check/checks.h"
#include "monitor/check/helper.h"
#include "monitor/supervisor/listening.h"

namespace zomg::monitor::check {
namespace {

using common::Failure;
using common::Result;

constexpr std::string_view kResolver = "lookup by zomg-ssh-resolver";
constexpr std::string_view kKeyring = "fetch by zomg-ssh-keyring";
constexpr std::string_view kMetrics = "scrape of zomg-ssh-metrics";
constexpr const char* kSeeLine = "Its line above says more";

/// A box that nobody has: looked for in earnest, and not found.
Result<void> look_up(const Program& program, const messages::ResolverSettings& settings) {
  auto resolver = Helper::start(program);
  if (!resolver) return resolver.error();
  if (auto sent = resolver->channel().send(settings); !sent) return sent;
  messages::LookUpBox request;
  request.project = std::string_view("zomg-check");
  request.box = std::string_view("zomg-check");
  if (auto sent = resolver->channel().send(request); !sent) return sent;
  const auto found = resolver->await_message<messages::BoxLookedUp>(limits::kClusterCheckTimeout);
  if (!found) return found.error();
  if (found->failure == Failure::kNone || found->failure == Failure::kNoSuchBox) return {};
  return common::error("the runtime could not be asked");
}

/// The keys of the first user.
Result<void> fetch(const Program& program, messages::KeyringSettings settings) {
  settings.users.value.resize(1);
  auto keyring = Helper::start(program);
  if (!keyring) return keyring.error();
  if (auto sent = keyring->channel().send(settings); !sent) return sent;
  const auto answer = keyring->await(limits::kClusterCheckTimeout);
  if (!answer) return answer.error();
  if (ipc::decode<messages::GithubKeys>(*answer)) return {};
  return common::error("the keys of the first user were not to be had");
}

/// What /metrics answers over `socket`, up to its first line's status.
Result<std::string> get_metrics(int socket) {
  constexpr std::string_view kRequest = "GET /metrics HTTP/1.0\r\n\r\n";
  if (::send(socket, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) {
    return common::errno_error("send");
  }
  pollfd entry{socket, POLLIN, 0};
  constexpr int kPatienceMs = 5000;
  std::array<char, 12> status{};  // HTTP/1.1 200
  if (::poll(&entry, 1, kPatienceMs) != 1) return common::error("no answer");
  const ssize_t got = ::recv(socket, status.data(), status.size(), MSG_WAITALL);
  if (got <= 0) return common::error("no answer");
  return std::string(status.data(), static_cast<std::size_t>(got));
}

/// One over a port of loopback that is nobody else's.
Result<void> scrape(const Program& program, const sandbox::Account& account) {
  const auto listening = listen_on({{"127.0.0.1", 0}}, "loopback");
  if (!listening) return listening.error();
  auto metrics = Helper::start(program);
  if (!metrics) return metrics.error();
  auto sent = metrics->channel().send(messages::MetricsSettings{account.uid, account.gid, 1});
  if (sent) {
    sent = metrics->channel().send(messages::ListenForScrapes{}, {listening->front().get()});
  }
  if (!sent) return sent;
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const common::Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::getsockname(listening->front().get(), generic, &size) != 0 ||
      ::connect(client.get(), generic, size) != 0) {
    return common::errno_error("loopback");
  }
  const auto status = get_metrics(client.get());
  if (status && status->ends_with(" 200")) return {};
  if (status) return common::error("it answered {}", common::quoted(*status));
  // It says more of a process that has ended.
  const auto ended = metrics->await(std::chrono::seconds(0));
  return ended ? status.error() : ended.error();
}

}  // namespace

void check_own_work(const Settings& settings, Findings& findings) {
  const auto accounts = find_accounts();
  const auto programs = open_programs();
  // Findings of their own, as is who started us.
  if (!accounts || !programs || ::geteuid() != 0) return;
  if (settings.path != PathChoice::kKubectl && !find_cri_socket(settings).empty()) {
    findings.add(kResolver, look_up(programs->resolver, resolver_settings(settings, *accounts)),
                 kSeeLine);
  }
  if (!settings.metrics_listen.empty()) {
    findings.add(kMetrics, scrape(programs->metrics, accounts->metrics), kSeeLine);
  }
  if (settings.github_users.empty()) return;
  const auto fetched = fetch(programs->keyring, keyring_settings(settings, *accounts));
  if (fetched) return findings.good(kKeyring);
  findings.warning(kKeyring, fetched.error().message, kSeeLine);
}

void report_refused_calls(std::string_view log, Findings& findings) {
  constexpr std::string_view kMark = "]: sandbox: refused the system call ";
  std::set<std::string> known;
  while (!log.empty()) {
    const std::string_view line = log.substr(0, log.find('\n'));
    log.remove_prefix(std::min(log.size(), line.size() + 1));
    const std::size_t mark = line.find(kMark);
    if (mark == std::string_view::npos) continue;
    // time level program[pid]: …
    const std::string_view head = line.substr(0, line.find('['));
    const std::string_view program = head.substr(head.rfind(' ') + 1);
    std::string_view call = line.substr(mark + kMark.size());
    call = call.substr(0, call.find('('));
    if (line.find(']') != mark || !known.insert(fmt::format("{} {}", program, call)).second) {
      continue;
    }
    findings.warning(fmt::format("system call {}", call),
                     fmt::format("a library of {} makes it, and its sandbox refuses it", program),
                     "It does no harm where all else here is ok, as libraries go on without such a "
                     "call. Report it, with this system's name, so that it is let through");
  }
}

}  // namespace zomg::monitor::check
