#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <unordered_map>

#include "common/base/child.h"
#include "common/base/secure_path.h"
#include "common/ipc/channel.h"
#include "common/sandbox/identity.h"
#include "monitor/base/event_loop.h"
#include "monitor/base/programs.h"
#include "monitor/boxes/session_places.h"

namespace zomg::monitor {

struct Settings;

/// Whether the directory of ZOMG_SSH_RECORD_DIR is the recorder's own. The Error says how to make
/// it so.
common::Result<void> check_record_directory(const std::string& path,
                                            const sandbox::Account& account,
                                            common::StrictModes strict = common::StrictModes::kYes);

/// Starts a zomg-ssh-recorder for each session that is to be recorded, and reaps it.
class SessionRecorder {
 public:
  SessionRecorder(EventLoop& loop, const Program& program, int null_fd, sandbox::Account account)
      : loop_(loop), program_(program), null_fd_(null_fd), account_(account) {}
  ~SessionRecorder();
  SessionRecorder(const SessionRecorder&) = delete;
  SessionRecorder& operator=(const SessionRecorder&) = delete;

  /// Whose session it is.
  struct Session {
    std::string login_name;
    std::uint64_t connection = 0;
    std::uint32_t number = 0;
  };
  /// Puts a recorder between `control`, which leads to the connection process, and the channel that
  /// is returned, which is to be the session's in its place. `place` is held until the recorder has ended.
  common::Result<ipc::Channel> stand_between(const ipc::Channel& control, const Session& session,
                                             const Settings& settings, SessionPlaces::Held place);

 private:
  struct Running {
    common::Child child;
    SessionPlaces::Held place;
  };

  void on_end(pid_t pid);

  EventLoop& loop_;
  const Program& program_;
  int null_fd_;
  sandbox::Account account_;
  std::unordered_map<pid_t, Running> running_;
};

}  // namespace zomg::monitor
