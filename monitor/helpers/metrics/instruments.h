#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "monitor/helpers/metrics/exposition.h"

namespace zomg::metrics {

/// A family of counters, one for each set of labels that was counted.
class Counters {
 public:
  void add(std::string labels, std::uint64_t number = 1) { values_[std::move(labels)] += number; }
  void write(Exposition& out) const;

 private:
  std::map<std::string, std::uint64_t> values_;
};

/// The upper bounds, in seconds, that a duration is counted under.
using Bounds = std::span<const double>;

/// From a lookup in the node's own runtime (3 ms) to the time-out.
inline constexpr std::array kLookupBounds{0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                          0.25,   0.5,   1.0,  2.5,   5.0,  10.0};
/// From a command that scp sends to a day in tmux.
inline constexpr std::array kSessionBounds{0.1,   0.5,    1.0,    5.0,     30.0,
                                           300.0, 1800.0, 3600.0, 14400.0, 86400.0};

/// A family of histograms of durations, one for each set of labels.
class Histograms {
 public:
  explicit Histograms(Bounds bounds) : bounds_(bounds) {}

  void observe(const std::string& labels, std::uint64_t duration_us);
  void write(Exposition& out) const;

 private:
  struct Histogram {
    std::map<double, std::uint64_t> at_most;  ///< by upper bound; a duration is in one only
    std::uint64_t count = 0;
    std::uint64_t sum_us = 0;
  };

  Bounds bounds_;
  std::map<std::string, Histogram> values_;
};

}  // namespace zomg::metrics
