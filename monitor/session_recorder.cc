#include "monitor/session_recorder.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/messages/recorder.h"
#include "monitor/settings.h"

namespace zomg::monitor {
namespace {

using common::Result;

constexpr std::uint64_t kMebibyte = 1024 * 1024;

/// `20261124T101500.000123Z-demo--box1-7-1`: sorted by time, and never the same twice.
std::string file_name(const SessionRecorder::Session& session) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  ::gmtime_r(&now.tv_sec, &utc);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}.{:06}Z-{}-{}-{}", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     now.tv_nsec / 1000, session.login_name, session.connection, session.number);
}

}  // namespace

Result<void> check_record_directory(const std::string& path, const sandbox::Account& account) {
  struct stat status {};
  const bool found = ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  if (found && status.st_uid == account.uid && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0) {
    return {};
  }
  return common::error(
      "{} is no directory of zomg-ssh-recorder's own; make it with `install -d -o "
      "zomg-ssh-recorder -m 0700 {}`",
      path, path);
}

SessionRecorder::~SessionRecorder() {
  for (const auto& [pid, child] : running_) loop_.forget(child.pidfd());
}

Result<ipc::Channel> SessionRecorder::stand_between(const ipc::Channel& control,
                                                    const Session& session,
                                                    const Settings& settings) {
  auto order = common::make_packet_socketpair();
  if (!order) return order.error();
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  auto child = common::spawn(program_.executable.get(), program_.name.c_str(),
                             {null_fd_, null_fd_, STDERR_FILENO, order->second.get()});
  if (!child) return child.error().with_context(program_.name);
  const pid_t pid = child->pid();
  loop_.watch(child->pidfd(), [this, pid] { on_end(pid); });
  running_.emplace(pid, std::move(*child));
  const std::string name = file_name(session);
  const std::string title = fmt::format("{}, connection {}, session {}", session.login_name,
                                        session.connection, session.number);
  messages::RecordOrder message;
  message.uid = account_.uid;
  message.gid = account_.gid;
  message.directory = std::string_view(settings.record_directory);
  message.name = std::string_view(name);
  message.title = std::string_view(title);
  message.max_bytes = settings.record_max_mebibytes * kMebibyte;
  message.mandatory = settings.record_failure == RecordFailure::kClosed;
  auto sent =
      ipc::Channel(std::move(order->first)).send(message, {control.fd(), ends->first.get()});
  if (!sent) return sent.error().with_context(program_.name);
  return ipc::Channel(std::move(ends->second));
}

void SessionRecorder::on_end(pid_t pid) {
  auto node = running_.extract(pid);
  loop_.forget(node.mapped().pidfd());
  const auto status = node.mapped().wait();
  if (status && status->signal == 0 && status->exit_code == 0) return;
  log::error("{} ended with {}", program_.name,
             status ? status->describe() : status.error().message);
}

}  // namespace zomg::monitor
