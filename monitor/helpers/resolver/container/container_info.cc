#include "monitor/helpers/resolver/container/container_info.h"

#include <array>
#include <initializer_list>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/limits.h"
#include "monitor/helpers/resolver/container/container_record.h"
#include "monitor/helpers/resolver/container/json_subtree.h"

namespace zomg::resolver {
namespace {

using nlohmann::json;

/// What is kept as a tree of each: what it is a member of, and its name.
struct Kept {
  std::string_view parent;
  std::string_view name;
};

constexpr Kept kSeccomp{"linux", "seccomp"};
constexpr std::array<Kept, 12> kKept{{
    {"process", "user"},
    {"process", "capabilities"},
    {"process", "noNewPrivileges"},
    {"process", "rlimits"},
    {"process", "oomScoreAdj"},
    {"process", "apparmorProfile"},
    {"process", "selinuxLabel"},
    {"linux", "cgroupsPath"},
    {"linux", "namespaces"},
    {"linux", "uidMappings"},
    {"linux", "gidMappings"},
    kSeccomp,
}};

/// Picks the values out of the stream of JSON events. No tree of the text is built, only of the
/// members that are kept, so memory follows what is wanted and depth costs nothing. Returning false
/// ends the parse.
class InfoReader : public json::json_sax_t {
 public:
  const std::string& problem() const { return problem_; }
  bool found_process() const { return found_process_; }

  common::Result<ContainerInfo> take() {
    json process = json::object();
    json linux_part = json::object();
    for (std::size_t i = 0; i < kKept.size(); ++i) {
      json& parent = kKept[i].parent == "process" ? process : linux_part;
      parent[std::string(kKept[i].name)] = kept_[i].value();
    }
    const json& seccomp = linux_part[std::string(kSeccomp.name)];
    if (!seccomp.is_null() && !seccomp.is_object()) return common::error("{}", kOtherShape);
    if (!seccomp.is_null()) info_.seccomp = seccomp.dump();
    auto umask = read_umask(process);
    if (!umask) return umask.error();
    info_.umask = *umask;
    auto record = make_container_record(process, linux_part);
    if (!record) return record.error();
    info_.record = std::move(*record);
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
    if (open_ != nullptr) return open_->key(name) || fail(kOverBound);
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
  static constexpr const char* kOverBound = "a member of the runtimeSpec is over its bound";
  static constexpr const char* kOtherShape = "a runtimeSpec of another shape";

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
  /// The tree of the value at hand, where it is kept.
  JsonSubtree* kept() {
    if (depth_ != 3 || path_[0] != "runtimeSpec") return nullptr;
    for (std::size_t i = 0; i < kKept.size(); ++i) {
      if (path_[1] == kKept[i].parent && path_[2] == kKept[i].name) return &kept_[i];
    }
    return nullptr;
  }

  bool scalar(json value) {
    if (open_ != nullptr) return open_->add(std::move(value)) || fail(kOverBound);
    if (in_environment()) return variable(value);
    if (at({"pid"})) return pid(value);
    if (at({"runtimeType"})) return name(value, info_.runtime.type);
    // As options.proto of containerd's runc shim has it in JSON, and as its configuration has it.
    if (at({"runtimeOptions", "binary_name"}) || at({"runtimeOptions", "BinaryName"})) {
      return name(value, info_.runtime.binary);
    }
    if (at({"runtimeSpec", "annotations", "io.kubernetes.cri-o.ContainerID"})) {
      info_.runtime.cri_o = true;
    }
    if (JsonSubtree* tree = kept()) {
      if (!tree->value().is_null()) return fail(kOtherShape);
      return tree->add(std::move(value)) || fail(kOverBound);
    }
    const bool wanted = at({"runtimeSpec"}) || at({"runtimeSpec", "process"}) ||
                        at({"runtimeSpec", "process", "env"}) || at({"runtimeSpec", "linux"});
    // Go writes a list or an object that is not there as null.
    return !wanted || value.is_null() || fail(kOtherShape);
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

  bool name(json& value, std::string& name) {
    if (!value.is_string()) return fail("a name of a runtime that is none");
    name = std::move(value.get_ref<std::string&>());
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
    if (open_ == nullptr) open_ = kept();
    if (open_ != nullptr) {
      if (!open_->open() && !open_->value().is_null()) return fail(kOtherShape);
      return open_->start(std::move(container)) || fail(kOverBound);
    }
    if (in_environment()) return fail("an environment that is not a list of strings");
    const bool object = container.is_object();
    const bool at_list = at({"runtimeSpec", "process", "env"});
    const bool at_object =
        at({"runtimeSpec"}) || at({"runtimeSpec", "process"}) || at({"runtimeSpec", "linux"});
    if ((at_list && object) || (at_object && !object)) return fail(kOtherShape);
    found_process_ = found_process_ || at({"runtimeSpec", "process"});
    environment_open_ = at_list;
    if (depth_ < path_.size()) path_[depth_].clear();
    ++depth_;
    return true;
  }

  bool end() {
    if (open_ != nullptr) {
      open_->end();
      if (!open_->open()) open_ = nullptr;
      return true;
    }
    if (in_environment()) environment_open_ = false;
    --depth_;
    return true;
  }

  ContainerInfo info_;
  std::array<JsonSubtree, kKept.size()> kept_;
  JsonSubtree* open_ = nullptr;  ///< the one that events belong to
  std::string problem_;
  std::size_t environment_bytes_ = 0;
  /// Open objects and arrays outside what is kept, and the last key of the outermost ones.
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
  auto info = reader.take();
  if (info && info->pid == 0) return common::error("the runtime's details have no pid");
  return info;
}

}  // namespace zomg::resolver
