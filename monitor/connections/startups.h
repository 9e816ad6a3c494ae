#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "common/messages/event.h"
#include "monitor/base/address_list.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// Counts the connections that have not authenticated yet, in all and by where they come from, and
/// drops new ones early and at random when there are many: those of an attacker, who has the most
/// of them, with the greatest likelihood.
class Startups {
 public:
  /// A number from 0 to 99.
  using Dice = std::function<std::uint64_t()>;

  /// `per_source`: sshd_config(5) PerSourceMaxStartups; 0 for no limit.
  Startups(const MaxStartups& limit, std::uint64_t per_source, Dice dice)
      : limit_(limit), per_source_(per_source), dice_(std::move(dice)) {}

  /// One connection that is counted, until it authenticates or closes.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept { swap(other); }
    Place& operator=(Place&& other) noexcept {
      swap(other);
      return *this;
    }
    ~Place() { leave(); }

    void leave();
    /// Counts the connection as one of `source` from now on; false when `source` has too many.
    bool move_to(const Network& source);

   private:
    friend class Startups;
    void swap(Place& other) {
      std::swap(owner_, other.owner_);
      std::swap(source_, other.source_);
    }

    Startups* owner_ = nullptr;
    std::optional<Network> source_;
  };

  /// Why one more connection from `source` (not known yet: none) is not to be served.
  std::optional<messages::ConnectionRefusal> refuse(const std::optional<Network>& source) const;
  Place take(const std::optional<Network>& source);
  std::size_t count() const { return total_; }

 private:
  bool drops_early() const;
  bool is_full(const Network& source) const;

  MaxStartups limit_;
  std::uint64_t per_source_;
  Dice dice_;
  std::size_t total_ = 0;
  std::map<Network, std::uint64_t> by_source_;
};

}  // namespace zomg::monitor
