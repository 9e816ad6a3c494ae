#include "monitor/boxes/session_recorder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/base/log.h"
#include "common/messages/recorder.h"
#include "monitor/base/started_program.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {
namespace {

using common::Result;

constexpr std::uint64_t kMebibyte = 1024 * 1024;

}  // namespace

Result<void> check_record_directory(const std::string& path, const sandbox::Account& account,
                                    common::StrictModes strict) {
  const common::Fd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  struct stat status {};
  if (!directory || ::fstat(directory.get(), &status) != 0 || status.st_uid != account.uid ||
      (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return common::error(
        "{} is no directory of zomg-ssh-recorder's own; make it with `install -d -o "
        "zomg-ssh-recorder -m 0700 {}`",
        path, path);
  }
  if (strict == common::StrictModes::kYes) {
    auto checked = common::check_secure_path(directory.get(), path, account.uid);
    if (!checked) return checked;
  }
  struct statvfs mount {};
  if (::statvfs(path.c_str(), &mount) != 0) return common::errno_error("{}", path);
  if ((mount.f_flag & ST_RDONLY) != 0) {
    return common::error(
        "{} is read-only here; a pod needs a volume there, a unit of systemd ReadWritePaths={}",
        path, path);
  }
  return {};
}

SessionRecorder::~SessionRecorder() {
  for (const auto& [pid, running] : running_) loop_.forget(running.child.pidfd());
}

Result<ipc::Channel> SessionRecorder::stand_between(const ipc::Channel& control,
                                                    const Session& session,
                                                    const Settings& settings,
                                                    SessionPlaces::Held place) {
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  auto program = start_program(program_, null_fd_, null_fd_);
  if (!program) return program.error();
  const pid_t pid = program->child.pid();
  loop_.watch(program->child.pidfd(), [this, pid] { on_end(pid); });
  running_.emplace(pid, Running{std::move(program->child), std::move(place)});
  messages::RecordOrder message;
  message.uid = account_.uid;
  message.gid = account_.gid;
  message.directory = std::string_view(settings.record_directory);
  message.login_name = std::string_view(session.login_name);
  message.connection = session.connection;
  message.session = session.number;
  message.max_bytes = settings.record_max_mebibytes * kMebibyte;
  message.mandatory = settings.record_failure == RecordFailure::kClosed;
  auto sent = program->channel.send(message, {control.fd(), ends->first.get()});
  if (!sent) return sent.error().with_context(program_.name);
  return ipc::Channel(std::move(ends->second));
}

void SessionRecorder::on_end(pid_t pid) {
  auto node = running_.extract(pid);
  common::Child& ended = node.mapped().child;
  loop_.forget(ended.pidfd());
  const auto status = ended.wait();
  if (status && status->signal == 0 && status->exit_code == 0) return;
  log::error("{} ended with {}", program_.name,
             status ? status->describe() : status.error().message);
}

}  // namespace zomg::monitor
