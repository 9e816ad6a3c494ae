#pragma once

#include <chrono>
#include <string>

#include "common/base/fd.h"
#include "common/base/result.h"
#include "monitor/helpers/recorder/asciicast.h"

namespace zomg::recorder {

/// The files of one session: `NAME.cast`, and as each is full, `NAME.2.cast` and so on, all of them
/// asciicasts by themselves. An Error means that from then on nothing is recorded.
class Recording {
 public:
  struct Options {
    std::string name;
    std::string title;
    std::size_t part_bytes = 0;   ///< of one file
    std::uint64_t max_bytes = 0;  ///< of all of them
  };
  Recording(common::Fd directory, Options options)
      : directory_(std::move(directory)), options_(std::move(options)) {}

  common::Result<void> start(const winsize& size);
  common::Result<void> output(std::string_view bytes);
  common::Result<void> resize(const winsize& size);
  common::Result<void> finish();

 private:
  common::Result<void> begin_part();
  common::Result<void> append(std::string_view line);
  common::Result<void> write_all(std::string_view bytes);
  Moment now() const;

  common::Fd directory_;
  Options options_;
  common::Fd file_;
  Asciicast cast_;
  winsize size_{};
  unsigned part_ = 0;
  std::size_t in_part_ = 0;
  std::uint64_t in_all_ = 0;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace zomg::recorder
