#include "monitor/lookups/lookup_turns.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/limits.h"

namespace zomg::monitor {

void LookupTurns::wait(const std::string& key, QuestionId question) {
  lines_[key].waiting.insert(question);
}

void LookupTurns::leave(const std::string& key, QuestionId question) {
  const auto line = lines_.find(key);
  CHECK(line != lines_.end());
  const auto place = line->second.waiting.find(question);
  CHECK(place != line->second.waiting.end());
  line->second.waiting.erase(place);
  tidy(line);
}

std::optional<LookupTurns::Turn> LookupTurns::next() const {
  if (under_way_ >= limits::kResolverThreads) return std::nullopt;
  // Few are passed over: every line without a question has a lookup under way.
  const auto may_go = [](const Lines::value_type& entry) {
    return !entry.second.waiting.empty() && entry.second.under_way < limits::kLookupsPerKey;
  };
  const auto after_last = lines_.upper_bound(last_);
  auto line = std::find_if(after_last, lines_.end(), may_go);
  if (line == lines_.end()) {
    line = std::find_if(lines_.begin(), after_last, may_go);
    if (line == after_last) return std::nullopt;
  }
  return Turn{line->first, *line->second.waiting.begin()};
}

void LookupTurns::begin(const std::string& key) {
  ++lines_[key].under_way;
  ++under_way_;
  last_ = key;
}

void LookupTurns::end(const std::string& key) {
  const auto line = lines_.find(key);
  CHECK(line != lines_.end() && line->second.under_way > 0);
  --line->second.under_way;
  --under_way_;
  tidy(line);
}

void LookupTurns::tidy(Lines::iterator line) {
  if (line->second.waiting.empty() && line->second.under_way == 0) lines_.erase(line);
}

}  // namespace zomg::monitor
