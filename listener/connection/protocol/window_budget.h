#pragma once

#include <algorithm>
#include <cstddef>

namespace zomg::connection {

/// What the windows of a connection's channels may come to together, beyond the least that each has
/// in any case. The monitor says how much, when the user has logged in.
class WindowBudget {
 public:
  explicit WindowBudget(std::size_t total = 0) : total_(total) {}

  /// What nobody has. A channel may take most of it, and leaves some to the next.
  std::size_t spare() const { return total_ - std::min(total_, taken_); }
  /// A channel has `now` where it had `before`.
  void change(std::size_t before, std::size_t now) { taken_ += now - before; }
  void set_total(std::size_t total) { total_ = total; }

 private:
  std::size_t total_;
  std::size_t taken_ = 0;
};

}  // namespace zomg::connection
