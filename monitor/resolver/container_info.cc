#include "monitor/resolver/container_info.h"

#include <array>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/limits.h"

namespace zomg::resolver {
namespace {

using nlohmann::json;

/// The keys that lead to the environment, from the outermost object inwards.
constexpr std::array<std::string_view, 3> kEnvironmentPath{"runtimeSpec", "process", "env"};

/// Picks the two values out of the stream of JSON events. No tree of the text is built, so memory
/// follows the environment's size and depth costs nothing. Returning false ends the parse.
class InfoReader : public json::json_sax_t {
 public:
  const std::string& problem() const { return problem_; }
  bool found_process() const { return found_process_; }
  ContainerInfo take() { return std::move(info_); }

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }

  bool number_unsigned(number_unsigned_t number) override {
    if (!at_pid_) return value();
    at_pid_ = false;
    if (number == 0 || number > std::numeric_limits<std::int32_t>::max()) {
      return fail("a pid out of range");
    }
    info_.pid = static_cast<std::int32_t>(number);
    return true;
  }

  bool string(string_t& text) override {
    if (!inside_environment()) return value();
    environment_bytes_ += text.size() + 1;
    if (environment_bytes_ > limits::kMaxContainerEnvironmentBytes) {
      return fail("the environment is over its bound");
    }
    info_.environment.push_back(std::move(text));
    return true;
  }

  bool key(string_t& name) override {
    at_pid_ = depth_ == 1 && name == "pid";
    on_path_ = depth_ == matched_ + 1 && matched_ < kEnvironmentPath.size() &&
               name == kEnvironmentPath[matched_];
    return true;
  }

  bool start_object(std::size_t) override { return open(/*is_array=*/false); }
  bool start_array(std::size_t) override { return open(/*is_array=*/true); }
  bool end_object() override { return shut(); }
  bool end_array() override { return shut(); }

  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    return fail(fmt::format("not JSON at byte {}", position));
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool inside_environment() const { return matched_ == kEnvironmentPath.size(); }

  /// A value that is not looked for; Go writes a list that is not there as null.
  bool value() {
    if (inside_environment()) return fail("an environment that is not a list of strings");
    at_pid_ = on_path_ = false;
    return true;
  }

  bool open(bool is_array) {
    if (inside_environment()) return fail("an environment that is not a list of strings");
    if (on_path_) {
      const bool last = matched_ + 1 == kEnvironmentPath.size();
      if (is_array != last) return fail("a runtimeSpec of another shape");
      ++matched_;
      if (matched_ == 2) found_process_ = true;
    }
    at_pid_ = on_path_ = false;
    ++depth_;
    return true;
  }

  bool shut() {
    --depth_;
    if (matched_ > 0 && depth_ == matched_) --matched_;
    return true;
  }

  ContainerInfo info_;
  std::string problem_;
  std::size_t environment_bytes_ = 0;
  /// Open objects and arrays; how many of them, from the root's members on, are on the path.
  std::size_t depth_ = 0;
  std::size_t matched_ = 0;
  /// What the last key promises of the value to come.
  bool at_pid_ = false;
  bool on_path_ = false;
  bool found_process_ = false;
};

}  // namespace

common::Result<ContainerInfo> parse_container_info(std::string_view text) {
  InfoReader reader;
  if (!json::sax_parse(text, &reader)) {
    return common::error("the runtime's details: {}", reader.problem());
  }
  if (!reader.found_process()) return common::error("the runtime's details name no process");
  ContainerInfo info = reader.take();
  if (info.pid == 0) return common::error("the runtime's details have no pid");
  return info;
}

}  // namespace zomg::resolver
