#include "listener/connection/session/sftp_request.h"

namespace zomg::connection {
namespace {

using common::WireReader;
using messages::ReportSftp;
using messages::SftpAction;

enum RequestType : std::uint8_t {
  kInit = 1,
  kOpen = 3,
  kClose = 4,
  kRead = 5,
  kWrite = 6,
  kSetStat = 9,
  kSetStatOfHandle = 10,
  kRemove = 13,
  kMakeDirectory = 14,
  kRemoveDirectory = 15,
  kRename = 18,
  kSymbolicLink = 20,
  kExtended = 200,
};

/// SSH_FXF_READ, SSH_FXF_WRITE.
constexpr std::uint32_t kForReading = 1;
constexpr std::uint32_t kForWriting = 2;

ipc::Bytes<limits::kMaxSftpPathBytes> clipped(std::string_view path) {
  return path.substr(0, limits::kMaxSftpPathBytes);
}

bool read_paths(WireReader& reader, ReportSftp& report, SftpAction action) {
  std::string_view path;
  std::string_view target;
  if (!reader.string(path) || !reader.string(target)) return false;
  report.action = action;
  report.path = clipped(path);
  report.target = clipped(target);
  return true;
}

bool read_path(WireReader& reader, ReportSftp& report, SftpAction action) {
  std::string_view path;
  if (!reader.string(path)) return false;
  report.action = action;
  report.path = clipped(path);
  return true;
}

bool read_attributes(WireReader& reader, ReportSftp& report) {
  report.action = SftpAction::kSetAttributes;
  std::uint64_t size = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  if (!reader.uint32(report.attributes)) return false;
  if ((report.attributes & messages::kSftpSize) != 0 && !reader.uint64(size)) return false;
  if ((report.attributes & messages::kSftpOwner) != 0 &&
      (!reader.uint32(uid) || !reader.uint32(gid))) {
    return false;
  }
  return (report.attributes & messages::kSftpPermissions) == 0 || reader.uint32(report.permissions);
}

bool read_set_stat(WireReader& reader, ReportSftp& report) {
  return read_path(reader, report, SftpAction::kSetAttributes) && read_attributes(reader, report);
}

bool read_open(WireReader& reader, ReportSftp& report) {
  std::uint32_t flags = 0;
  if (!read_path(reader, report, SftpAction::kOpen) || !reader.uint32(flags)) return false;
  report.for_reading = (flags & kForReading) != 0;
  report.for_writing = (flags & kForWriting) != 0;
  return true;
}

/// draft-ietf-secsh-filexfer-extensions-00 §7: how much is copied is not always told.
bool read_copy(WireReader& reader, const PathOfHandle& path_of, ReportSftp& report) {
  std::string_view source;
  std::string_view target;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  if (!reader.string(source) || !reader.uint64(offset) || !reader.uint64(length) ||
      !reader.string(target)) {
    return false;
  }
  report.action = SftpAction::kCopy;
  report.path = path_of(source);
  report.target = path_of(target);
  return true;
}

bool read_extended(WireReader& reader, const PathOfHandle& path_of, SftpRequest& request) {
  std::string_view name;
  if (!reader.string(name)) return false;
  ReportSftp& report = request.report;
  if (name == "posix-rename@openssh.com") return read_paths(reader, report, SftpAction::kRename);
  if (name == "hardlink@openssh.com") return read_paths(reader, report, SftpAction::kLink);
  if (name == "lsetstat@openssh.com") return read_set_stat(reader, report);
  if (name == "copy-data") return read_copy(reader, path_of, report);
  request.kind = SftpRequest::Kind::kOther;
  return true;
}

}  // namespace

bool read_sftp_request(WireReader& reader, const PathOfHandle& path_of, SftpRequest& request) {
  ReportSftp& report = request.report;
  std::uint8_t type = 0;
  std::string_view text;
  std::uint64_t offset = 0;
  std::uint32_t size = 0;
  if (!reader.byte(type)) return false;
  request.initial = type == kInit;
  if (request.initial) return true;
  if (!reader.uint32(request.id)) return false;
  request.kind = SftpRequest::Kind::kOperation;
  switch (type) {
    case kOpen:
      return read_open(reader, report);
    case kClose:
      report.action = SftpAction::kClose;
      if (!reader.string(text)) return false;
      break;
    case kRead:
    case kWrite:
      if (!reader.string(text) || !reader.uint64(offset) || !reader.uint32(size)) return false;
      request.kind = SftpRequest::Kind::kTransfer;
      if (type == kWrite) report.bytes_written = size;
      break;
    case kRemove:
      return read_path(reader, report, SftpAction::kRemove);
    case kMakeDirectory:
      return read_path(reader, report, SftpAction::kMakeDirectory);
    case kRemoveDirectory:
      return read_path(reader, report, SftpAction::kRemoveDirectory);
    case kRename:
      return read_paths(reader, report, SftpAction::kRename);
    case kSymbolicLink:
      return read_paths(reader, report, SftpAction::kLink);
    case kSetStat:
      return read_set_stat(reader, report);
    case kSetStatOfHandle:
      if (!reader.string(text)) return false;
      report.path = path_of(text);
      return read_attributes(reader, report);
    case kExtended:
      return read_extended(reader, path_of, request);
    default:
      request.kind = SftpRequest::Kind::kOther;
      return true;
  }
  request.handle = text;
  return true;
}

}  // namespace zomg::connection
