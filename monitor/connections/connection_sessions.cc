#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/ssh/environment_policy.h"
#include "monitor/connections/connection.h"

// The sessions of a connection: what they are asked for with, and what is reported of them.

namespace zomg::monitor {

using common::Result;

Result<void> Connection::open_session(const messages::OpenSession& request) {
  if (request.command.value.find('\0') != std::string::npos)
    return common::error("NUL in a command");
  if (request.kind != messages::SessionKind::kExec && !request.command.value.empty()) {
    return common::error("a command that nothing runs");
  }
  if (request.terminal && !login_->options.terminal_permitted)
    return common::error("a terminal without leave");
  if (!common::may_set_variables(request.environment)) {
    return common::error("variables that no client may set");
  }
  if (records_.size() >= limits::kMaxSessiondsPerConnection) {
    return common::error("too many sessions whose bytes it does not report");
  }
  // The answer carries a descriptor: those that nobody has received yet count as the monitor's own.
  if (!channel_.all_received()) {
    return common::error("a session is asked for before the last answer was received");
  }
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  ipc::Channel control(std::move(ends->second));
  const std::uint32_t number = ++last_session_;
  used_ = EventLoop::Clock::now();
  // A forced command may be an sftp-server, whatever was asked for.
  const bool tell_sftp =
      services_.settings.audit_sftp &&
      (request.kind == messages::SessionKind::kSftp || login_->options.forced_command.has_value());
  if (tell_sftp) sftp_sessions_.emplace(number, SftpBudget(SftpBudget::Clock::now()));
  auto replied = channel_.send(messages::SessionOpened{number, tell_sftp}, {ends->first.get()});
  if (!replied) return replied;
  auto record = std::make_shared<SessionRecord>(services_.journal, id_, number, refusals_);
  records_.emplace(number, record);
  // Each that waits for a lookup keeps a descriptor open.
  if (box_->sessions() >= limits::kMaxSessiondsPerConnection ||
      box_->waiting() >= services_.settings.max_sessions) {
    record->refuse(common::Failure::kTooManySessions);
    return control.send(messages::SessionFailed{common::Failure::kTooManySessions});
  }
  messages::SessionPlan plan;
  plan.kind = request.kind;
  plan.command = request.command;
  plan.terminal = request.terminal;
  const KeyOptions& options = login_->options;
  plan.forced = options.forced_command.has_value();
  plan.forced_command = std::string_view(options.forced_command.value_or(""));
  plan.environment = options.environment;
  common::add_missing(plan.environment, request.environment);
  plan.client = peer_.client;
  plan.server = peer_.server;
  BoxAccess::StartRecorder start_recorder;
  if (request.terminal && is_recorded()) {
    start_recorder = [this, number](ipc::Channel& recorded, SessionPlaces::Held place) {
      return record_session(recorded, number, std::move(place));
    };
  }
  box_->open(std::move(plan), std::move(control), std::move(record), std::move(start_recorder));
  return {};
}

bool Connection::is_recorded() const {
  const Settings& settings = services_.settings;
  const bool all = settings.record == RecordChoice::kAll && !settings.record_directory.empty();
  return all || login_->options.record;
}

bool Connection::record_session(ipc::Channel& control, std::uint32_t number,
                                SessionPlaces::Held place) {
  const Settings& settings = services_.settings;
  common::Result<ipc::Channel> between = common::error("there is no ZOMG_SSH_RECORD_DIR");
  if (!settings.record_directory.empty()) {
    between = services_.recorder.stand_between(control, {offer_->login_name.value, id_, number},
                                               settings, std::move(place));
  }
  if (between) {
    control = std::move(*between);
    return true;
  }
  log::error("{}: session {} cannot be recorded: {}", log_prefix_, number, between.error().message);
  return settings.record_failure == RecordFailure::kOpen;
}

Result<void> Connection::report_sftp(const messages::ReportSftp& request) {
  const auto session = sftp_sessions_.find(request.session);
  if (session == sftp_sessions_.end()) return common::error("nobody asked for it");
  if (!session->second.spend(SftpBudget::Clock::now())) return common::error("too many of them");
  services_.journal.publish(id_, messages::SftpOperation{{}, request});
  return {};
}

Result<void> Connection::report_traffic(const messages::ReportTraffic& request) {
  const auto found = records_.find(request.session);
  if (found == records_.end()) return common::error("no such session");
  found->second->set_traffic(request);
  used_ = EventLoop::Clock::now();
  box_->on_session_end();
  records_.erase(found);
  sftp_sessions_.erase(request.session);
  return {};
}

}  // namespace zomg::monitor
