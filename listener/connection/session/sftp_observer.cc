#include "listener/connection/session/sftp_observer.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::connection {
namespace {

using common::WireReader;
using messages::ReportSftp;
using messages::SftpAction;

enum ReplyType : std::uint8_t { kVersion = 2, kStatus = 101, kHandle = 102, kData = 103 };

/// Of a DATA packet: type, identifier and length.
constexpr std::uint32_t kDataHeaderBytes = 9;

}  // namespace

std::size_t SftpObserver::size_of(std::string_view handle, const ReportSftp& report) {
  return sizeof(SftpRequest) + handle.size() + report.path.value.size() +
         report.target.value.size();
}

SftpObserver::SftpObserver(Tell tell) : tell_(std::move(tell)) {}

void SftpObserver::on_request_bytes(std::string_view bytes) {
  if (stopped_) return;
  bool followed = true;
  const bool cut = requests_.feed(
      bytes, [&](const Packet& packet) { followed = followed && on_request(packet); });
  if (!cut || !followed) give_up();
}

void SftpObserver::on_reply_bytes(std::string_view bytes) {
  if (stopped_) return;
  bool followed = true;
  const bool cut =
      replies_.feed(bytes, [&](const Packet& packet) { followed = followed && on_reply(packet); });
  if (!cut || !followed) give_up();
}

bool SftpObserver::on_request(const Packet& packet) {
  WireReader reader(packet.head);
  SftpRequest request;
  const auto path_of = [this](std::string_view handle) { return this->path_of(handle); };
  if (!read_sftp_request(reader, path_of, request)) return false;
  if (request.initial) return true;
  const std::size_t cost = size_of(request.handle, request.report);
  // Of two with the same identifier nobody could tell whose an answer is.
  if (held_bytes_ + cost > limits::kMaxSftpHeldBytes ||
      !waiting_.emplace(request.id, std::move(request)).second) {
    return false;
  }
  held_bytes_ += cost;
  return true;
}

ipc::Bytes<limits::kMaxSftpPathBytes> SftpObserver::path_of(std::string_view handle) const {
  const auto file = files_.find(std::string(handle));
  return file == files_.end() ? ipc::Bytes<limits::kMaxSftpPathBytes>() : file->second.path;
}

bool SftpObserver::on_reply(const Packet& packet) {
  WireReader reader(packet.head);
  std::uint8_t type = 0;
  std::uint32_t id = 0;
  if (!reader.byte(type)) return false;
  if (type == kVersion) return true;  // has no identifier
  if (!reader.uint32(id)) return false;
  auto node = waiting_.extract(id);
  if (node.empty()) return false;
  SftpRequest& request = node.mapped();
  held_bytes_ -= size_of(request.handle, request.report);
  std::uint32_t code = 0;
  std::string_view handle;
  switch (type) {
    case kStatus:
      if (!reader.uint32(code)) return false;
      on_status(request, code == 0);
      return true;
    case kHandle:
      return reader.string(handle) && on_handle(request, handle);
    case kData:
      if (packet.length < kDataHeaderBytes) return false;
      on_data(request, packet.length - kDataHeaderBytes);
      return true;
    default:
      return true;
  }
}

bool SftpObserver::on_handle(SftpRequest& request, std::string_view handle) {
  ReportSftp& report = request.report;
  // Of a directory otherwise.
  if (request.kind != SftpRequest::Kind::kOperation || report.action != SftpAction::kOpen)
    return true;
  report.succeeded = true;
  ReportSftp closed = report;
  closed.action = SftpAction::kClose;
  tell(std::move(report));
  const std::size_t cost = size_of(handle, closed);
  if (held_bytes_ + cost > limits::kMaxSftpHeldBytes ||
      !files_.emplace(handle, std::move(closed)).second) {
    return false;
  }
  held_bytes_ += cost;
  return true;
}

void SftpObserver::on_status(SftpRequest& request, bool succeeded) {
  switch (request.kind) {
    case SftpRequest::Kind::kOther:
      return;
    case SftpRequest::Kind::kTransfer:
      if (const auto file = files_.find(request.handle); succeeded && file != files_.end()) {
        file->second.bytes_written += request.report.bytes_written;
      }
      return;
    case SftpRequest::Kind::kOperation:
      if (request.report.action == SftpAction::kClose) {
        return close_file(request.handle, succeeded);
      }
      request.report.succeeded = succeeded;
      tell(std::move(request.report));
  }
}

void SftpObserver::on_data(const SftpRequest& request, std::uint64_t bytes) {
  const auto file = files_.find(request.handle);
  if (file != files_.end()) file->second.bytes_read += bytes;
}

void SftpObserver::close_file(const std::string& handle, bool succeeded) {
  auto node = files_.extract(handle);
  if (node.empty()) return;  // a directory
  held_bytes_ -= size_of(handle, node.mapped());
  node.mapped().succeeded = succeeded;
  tell(std::move(node.mapped()));
}

void SftpObserver::tell(ReportSftp report) {
  const auto now = Clock::now();
  if (now - allowed_since_ >= std::chrono::seconds(1)) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - allowed_since_);
    const auto regained =
        static_cast<std::uint64_t>(seconds.count()) * limits::kSftpReportsPerSecond;
    told_ -= static_cast<unsigned>(std::min<std::uint64_t>(told_, regained));
    allowed_since_ = now;
  }
  if (told_ >= limits::kSftpReportBurst) {
    ++untold_;
    return;
  }
  ++told_;
  report.untold = std::exchange(untold_, 0);
  tell_(report);
}

void SftpObserver::give_up() {
  if (stopped_) return;
  stopped_ = true;
  waiting_.clear();
  files_.clear();
  ReportSftp report;
  report.action = SftpAction::kNotFollowed;
  report.untold = std::exchange(untold_, 0);
  tell_(report);
}

void SftpObserver::finish() {
  if (stopped_) return;
  stopped_ = true;
  for (auto& [id, request] : waiting_) {
    ReportSftp& report = request.report;
    // Of a file that was to be closed the file tells.
    if (request.kind != SftpRequest::Kind::kOperation || report.action == SftpAction::kClose) {
      continue;
    }
    report.unanswered = true;
    tell(std::move(report));
  }
  for (auto& [handle, report] : files_) {
    report.succeeded = false;
    tell(std::move(report));
  }
  files_.clear();
  waiting_.clear();
  if (untold_ == 0) return;
  ReportSftp report;
  report.action = SftpAction::kNotFollowed;
  report.untold = untold_;
  tell_(report);
}

}  // namespace zomg::connection
