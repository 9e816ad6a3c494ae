#include "monitor/check/findings.h"

#include <algorithm>
#include <array>

#include "common/base/quoted.h"
#include "common/base/secure_path.h"

namespace zomg::monitor::check {
namespace {

constexpr std::array kStateNames{"ok", "warning", "BAD"};

std::string line(const Finding& finding) {
  std::string text = finding.subject;
  if (!finding.text.empty()) text += ": " + finding.text;
  if (!finding.remedy.empty()) text += ". " + finding.remedy;
  return fmt::format("{:<8} {}\n", kStateNames.at(static_cast<std::size_t>(finding.state)),
                     common::printable(text));
}

}  // namespace

void Findings::good(std::string_view subject, std::string_view text) {
  all_.push_back({Finding::State::kGood, std::string(subject), std::string(text), {}});
}

void Findings::warning(std::string_view subject, std::string_view text, std::string_view remedy) {
  all_.push_back(
      {Finding::State::kWarning, std::string(subject), std::string(text), std::string(remedy)});
}

void Findings::bad(std::string_view subject, std::string_view text, std::string_view remedy) {
  all_.push_back(
      {Finding::State::kBad, std::string(subject), std::string(text), std::string(remedy)});
}

void Findings::bad(std::string_view subject, const common::Error& error, std::string_view remedy) {
  const bool told = error.errno_value == common::kInsecure;
  bad(subject, error.message, told ? std::string_view() : remedy);
}

void Findings::add(std::string_view subject, const common::Result<void>& result,
                   std::string_view remedy) {
  if (result) return good(subject);
  bad(subject, result.error(), remedy);
}

bool Findings::any_bad() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Finding& finding) { return finding.state == Finding::State::kBad; });
}

std::string Findings::report() const {
  std::string text;
  for (const Finding& finding : all_) text += line(finding);
  return text;
}

}  // namespace zomg::monitor::check
