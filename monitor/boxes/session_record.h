#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "common/base/child.h"
#include "common/ipc/message.h"
#include "common/messages/event.h"
#include "common/messages/session.h"
#include "monitor/events/journal.h"
#include "monitor/events/refused_sessions.h"

namespace zomg::monitor {

/// What becomes of one session, for the journal. Shared by all who have something to add: the
/// connection (bytes) and the launcher (the ending). When the last of them lets go, whatever is
/// known by then is the news of the session's end, unless the session goes on.
class SessionRecord {
 public:
  /// The session `number` of connection `connection`, whose refused ones `refusals` tells of. One that is
  /// let go before it was started or refused counts as refused.
  SessionRecord(Journal& journal, std::uint64_t connection, std::uint32_t number,
                std::shared_ptr<RefusedSessions::Teller> refusals);
  ~SessionRecord();
  SessionRecord(const SessionRecord&) = delete;
  SessionRecord& operator=(const SessionRecord&) = delete;

  void start(const messages::SessionPlan& plan, messages::BoxPath path,
             messages::FallbackReason fallback = messages::FallbackReason::kNone);
  void refuse(common::Failure failure);
  /// Takes the last packet of a session's process: SessionExited, SessionSignaled or SessionFailed.
  /// False for anything else, which leaves the ending unknown.
  bool set_ending(std::string_view packet);
  /// Its process ended with this. Where it did not say how the session ended, and was killed or
  /// failed, that is the session's ending.
  void set_process_end(const common::ExitStatus& status);
  void set_traffic(const messages::ReportTraffic& traffic);
  /// The gateway ends before the session does: where no ending is known, there is no news of one.
  void let_go() { let_go_ = true; }

 private:
  Journal& journal_;
  std::uint64_t connection_;
  std::shared_ptr<RefusedSessions::Teller> refusals_;  ///< until it was started or refused
  messages::SessionEnded end_;
  bool started_ = false;
  bool let_go_ = false;
  std::chrono::steady_clock::time_point start_time_;
};

}  // namespace zomg::monitor
