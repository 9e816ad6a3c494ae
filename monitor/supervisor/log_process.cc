#include "monitor/supervisor/log_process.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "common/messages/log.h"

namespace zomg::monitor {
namespace {

using common::errno_error;
using common::Result;
using namespace std::chrono_literals;

/// How long it may take to start.
constexpr std::chrono::milliseconds kStartTime = 20s;
/// How long the gateway's end waits for whoever reads the log.
constexpr std::chrono::milliseconds kFlushTime = 5s;
/// For what comes while it writes. The kernel allows less: net.core.wmem_max.
constexpr int kSocketBytes = 256 * 1024;

Result<common::FdPair> make_line_sockets() {
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  (void)::setsockopt(ends->second.get(), SOL_SOCKET, SO_SNDBUF, &kSocketBytes,
                     sizeof(kSocketBytes));
  return ends;
}

template <ipc::Message M>
Result<M> await(const ipc::Channel& channel, std::chrono::milliseconds patience) {
  pollfd answer{channel.fd(), POLLIN, 0};
  if (::poll(&answer, 1, static_cast<int>(patience.count())) != 1) {
    return common::error("no answer in {} s", patience / 1s);
  }
  return channel.receive_message<M>();
}

}  // namespace

LogProcess::LogProcess(Program program, const sandbox::Account& account, ipc::Shelf log,
                       common::FdPair own, common::FdPair others)
    : program_(std::move(program)),
      account_(account),
      log_(std::move(log)),
      own_(std::move(own)),
      others_(std::move(others)) {}

Result<LogProcess> LogProcess::start(const sandbox::Account& account) {
  auto program = open_log_program();
  if (!program) return program.error();
  auto log = ipc::Shelf::of({STDERR_FILENO});
  if (!log) return log.error().with_context("standard error");
  auto own = make_line_sockets();
  if (!own) return own.error();
  auto others = make_line_sockets();
  if (!others) return others.error();
  LogProcess process(std::move(*program), account, std::move(*log), std::move(*own),
                     std::move(*others));
  if (auto started = process.restart(); !started) return started.error();
  if (auto ready = await<messages::LogReady>(process.channel_, kStartTime); !ready) {
    return ready.error().with_context(process.program_.name);
  }
  if (!common::install_fd(process.own_.second.get(), STDERR_FILENO)) return errno_error("dup2");
  process.own_.second.reset();
  return process;
}

Result<void> LogProcess::restart() {
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  auto child =
      common::spawn(program_.executable.get(), program_.name.c_str(),
                    {own_.first.get(), others_.first.get(), log_.fd(), ends->second.get()});
  if (!child) return child.error().with_context(program_.name);
  child_ = std::move(*child);
  channel_ = ipc::Channel(std::move(ends->first));
  return channel_.send(messages::LogSettings{account_.uid, account_.gid});
}

void LogProcess::flush() {
  if (!channel_.send(messages::FlushLog{})) return;
  const auto deadline = std::chrono::steady_clock::now() + kFlushTime;
  // One that was started again said first that it was ready.
  for (auto left = kFlushTime; left.count() > 0;) {
    pollfd answer{channel_.fd(), POLLIN, 0};
    if (::poll(&answer, 1, static_cast<int>(left.count())) != 1) return;
    const auto packet = channel_.receive();
    if (!packet || packet->closed() || ipc::decode<messages::LogFlushed>(*packet)) return;
    left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  }
}

}  // namespace zomg::monitor
