#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sessiond/kubectl/klog_filter.h"

namespace zomg::kubectl {

/// Takes session.sh's own words, and the log lines of kubectl, out of a stream of the user's bytes. A word is the mark, a space,
/// and the rest of its line:
///   S PID START   the user's program is about to start; what came before is nobody's output. The
///              leader of its session, there, and when that started
///   E STATUS [held]   it has ended; others still hold its outputs
///   F REASON   it was not started
///   Z   on stdout: this was the last that it wrote there
/// Only the first S, and only the first E or F, count; whoever does not know the mark can say none.
class OutputFilter {
 public:
  enum class Stream {
    kTerminal,  ///< S, E and F
    kError,     ///< the same, and what kubectl itself says at its end
    kOutput,    ///< Z; all of it is the user's from the beginning
  };

  OutputFilter(std::string mark, Stream stream)
      : mark_(std::move(mark)), stream_(stream), started_(stream == Stream::kOutput) {}

  /// Lines of klog with this pid in them are kubectl's: they go into complaint().
  void set_kubectl(pid_t pid) { klog_.emplace(pid); }
  /// Takes bytes and returns those that are the user's. A few may be kept back until it is clear
  /// whether they begin a word.
  std::string take(std::string_view bytes);
  /// Gives out what looked like kubectl's and was not followed by the end of the stream.
  std::string release();
  bool holds_back() const { return !held_.empty() || (klog_ && klog_->holds_back()); }
  /// What is left at the end of the stream and is the user's. kubectl's own last words are in
  /// complaint() from then on.
  std::string finish();

  bool started() const { return started_; }
  /// PID and START, digits both, or neither.
  const std::string& leader() const { return leader_; }
  const std::string& leader_started() const { return leader_started_; }
  /// The program's exit status, once it is known.
  std::optional<int> status() const { return status_; }
  /// Why it was not started: a word of session.sh.
  const std::string& reason() const { return reason_; }
  /// Whether what the program left behind holds an output.
  bool held() const { return held_open_; }
  bool closed() const { return closed_; }
  bool ended() const { return status_.has_value() || !reason_.empty(); }
  /// What came before the start, or what kubectl said at the end; bounded, for the log.
  const std::string& complaint() const { return complaint_; }

 private:
  std::string take_unlogged(std::string_view bytes);
  void read_word(std::string_view word);
  void complain(std::string_view text);
  /// Lets `bytes` pass to `out`, but for a last line that may be kubectl's.
  void pass(std::string_view bytes, std::string& out);

  std::optional<KlogFilter> klog_;
  std::string mark_;
  Stream stream_;
  std::string pending_;  ///< may begin a word
  std::string held_;     ///< may be kubectl's last words
  bool at_line_start_ = true;
  bool started_ = false;
  bool held_open_ = false;
  bool closed_ = false;
  std::optional<int> status_;
  std::string reason_;
  std::string leader_;
  std::string leader_started_;
  std::string complaint_;
};

}  // namespace zomg::kubectl
