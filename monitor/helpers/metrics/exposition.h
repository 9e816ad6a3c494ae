#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace zomg::metrics {

/// A sample of a time is in seconds.
inline constexpr double kMicrosecondsPerSecond = 1e6;

/// The two texts that Prometheus scrapes: its own format 0.0.4, and OpenMetrics 1.0.0.
enum class Format { kPrometheus, kOpenMetrics };

enum class Type { kCounter, kGauge, kHistogram };

/// The labels of one sample, as they stand in the text without the braces:
/// `kind="exec",path="cri"`. Their values are words of fixed tables, or the operator's: never a
/// client's.
std::string labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);

/// Writes metrics as text, family by family.
class Exposition {
 public:
  explicit Exposition(Format format) : format_(format) {}

  /// Begins a family. `name` has the unit in it where there is one, and is without `_total`.
  void family(Type type, std::string_view name, std::string_view help, std::string_view unit = "");
  /// A sample of the family: of a counter or gauge, or with a suffix, such as `_sum`.
  void sample(std::string_view labels, double value, std::string_view suffix = "");
  void sample(std::string_view labels, std::uint64_t value, std::string_view suffix = "");

  /// The whole text.
  std::string finish();

 private:
  void line(std::string_view labels, std::string_view value, std::string_view suffix);

  Format format_;
  Type type_ = Type::kGauge;
  std::string name_;
  std::string text_;
};

}  // namespace zomg::metrics
