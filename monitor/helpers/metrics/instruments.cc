#include "monitor/helpers/metrics/instruments.h"

#include <fmt/format.h>

#include <algorithm>

namespace zomg::metrics {

void Counters::write(Exposition& out) const {
  for (const auto& [labels, value] : values_) out.sample(labels, value);
}

void Histograms::observe(const std::string& labels, std::uint64_t duration_us) {
  Histogram& histogram = values_[labels];
  const double seconds = static_cast<double>(duration_us) / kMicrosecondsPerSecond;
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), seconds);
  if (bound != bounds_.end()) ++histogram.at_most[*bound];
  ++histogram.count;
  histogram.sum_us += duration_us;
}

void Histograms::write(Exposition& out) const {
  for (const auto& [labels, histogram] : values_) {
    const std::string before = labels.empty() ? "" : labels + ",";
    std::uint64_t so_far = 0;
    for (const double bound : bounds_) {
      if (const auto found = histogram.at_most.find(bound); found != histogram.at_most.end()) {
        so_far += found->second;
      }
      out.sample(fmt::format("{}le=\"{}\"", before, bound), so_far, "_bucket");
    }
    out.sample(before + "le=\"+Inf\"", histogram.count, "_bucket");
    out.sample(labels, histogram.count, "_count");
    out.sample(labels, static_cast<double>(histogram.sum_us) / kMicrosecondsPerSecond, "_sum");
  }
}

}  // namespace zomg::metrics
