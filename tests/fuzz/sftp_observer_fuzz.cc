// An sftp session's two directions, in turns, where it was asked for and where it is found out.
// Property: whatever the pieces that the bytes come in, what is told is the same, and bounded.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/check.h"
#include "common/base/limits.h"
#include "listener/connection/session/sftp_watch.h"

namespace {

using namespace zomg;

/// Feeds pieces of `piece_bytes`; each 64 bytes of the input are one direction's, in turns.
std::vector<std::string> observe(std::string_view bytes, std::size_t piece_bytes, bool asked_for) {
  std::vector<std::string> told;
  connection::SftpWatch observer(asked_for, false, [&told](const messages::ReportSftp& report) {
    auto packet = ipc::encode(report);
    CHECK(packet);
    told.push_back(std::move(*packet));
  });
  constexpr std::size_t kTurnBytes = 64;
  for (std::size_t turn = 0; turn * kTurnBytes < bytes.size(); ++turn) {
    std::string_view part = bytes.substr(turn * kTurnBytes, kTurnBytes);
    while (!part.empty()) {
      const std::string_view piece = part.substr(0, piece_bytes);
      if (turn % 2 == 0) {
        observer.on_request_bytes(piece);
      } else {
        observer.on_reply_bytes(piece);
      }
      part.remove_prefix(piece.size());
    }
  }
  observer.finish();
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool asked_for : {true, false}) {
    const auto whole = observe(bytes, 64, asked_for);
    CHECK(whole.size() <= limits::kSftpReportBurst + 2);
    CHECK(whole == observe(bytes, 1, asked_for));
    CHECK(whole == observe(bytes, 7, asked_for));
  }
  return 0;
}
