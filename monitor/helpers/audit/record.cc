#include "monitor/helpers/audit/record.h"

#include <fmt/core.h>
#include <time.h>

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/messages/event_names.h"

namespace zomg::audit {
namespace {

using messages::name;
using messages::signal_name;
using Json = nlohmann::ordered_json;

/// RFC 3339, in UTC.
std::string timestamp(std::uint64_t time_us) {
  const auto seconds = static_cast<time_t>(time_us / 1'000'000);
  tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     time_us % 1'000'000);
}

Json start(const messages::EventStamp& stamp, std::string_view event) {
  Json json{{"time", timestamp(stamp.time_us)}};
  if (stamp.number != 0) json["number"] = stamp.number;
  json["event"] = event;
  if (stamp.connection != 0) json["connection"] = stamp.connection;
  return json;
}

std::string finish(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

std::string record(const messages::ConnectionOpened& event) {
  Json json = start(event.stamp, "connection");
  json["client"] = event.client.address.value;
  json["client_port"] = event.client.port;
  json["server"] = event.server.address.value;
  json["server_port"] = event.server.port;
  return finish(json);
}

std::string record(const messages::ConnectionRefused& event) {
  Json json = start(event.stamp, "connection_refused");
  json["client"] = event.client.address.value;
  json["client_port"] = event.client.port;
  json["reason"] = name(event.reason);
  if (event.untold != 0) json["untold"] = event.untold;
  return finish(json);
}

std::string record(const messages::ConnectionClosed& event) {
  Json json = start(event.stamp, "connection_end");
  json["authenticated"] = event.authenticated;
  json["duration_us"] = event.duration_us;
  return finish(json);
}

std::string record(const messages::AuthenticationAccepted& event) {
  Json json = start(event.stamp, "authentication");
  json["accepted"] = true;
  json["user"] = event.login_name.value;
  json["algorithm"] = event.algorithm.value;
  json["key"] = event.fingerprint.value;
  json["key_source"] = event.key_source.value;
  if (!event.certificate.ca_fingerprint.value.empty()) {
    json["ca"] = event.certificate.ca_fingerprint.value;
    json["key_id"] = event.certificate.key_id.value;
    json["serial"] = event.certificate.serial;
  }
  return finish(json);
}

std::string record(const messages::AuthenticationRefused& event) {
  Json json = start(event.stamp, "authentication");
  json["accepted"] = false;
  json["user"] = event.login_name.value;
  json["algorithm"] = event.algorithm.value;
  json["key"] = event.fingerprint.value;
  json["reason"] = event.reason.value;
  return finish(json);
}

std::string record(const messages::LookupEnded& event) {
  Json json = start(event.stamp, "lookup");
  json["user"] = event.login_name.value;
  json["found"] = event.failure == common::Failure::kNone;
  if (event.failure == common::Failure::kNone) {
    json["namespace"] = event.kubernetes_namespace.value;
    json["pod"] = event.pod.value;
    json["pod_uid"] = event.pod_uid.value;
    json["container"] = event.container.value;
    json["container_id"] = event.container_id.value;
    json["path"] = name(event.path);
  } else {
    json["reason"] = name(event.failure);
  }
  json["duration_us"] = event.duration_us;
  return finish(json);
}

std::string record(const messages::SessionStarted& event) {
  Json json = start(event.stamp, "session");
  json["session"] = event.session;
  json["kind"] = name(event.kind);
  if (event.forced) json["forced"] = true;
  if (event.kind == messages::SessionKind::kExec || event.forced) {
    json["command"] = event.command.value;
    json["command_bytes"] = event.command_bytes;
  }
  json["terminal"] = event.terminal;
  json["path"] = name(event.path);
  if (event.fallback != messages::FallbackReason::kNone) json["fallback"] = name(event.fallback);
  return finish(json);
}

std::string record(const messages::SessionRefused& event) {
  Json json = start(event.stamp, "session_refused");
  json["session"] = event.session;
  json["reason"] = name(event.failure);
  if (event.untold != 0) json["untold"] = event.untold;
  return finish(json);
}

std::string record(const messages::SessionEnded& event) {
  Json json = start(event.stamp, "session_end");
  json["session"] = event.session;
  switch (event.ending) {
    case messages::SessionEnding::kUnknown:
      break;
    case messages::SessionEnding::kExited:
      json["status"] = event.code;
      break;
    case messages::SessionEnding::kSignaled:
      json["signal"] = signal_name(event.code);
      break;
    case messages::SessionEnding::kFailed:
      json["reason"] = name(static_cast<common::Failure>(event.code));
      break;
    case messages::SessionEnding::kProcessKilled:
      json["reason"] = "process_died";
      json["process_signal"] = signal_name(event.code);
      break;
    case messages::SessionEnding::kProcessExited:
      json["reason"] = "process_died";
      json["process_status"] = event.code;
      break;
  }
  if (event.idle) json["reason"] = name(common::Failure::kIdle);
  if (event.bytes_known) {
    json["bytes_from_client"] = event.bytes_from_client;
    json["bytes_to_client"] = event.bytes_to_client;
  }
  json["duration_us"] = event.duration_us;
  return finish(json);
}

namespace {

constexpr std::array kAttributes{
    std::pair{messages::kSftpSize, "size"}, std::pair{messages::kSftpOwner, "owner"},
    std::pair{messages::kSftpPermissions, "mode"}, std::pair{messages::kSftpTimes, "times"}};

/// What was set by a setstat, by the names of ls(1)'s columns.
void put_attributes(const messages::ReportSftp& report, Json& json) {
  json["attributes"] = Json::array();
  for (const auto& [flag, name] : kAttributes) {
    if ((report.attributes & flag) != 0) json["attributes"].push_back(name);
  }
  if ((report.attributes & messages::kSftpPermissions) != 0) {
    json["mode"] = fmt::format("{:04o}", report.permissions & 07777);
  }
}

}  // namespace

std::string record(const messages::SftpOperation& event) {
  using messages::SftpAction;
  const messages::ReportSftp& report = event.report;
  Json json = start(event.stamp, "sftp");
  json["session"] = report.session;
  json["claimed_by"] = "connection";
  json["operation"] = name(report.action);
  if (report.action != SftpAction::kNotFollowed) {
    json["path"] = report.path.value;
    if (!report.unanswered) json["succeeded"] = report.succeeded;
  }
  if (report.action == SftpAction::kRename || report.action == SftpAction::kLink ||
      report.action == SftpAction::kCopy) {
    json["target"] = report.target.value;
  }
  if (report.action == SftpAction::kSetAttributes) put_attributes(report, json);
  if (report.action == SftpAction::kOpen) {
    json["for_reading"] = report.for_reading;
    json["for_writing"] = report.for_writing;
  }
  if (report.action == SftpAction::kClose) {
    json["bytes_read"] = report.bytes_read;
    json["bytes_written"] = report.bytes_written;
  }
  if (report.untold != 0) json["untold"] = report.untold;
  return finish(json);
}

std::string record(const messages::Reported& event) {
  const bool refusal = event.event == messages::Event::kForwardingRefused ||
                       event.event == messages::Event::kAuthenticationRequestRefused;
  Json json = start(event.stamp, refusal ? "refusal" : "disconnect");
  json["reason"] = name(event.event);
  return finish(json);
}

std::string record(const messages::ContractBroken& event) {
  Json json = start(event.stamp, "contract_broken");
  json["violation"] = event.violation.value;
  return finish(json);
}

std::string record(const messages::LoginRevoked& event) {
  Json json = start(event.stamp, "revoked");
  json["user"] = event.login_name.value;
  json["key"] = event.fingerprint.value;
  json["reason"] = event.reason.value;
  return finish(json);
}

std::string record(const messages::EventsDropped& event) {
  Json json = start(event.stamp, "events_dropped");
  json["count"] = event.count;
  return finish(json);
}

}  // namespace zomg::audit
