#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "monitor/settings/settings.h"

/// What a setting's value may be. One description serves the parser, the printer and the manual, so
/// they cannot disagree.
namespace zomg::monitor::kind {

/// A number from `min` to `max`, of `unit` (empty: a bare count).
struct Whole {
  std::uint64_t Settings::*member;
  std::uint64_t min;
  std::uint64_t max;
  std::string_view unit;
};

/// A time from `min` to `max`: seconds, or with units as in sshd_config(5).
struct Duration {
  std::chrono::seconds Settings::*member;
  std::chrono::seconds min;
  std::chrono::seconds max;
};

struct YesNo {
  bool Settings::*member;
};

/// An absolute path of at most `max_bytes`.
struct Path {
  std::string Settings::*member;
  std::size_t max_bytes;
};

/// Any text of at most `max_bytes`.
struct Text {
  std::string Settings::*member;
  std::size_t max_bytes;
};

/// Comma-separated items, each of which `check` accepts. In YAML also a sequence.
struct List {
  std::vector<std::string> Settings::*member;
  std::size_t max_items;
  std::string_view item;  ///< what the manual calls one
  common::Result<void> (*check)(std::string_view item);
};

template <auto Member>
void copy_member(const Settings& from, Settings& to) {
  to.*Member = from.*Member;
}

/// Anything else.
struct Custom {
  std::string_view values;  ///< for the manual: "address:port, comma-separated"
  common::Result<void> (*set)(Settings& settings, std::string_view text);
  std::string (*show)(const Settings& settings);
  void (*copy)(const Settings& from, Settings& to);  ///< copy_member<> of what set() sets
  bool list = false;                                 ///< comma-separated; in YAML also a sequence
};

using Kind = std::variant<Whole, Duration, YesNo, Path, Text, List, Custom>;

/// Sets the member from text. The Error does not name the setting.
common::Result<void> set(const Kind& kind, Settings& settings, std::string_view text);

/// The member as set() would read it; empty when it is not set.
std::string show(const Kind& kind, const Settings& settings);

/// Copies the member, and no other.
void copy(const Kind& kind, const Settings& from, Settings& to);

/// What the values may be, for the manual: "0 to 7d", "yes, no".
std::string describe(const Kind& kind);

/// Whether a YAML sequence stands for the list.
bool is_list(const Kind& kind);

}  // namespace zomg::monitor::kind
