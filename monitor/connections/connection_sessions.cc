#include "monitor/connections/connection_sessions.h"

#include "common/base/log.h"
#include "common/ssh/environment_policy.h"

namespace zomg::monitor {

using common::Result;

ConnectionSessions::ConnectionSessions(const ConnectionServices& services, const Owner& owner)
    : services_(services),
      owner_(owner),
      refusals_(std::make_shared<RefusedSessions::Teller>(
          services.refused_sessions, owner.login.credential.identity, owner.connection)),
      box_(services.loop, services.journal, services.finder, services.launcher, owner.login,
           owner.connection, owner.peer.log_prefix()) {}

Result<void> ConnectionSessions::check(const messages::OpenSession& request) const {
  if (request.command.value.find('\0') != std::string::npos)
    return common::error("NUL in a command");
  if (request.kind != messages::SessionKind::kExec && !request.command.value.empty()) {
    return common::error("a command that nothing runs");
  }
  if (request.terminal && !owner_.login.options.terminal_permitted)
    return common::error("a terminal without leave");
  if (!common::may_set_variables(request.environment)) {
    return common::error("variables that no client may set");
  }
  if (records_.size() >= limits::kMaxSessiondsPerConnection) {
    return common::error("too many sessions whose bytes it does not report");
  }
  // The answer carries a descriptor: those that nobody has received yet count as the monitor's own.
  if (!owner_.channel.all_received()) {
    return common::error("a session is asked for before the last answer was received");
  }
  return {};
}

messages::SessionPlan ConnectionSessions::plan(const messages::OpenSession& request) const {
  messages::SessionPlan plan;
  plan.kind = request.kind;
  plan.command = request.command;
  plan.terminal = request.terminal;
  const KeyOptions& options = owner_.login.options;
  plan.forced = options.forced_command.has_value();
  plan.forced_command = std::string_view(options.forced_command.value_or(""));
  plan.environment = options.environment;
  common::add_missing(plan.environment, request.environment);
  plan.client = owner_.peer.client();
  plan.server = owner_.peer.server();
  return plan;
}

Result<void> ConnectionSessions::open(const messages::OpenSession& request) {
  if (auto checked = check(request); !checked) return checked;
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  ipc::Channel control(std::move(ends->second));
  const std::uint32_t number = ++last_session_;
  used_ = EventLoop::Clock::now();
  // A forced command may be an sftp-server, whatever was asked for.
  const bool tell_sftp =
      services_.settings.audit_sftp && (request.kind == messages::SessionKind::kSftp ||
                                        owner_.login.options.forced_command.has_value());
  if (tell_sftp) sftp_sessions_.emplace(number, SftpBudget(SftpBudget::Clock::now()));
  auto replied =
      owner_.channel.send(messages::SessionOpened{number, tell_sftp}, {ends->first.get()});
  if (!replied) return replied;
  auto record =
      std::make_shared<SessionRecord>(services_.journal, owner_.connection, number, refusals_);
  records_.emplace(number, record);
  // Each that waits for a lookup keeps a descriptor open.
  if (box_.sessions() >= limits::kMaxSessiondsPerConnection ||
      box_.waiting() >= services_.settings.max_sessions) {
    record->refuse(common::Failure::kTooManySessions);
    return control.send(messages::SessionFailed{common::Failure::kTooManySessions});
  }
  BoxAccess::StartRecorder start_recorder;
  if (request.terminal && is_recorded()) {
    start_recorder = [this, number](ipc::Channel& recorded, SessionPlaces::Held place) {
      return this->record(recorded, number, std::move(place));
    };
  }
  box_.open(plan(request), std::move(control), std::move(record), std::move(start_recorder));
  return {};
}

bool ConnectionSessions::is_recorded() const {
  const Settings& settings = services_.settings;
  const bool all = settings.record == RecordChoice::kAll && !settings.record_directory.empty();
  return all || owner_.login.options.record;
}

bool ConnectionSessions::record(ipc::Channel& control, std::uint32_t number,
                                SessionPlaces::Held place) {
  const Settings& settings = services_.settings;
  Result<ipc::Channel> between = common::error("there is no ZOMG_SSH_RECORD_DIR");
  if (!settings.record_directory.empty()) {
    between = services_.recorder.stand_between(
        control, {owner_.login.name.text(), owner_.connection, number}, settings, std::move(place));
  }
  if (between) {
    control = std::move(*between);
    return true;
  }
  log::error("{}: session {} cannot be recorded: {}", owner_.peer.log_prefix(), number,
             between.error().message);
  return settings.record_failure == RecordFailure::kOpen;
}

Result<void> ConnectionSessions::report_sftp(const messages::ReportSftp& request) {
  const auto session = sftp_sessions_.find(request.session);
  if (session == sftp_sessions_.end()) return common::error("nobody asked for it");
  if (!session->second.spend(SftpBudget::Clock::now())) return common::error("too many of them");
  services_.journal.publish(owner_.connection, messages::SftpOperation{{}, request});
  return {};
}

Result<void> ConnectionSessions::report_traffic(const messages::ReportTraffic& request) {
  const auto found = records_.find(request.session);
  if (found == records_.end()) return common::error("no such session");
  found->second->set_traffic(request);
  used_ = EventLoop::Clock::now();
  box_.on_session_end();
  records_.erase(found);
  sftp_sessions_.erase(request.session);
  return {};
}

std::optional<EventLoop::Clock::time_point> ConnectionSessions::unused_since() const {
  if (box_.in_use()) return std::nullopt;
  return used_;
}

}  // namespace zomg::monitor
