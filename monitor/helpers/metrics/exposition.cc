#include "monitor/helpers/metrics/exposition.h"

#include <fmt/format.h>

#include <iterator>

namespace zomg::metrics {
namespace {

std::string_view word(Type type) {
  switch (type) {
    case Type::kCounter:
      return "counter";
    case Type::kGauge:
      return "gauge";
    case Type::kHistogram:
      return "histogram";
  }
  return "unknown";
}

}  // namespace

std::string labels(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += ',';
    text += name;
    text += "=\"";
    for (const char c : value) {
      if (c == '\n') {
        text += "\\n";
        continue;
      }
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text;
}

void Exposition::family(Type type, std::string_view name, std::string_view help,
                        std::string_view unit) {
  type_ = type;
  name_ = name;
  // Prometheus' own format names a counter as its samples are.
  const bool total = format_ == Format::kPrometheus && type == Type::kCounter;
  const std::string shown = total ? name_ + "_total" : name_;
  const auto out = std::back_inserter(text_);
  fmt::format_to(out, "# TYPE {} {}\n", shown, word(type));
  if (format_ == Format::kOpenMetrics && !unit.empty()) {
    fmt::format_to(out, "# UNIT {} {}\n", shown, unit);
  }
  fmt::format_to(out, "# HELP {} {}\n", shown, help);
}

void Exposition::sample(std::string_view labels, double value, std::string_view suffix) {
  line(labels, fmt::format("{}", value), suffix);
}

void Exposition::sample(std::string_view labels, std::uint64_t value, std::string_view suffix) {
  line(labels, fmt::format("{}", value), suffix);
}

void Exposition::line(std::string_view labels, std::string_view value, std::string_view suffix) {
  text_ += name_;
  text_ += type_ == Type::kCounter ? "_total" : suffix;
  if (!labels.empty()) fmt::format_to(std::back_inserter(text_), "{{{}}}", labels);
  fmt::format_to(std::back_inserter(text_), " {}\n", value);
}

std::string Exposition::finish() {
  if (format_ == Format::kOpenMetrics) text_ += "# EOF\n";
  return std::move(text_);
}

}  // namespace zomg::metrics
