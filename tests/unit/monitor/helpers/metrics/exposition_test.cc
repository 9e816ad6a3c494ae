#include "monitor/helpers/metrics/exposition.h"

#include <gtest/gtest.h>

namespace zomg::metrics {
namespace {

TEST(ExpositionTest, ACounterIsNamedAsEachFormatWantsIt) {
  for (const Format format : {Format::kPrometheus, Format::kOpenMetrics}) {
    Exposition out(format);
    out.family(Type::kCounter, "x_bytes", "All of it.", "bytes");
    out.sample(labels({{"way", "in"}}), std::uint64_t{7});
    EXPECT_EQ(out.finish(), format == Format::kPrometheus
                                ? "# TYPE x_bytes_total counter\n# HELP x_bytes_total All of it.\n"
                                  "x_bytes_total{way=\"in\"} 7\n"
                                : "# TYPE x_bytes counter\n# UNIT x_bytes bytes\n"
                                  "# HELP x_bytes All of it.\n"
                                  "x_bytes_total{way=\"in\"} 7\n# EOF\n");
  }
}

TEST(ExpositionTest, AGaugeHasItsPlainName) {
  Exposition out(Format::kPrometheus);
  out.family(Type::kGauge, "x", "X.");
  out.sample("", 0.25);
  EXPECT_EQ(out.finish(), "# TYPE x gauge\n# HELP x X.\nx 0.25\n");
}

TEST(ExpositionTest, LabelsAreEscaped) {
  EXPECT_EQ(labels({{"a", "b\"c\\d\ne"}, {"f", ""}}), R"(a="b\"c\\d\ne",f="")");
}

}  // namespace
}  // namespace zomg::metrics
