#include "monitor/helpers/metrics/instruments.h"

#include <gtest/gtest.h>

namespace zomg::metrics {
namespace {

template <typename Instrument>
std::string text_of(const Instrument& instrument, Type type) {
  Exposition out(Format::kPrometheus);
  out.family(type, "x", "X.");
  instrument.write(out);
  const std::string text = out.finish();
  return text.substr(text.find("X.\n") + 3);
}

TEST(InstrumentsTest, CountersCountByLabels) {
  Counters counters;
  counters.add("a=\"1\"");
  counters.add("a=\"2\"", 5);
  counters.add("a=\"1\"");
  EXPECT_EQ(text_of(counters, Type::kCounter), "x_total{a=\"1\"} 2\nx_total{a=\"2\"} 5\n");
}

TEST(InstrumentsTest, BucketsCountAllBelowThem) {
  constexpr std::array kBounds{0.1, 1.0};
  Histograms histograms{kBounds};
  for (const std::uint64_t duration_us : {50'000U, 100'000U, 100'001U, 5'000'000U}) {
    histograms.observe("w=\"y\"", duration_us);
  }
  EXPECT_EQ(text_of(histograms, Type::kHistogram),
            "x_bucket{w=\"y\",le=\"0.1\"} 2\nx_bucket{w=\"y\",le=\"1\"} 3\n"
            "x_bucket{w=\"y\",le=\"+Inf\"} 4\nx_count{w=\"y\"} 4\nx_sum{w=\"y\"} 5.250001\n");
}

}  // namespace
}  // namespace zomg::metrics
