#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/limits.h"
#include "common/messages/connection.h"
#include "listener/connection/session/sftp_packets.h"
#include "listener/connection/session/sftp_request.h"

namespace zomg::connection {

/// Reads along with an sftp session (draft-ietf-secsh-filexfer-02, which OpenSSH speaks) and tells
/// what became of its files. Passive: it sees what was passed on already. What it cannot follow
/// ends its observation, which it tells, and nothing else.
class SftpObserver {
 public:
  using Clock = std::chrono::steady_clock;
  using Tell = std::function<void(const messages::ReportSftp&)>;

  /// `tell` gets limits::kSftpReportBurst operations at once, and then as many a second as
  /// limits::kSftpReportsPerSecond; of others the number.
  explicit SftpObserver(Tell tell);

  void on_request_bytes(std::string_view bytes);
  void on_reply_bytes(std::string_view bytes);
  /// Tells that it follows no more, unless it said so.
  void give_up();
  /// The session ends: tells of what was asked and has no answer, and of the files that were open.
  void finish();

 private:
  using Packet = SftpPackets::Packet;
  /// What keeping it takes.
  static std::size_t size_of(std::string_view handle, const messages::ReportSftp& report);
  /// Of an open file; of another handle, as a directory's, nothing.
  ipc::Bytes<limits::kMaxSftpPathBytes> path_of(std::string_view handle) const;
  bool on_request(const Packet& packet);
  bool on_reply(const Packet& packet);
  bool on_handle(SftpRequest& request, std::string_view handle);
  void on_status(SftpRequest& request, bool succeeded);
  void on_data(const SftpRequest& request, std::uint64_t bytes);
  void close_file(const std::string& handle, bool succeeded);
  void tell(messages::ReportSftp report);

  Tell tell_;
  SftpPackets requests_;
  SftpPackets replies_;
  /// Requests without their answers. Those of no interest are kept, too, or one of them could take
  /// another's answer.
  std::unordered_map<std::uint32_t, SftpRequest> waiting_;
  /// What is to be told when the handle is closed.
  std::unordered_map<std::string, messages::ReportSftp> files_;
  std::size_t held_bytes_ = 0;  ///< by these two
  Clock::time_point allowed_since_ = Clock::now();
  unsigned told_ = 0;
  std::uint64_t untold_ = 0;
  bool stopped_ = false;
};

}  // namespace zomg::connection
