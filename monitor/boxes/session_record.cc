#include "monitor/boxes/session_record.h"

#include <utility>

namespace zomg::monitor {

using messages::SessionEnding;

SessionRecord::SessionRecord(Journal& journal, std::uint64_t connection, std::uint32_t number,
                             std::shared_ptr<RefusedSessions::Teller> refusals)
    : journal_(journal), connection_(connection), refusals_(std::move(refusals)) {
  end_.session = number;
}

SessionRecord::~SessionRecord() {
  if (!started_) {
    refuse(common::Failure::kConnectionEnded);
    return;
  }
  if (let_go_ && end_.ending == SessionEnding::kUnknown) return;
  end_.duration_us = microseconds_since(start_time_);
  journal_.publish(connection_, std::move(end_));
}

void SessionRecord::start(const messages::SessionPlan& plan, messages::BoxPath path,
                          messages::FallbackReason fallback) {
  started_ = true;
  refusals_.reset();  // a session may outlive its connection
  start_time_ = std::chrono::steady_clock::now();
  messages::SessionStarted event;
  event.session = end_.session;
  event.kind = plan.kind;
  event.forced = plan.forced;
  const std::string& command = plan.forced ? plan.forced_command.value : plan.command.value;
  event.command = clipped<limits::kMaxEventCommandBytes>(command);
  event.command_bytes = static_cast<std::uint32_t>(command.size());
  event.terminal = plan.terminal;
  event.path = path;
  event.fallback = fallback;
  journal_.publish(connection_, std::move(event));
}

void SessionRecord::refuse(common::Failure failure) {
  if (started_) {  // and no other path was found
    end_.ending = SessionEnding::kFailed;
    end_.code = static_cast<std::uint32_t>(failure);
    return;
  }
  // Only once: at its end it is let go, too.
  const auto teller = std::exchange(refusals_, nullptr);
  if (teller) teller->refuse(end_.session, failure, RefusedSessions::Clock::now());
}

bool SessionRecord::set_ending(std::string_view packet) {
  if (const auto exited = ipc::decode<messages::SessionExited>(packet)) {
    end_.ending = SessionEnding::kExited;
    end_.code = exited->status;
  } else if (const auto signaled = ipc::decode<messages::SessionSignaled>(packet)) {
    end_.ending = SessionEnding::kSignaled;
    end_.code = signaled->signal;
  } else if (const auto failed = ipc::decode<messages::SessionFailed>(packet)) {
    end_.ending = SessionEnding::kFailed;
    end_.code = static_cast<std::uint32_t>(failed->failure);
  }
  return end_.ending != SessionEnding::kUnknown;
}

void SessionRecord::set_process_end(const common::ExitStatus& status) {
  if (end_.ending != SessionEnding::kUnknown) return;
  if (status.signal != 0) {
    end_.ending = SessionEnding::kProcessKilled;
    end_.code = static_cast<std::uint32_t>(status.signal);
  } else if (status.exit_code != 0) {
    end_.ending = SessionEnding::kProcessExited;
    end_.code = static_cast<std::uint32_t>(status.exit_code);
  }
}

void SessionRecord::set_traffic(const messages::ReportTraffic& traffic) {
  end_.bytes_known = true;
  end_.bytes_from_client = traffic.from_client;
  end_.bytes_to_client = traffic.to_client;
  end_.idle = traffic.idle;
}

}  // namespace zomg::monitor
