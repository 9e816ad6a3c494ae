#pragma once

#include <string>
#include <string_view>

#include "listener/connection/session/sftp_observer.h"

namespace zomg::connection {

/// Finds out whether a session is one of sftp, and has it observed then. What the client asked for
/// does not decide that: a forced command runs in its place, and may be an sftp-server.
class SftpWatch {
 public:
  /// `asked_for`: by the name of the subsystem, so that what is no sftp is told of, too. A session
  /// with a terminal is never followed, for terminals change bytes on their way: what could be sftp
  /// is told as such.
  SftpWatch(bool asked_for, bool terminal, SftpObserver::Tell tell);

  void on_request_bytes(std::string_view bytes);
  void on_reply_bytes(std::string_view bytes);
  /// The session ends.
  void finish() { observer_.finish(); }

 private:
  /// Takes what is still missing of the first packet's length and type.
  static void take(std::string& head, std::string_view& bytes);

  SftpObserver observer_;
  bool asked_for_;
  bool terminal_;
  bool followed_;
  /// The beginning of each direction, until the session is followed.
  std::string requests_;
  std::string replies_;
};

}  // namespace zomg::connection
