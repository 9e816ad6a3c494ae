#pragma once

#include <chrono>
#include <cstddef>

/// The bounds of limits.h that concern health and metrics alone.
namespace zomg::limits {

using namespace std::chrono_literals;

/// How often zomg-ssh-metrics is told what the gateway is like, and after how long a silence it
/// says that the monitor does not answer: longer than the slowest thing that the monitor does at
/// once.
inline constexpr std::chrono::seconds kStateInterval = 1s;
inline constexpr std::chrono::seconds kMonitorSilence = 10s;
/// Clients of health and metrics at a time, in all and from one address: the kubelet, two
/// Prometheus servers, and an operator. One that holds on, however slowly it goes on sending, is
/// cut off.
inline constexpr unsigned kMaxScrapes = 16;
inline constexpr unsigned kMaxScrapesPerAddress = 6;
inline constexpr std::chrono::seconds kMaxScrapeTime = 10s;
inline constexpr std::chrono::seconds kMaxScrapeSilence = 3s;
/// A request of theirs, and what is kept to answer it: the headers of a browser fit.
inline constexpr std::size_t kMaxScrapeRequestBytes = 16 * 1024;
/// The least that libmicrohttpd can be asked to read at a time.
inline constexpr std::size_t kScrapeReadBytes = 2 * 1024;

}  // namespace zomg::limits
