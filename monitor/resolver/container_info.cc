#include "monitor/resolver/container_info.h"

#include <array>
#include <initializer_list>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/limits.h"
#include "monitor/resolver/json_subtree.h"

namespace zomg::resolver {
namespace {

using nlohmann::json;

/// Picks the values out of the stream of JSON events. No tree of the text is built, only of the
/// seccomp profile, so memory follows what is wanted and depth costs nothing. Returning false ends
/// the parse.
class InfoReader : public json::json_sax_t {
 public:
  const std::string& problem() const { return problem_; }
  bool found_process() const { return found_process_; }
  ContainerInfo take() {
    if (!seccomp_.value().is_null()) info_.seccomp = seccomp_.value().dump();
    return std::move(info_);
  }

  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override { return scalar(value); }
  bool number_integer(number_integer_t value) override { return scalar(value); }
  bool number_float(number_float_t value, const string_t&) override { return scalar(value); }
  bool binary(binary_t&) override { return fail("a binary value"); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(value); }
  bool string(string_t& text) override { return scalar(std::move(text)); }

  bool key(string_t& name) override {
    if (seccomp_.open()) return seccomp_.key(name) || fail("a seccomp profile over its bound");
    // Objects only have keys, so an array on the way leaves its place in the path empty.
    if (depth_ <= path_.size()) path_[depth_ - 1] = std::move(name);
    return true;
  }

  bool start_object(std::size_t) override { return start(json::object()); }
  bool start_array(std::size_t) override { return start(json::array()); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }

  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    return fail(fmt::format("not JSON at byte {}", position));
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  /// Whether the value at hand is the member that these keys lead to from the outermost object.
  bool at(std::initializer_list<std::string_view> keys) const {
    return depth_ == keys.size() && std::equal(keys.begin(), keys.end(), path_.begin());
  }
  bool in_environment() const {
    return depth_ == 4 && path_[3].empty() && path_[0] == "runtimeSpec" && path_[1] == "process" &&
           path_[2] == "env" && environment_open_;
  }

  bool scalar(json value) {
    if (seccomp_.open()) {
      return seccomp_.add(std::move(value)) || fail("a seccomp profile over its bound");
    }
    if (in_environment()) return variable(value);
    if (at({"pid"})) return pid(value);
    if (at({"runtimeSpec", "process", "user", "umask"})) return umask(value);
    const bool wanted = at({"runtimeSpec"}) || at({"runtimeSpec", "process"}) ||
                        at({"runtimeSpec", "process", "env"}) || at({"runtimeSpec", "linux"}) ||
                        at({"runtimeSpec", "linux", "seccomp"});
    // Go writes a list or an object that is not there as null.
    return !wanted || value.is_null() || fail("a runtimeSpec of another shape");
  }

  bool pid(const json& value) {
    if (!value.is_number_unsigned()) return true;
    const auto number = value.get<std::uint64_t>();
    if (number == 0 || number > std::numeric_limits<std::int32_t>::max()) {
      return fail("a pid out of range");
    }
    info_.pid = static_cast<std::int32_t>(number);
    return true;
  }

  bool umask(const json& value) {
    if (value.is_null()) return true;
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 0777) {
      return fail("a umask out of range");
    }
    info_.umask = value.get<std::uint32_t>();
    return true;
  }

  bool variable(json& value) {
    if (!value.is_string()) return fail("an environment that is not a list of strings");
    auto& text = value.get_ref<std::string&>();
    environment_bytes_ += text.size() + 1;
    if (environment_bytes_ > limits::kMaxContainerEnvironmentBytes) {
      return fail("the environment is over its bound");
    }
    info_.environment.push_back(std::move(text));
    return true;
  }

  bool start(json container) {
    if (seccomp_.open()) {
      return seccomp_.start(std::move(container)) || fail("a seccomp profile over its bound");
    }
    if (in_environment()) return fail("an environment that is not a list of strings");
    const bool object = container.is_object();
    if (at({"runtimeSpec", "linux", "seccomp"})) {
      if (!object || !seccomp_.value().is_null()) return fail("a runtimeSpec of another shape");
      return seccomp_.start(std::move(container));
    }
    const bool at_list = at({"runtimeSpec", "process", "env"});
    const bool at_object = at({"runtimeSpec"}) || at({"runtimeSpec", "process"}) ||
                           at({"runtimeSpec", "linux"}) || at({"runtimeSpec", "process", "user"});
    if ((at_list && object) || (at_object && !object)) {
      return fail("a runtimeSpec of another shape");
    }
    found_process_ = found_process_ || at({"runtimeSpec", "process"});
    environment_open_ = at_list;
    if (depth_ < path_.size()) path_[depth_].clear();
    ++depth_;
    return true;
  }

  bool end() {
    if (seccomp_.open()) {
      seccomp_.end();
      return true;
    }
    if (in_environment()) environment_open_ = false;
    --depth_;
    return true;
  }

  ContainerInfo info_;
  JsonSubtree seccomp_;
  std::string problem_;
  std::size_t environment_bytes_ = 0;
  /// Open objects and arrays outside the seccomp profile, and the last key of the outermost ones.
  std::size_t depth_ = 0;
  std::array<std::string, 4> path_;
  bool environment_open_ = false;
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
