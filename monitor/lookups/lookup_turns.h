#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace zomg::monitor {

/// Whose lookup is sent next: keys take turns, each with its oldest question, and have at most
/// limits::kLookupsPerKey under way of limits::kResolverThreads.
class LookupTurns {
 public:
  using QuestionId = std::uint64_t;
  struct Turn {
    std::string key;
    QuestionId question = 0;
  };

  /// Questions are numbered as they come. One may wait for several keys, and for one of them twice.
  void wait(const std::string& key, QuestionId question);
  /// The opposite of wait(), once.
  void leave(const std::string& key, QuestionId question);
  /// None: there is nothing to send, or no room.
  std::optional<Turn> next() const;
  /// `key` has had its turn, and a lookup is under way for it.
  void begin(const std::string& key);
  void end(const std::string& key);

 private:
  struct Line {
    std::multiset<QuestionId> waiting;
    std::size_t under_way = 0;
  };
  using Lines = std::map<std::string, Line>;

  void tidy(Lines::iterator line);

  Lines lines_;
  /// Who had the last turn.
  std::string last_;
  std::size_t under_way_ = 0;
};

}  // namespace zomg::monitor
