#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace zomg::resolver {

/// Builds one value of a longer JSON text from the parser's events, within
/// limits::kMaxSubtreeValues values and kMaxSubtreeBytes of text.
class JsonSubtree {
 public:
  using Json = nlohmann::json;

  /// Whether an object or array is open, so that the next event is the subtree's.
  bool open() const { return !containers_.empty(); }
  /// False when the subtree is over a bound.
  bool add(Json value);
  bool start(Json container);
  bool key(const std::string& name);
  void end() { containers_.pop_back(); }
  const Json& value() const { return root_; }

 private:
  Json* place(Json value);
  bool count(std::size_t bytes);

  Json root_;
  std::vector<Json*> containers_;
  std::string key_;
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace zomg::resolver
