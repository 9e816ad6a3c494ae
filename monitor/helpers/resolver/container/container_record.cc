#include "monitor/helpers/resolver/container/container_record.h"

#include <linux/sched.h>
#include <sys/capability.h>
#include <sys/resource.h>

#include <array>
#include <limits>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/base/log.h"
#include "monitor/helpers/resolver/container/cgroup_path.h"

namespace zomg::resolver {
namespace {

using common::Result;
using messages::ContainerRecord;
using nlohmann::json;

constexpr std::uint32_t kDefaultUmask = 022;

struct LimitName {
  std::string_view text;
  std::uint32_t resource;
};

/// POSIX's and Linux's names, as the specification takes them (getrlimit(2)).
constexpr std::array<LimitName, RLIM_NLIMITS> kLimitNames{{
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_STACK", RLIMIT_STACK},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
}};

struct NamespaceName {
  std::string_view text;
  std::uint32_t flag;
};

constexpr std::array<NamespaceName, 8> kNamespaceNames{{
    {"cgroup", CLONE_NEWCGROUP},
    {"ipc", CLONE_NEWIPC},
    {"mount", CLONE_NEWNS},
    {"network", CLONE_NEWNET},
    {"pid", CLONE_NEWPID},
    {"time", CLONE_NEWTIME},
    {"user", CLONE_NEWUSER},
    {"uts", CLONE_NEWUTS},
}};

const json& member(const json& object, const char* name) {
  static const json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

common::Error odd(const char* name) {
  return common::error("the runtime's record: {} of another shape", name);
}

/// Null counts as `missing`.
template <typename T>
Result<void> read_number(const json& object, const char* name, T& value, T missing = 0) {
  const json& number = member(object, name);
  value = missing;
  if (number.is_null()) return {};
  if (!number.is_number_unsigned() || number.get<std::uint64_t>() > std::numeric_limits<T>::max()) {
    return odd(name);
  }
  value = number.get<T>();
  return {};
}

template <std::size_t Max>
Result<void> read_text(const json& object, const char* name, ipc::Bytes<Max>& value) {
  const json& text = member(object, name);
  if (text.is_null()) return {};
  if (!text.is_string() || text.get_ref<const std::string&>().size() > Max) return odd(name);
  value.value = text.get<std::string>();
  return {};
}

/// Calls `read` with each element of a list, and has it add to `list`.
template <typename T, std::size_t Max, typename Read>
Result<void> read_list(const json& object, const char* name, ipc::List<T, Max>& list, Read read) {
  const json& elements = member(object, name);
  if (elements.is_null()) return {};
  if (!elements.is_array() || elements.size() > Max) return odd(name);
  for (const json& element : elements) {
    T value{};
    if (auto done = read(element, value); !done) return done;
    list.value.push_back(value);
  }
  return {};
}

Result<void> read_user(const json& user, ContainerRecord& record) {
  if (!user.is_null() && !user.is_object()) return odd("user");
  if (auto read = read_number(user, "uid", record.uid); !read) return read;
  if (auto read = read_number(user, "gid", record.gid); !read) return read;
  return read_list(user, "additionalGids", record.groups,
                   [](const json& element, std::uint32_t& gid) -> Result<void> {
                     if (!element.is_number_unsigned() ||
                         element.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
                       return odd("additionalGids");
                     }
                     gid = element.get<std::uint32_t>();
                     return {};
                   });
}

Result<void> read_capability_set(const json& object, const char* name, std::uint64_t& set) {
  const json& names = member(object, name);
  if (names.is_null()) return {};
  if (!names.is_array()) return odd(name);
  for (const json& element : names) {
    if (!element.is_string()) return odd(name);
    const auto& text = element.get_ref<const std::string&>();
    cap_value_t number = 0;
    // One that this libcap does not know is not given: a box that has it is refused.
    if (cap_from_name(text.c_str(), &number) != 0 || number < 0 || number > 63) {
      log::warning("the runtime's record: the unknown capability {:.64}", text);
      continue;
    }
    set |= 1ULL << number;
  }
  return {};
}

Result<void> read_capabilities(const json& sets, ContainerRecord& record) {
  if (!sets.is_null() && !sets.is_object()) return odd("capabilities");
  const std::pair<const char*, std::uint64_t&> all[] = {{"inheritable", record.inheritable},
                                                        {"permitted", record.permitted},
                                                        {"effective", record.effective},
                                                        {"bounding", record.bounding},
                                                        {"ambient", record.ambient}};
  for (const auto& [name, set] : all) {
    if (auto read = read_capability_set(sets, name, set); !read) return read;
  }
  return {};
}

Result<void> read_limit(const json& object, messages::RecordedLimit& limit) {
  const json& type = member(object, "type");
  if (!type.is_string()) return odd("rlimits");
  for (const LimitName& name : kLimitNames) {
    if (name.text != type.get_ref<const std::string&>()) continue;
    limit.resource = name.resource;
    if (auto read = read_number(object, "soft", limit.soft); !read) return read;
    return read_number(object, "hard", limit.hard);
  }
  return odd("rlimits");
}

Result<void> read_oom_score(const json& process, ContainerRecord& record) {
  const json& score = member(process, "oomScoreAdj");
  if (score.is_null()) return {};
  constexpr int kMost = 1000;  // proc(5) /proc/PID/oom_score_adj
  if (!score.is_number_integer() || score.get<std::int64_t>() < -kMost ||
      score.get<std::int64_t>() > kMost) {
    return odd("oomScoreAdj");
  }
  record.has_oom_score_adj = true;
  record.oom_score_adj = score.get<std::int32_t>();
  return {};
}

Result<void> read_mapping(const json& object, messages::RecordedIds& ids) {
  if (!object.is_object()) return odd("a mapping of ids");
  if (auto read = read_number(object, "containerID", ids.inside); !read) return read;
  if (auto read = read_number(object, "hostID", ids.outside); !read) return read;
  return read_number(object, "size", ids.count);
}

Result<void> read_namespaces(const json& linux_part, ContainerRecord& record) {
  const json& namespaces = member(linux_part, "namespaces");
  if (!namespaces.is_null() && !namespaces.is_array()) return odd("namespaces");
  for (const json& space : namespaces) {
    const json& type = member(space, "type");
    if (!type.is_string()) return odd("namespaces");
    // One that is named by its path is another's, such as the pod's, and may be the host's.
    const bool others = !member(space, "path").is_null() && type != "user";
    for (const NamespaceName& name : kNamespaceNames) {
      if (!others && name.text == type.get_ref<const std::string&>())
        record.namespaces |= name.flag;
    }
  }
  if (auto read = read_list(linux_part, "uidMappings", record.uids, read_mapping); !read) {
    return read;
  }
  return read_list(linux_part, "gidMappings", record.gids, read_mapping);
}

Result<void> read_process(const json& process, ContainerRecord& record) {
  if (auto read = read_user(member(process, "user"), record); !read) return read;
  if (auto read = read_capabilities(member(process, "capabilities"), record); !read) return read;
  const json& no_new_privileges = member(process, "noNewPrivileges");
  if (!no_new_privileges.is_null() && !no_new_privileges.is_boolean()) {
    return odd("noNewPrivileges");
  }
  record.no_new_privileges = no_new_privileges.is_boolean() && no_new_privileges.get<bool>();
  if (auto read = read_list(process, "rlimits", record.limits, read_limit); !read) return read;
  if (auto read = read_oom_score(process, record); !read) return read;
  if (auto read = read_text(process, "apparmorProfile", record.apparmor_profile); !read)
    return read;
  return read_text(process, "selinuxLabel", record.selinux_label);
}

Result<void> read_cgroup(const json& linux_part, ContainerRecord& record) {
  ipc::Bytes<messages::kMaxCgroupPathBytes> text;
  if (auto read = read_text(linux_part, "cgroupsPath", text); !read) return read;
  const std::string path = cgroup_path(text);
  if (path.size() > messages::kMaxCgroupPathBytes) return odd("cgroupsPath");
  record.cgroup = std::string_view(path);
  return {};
}

}  // namespace

Result<ContainerRecord> make_container_record(const json& process, const json& linux_part) {
  ContainerRecord record;
  if (auto read = read_process(process, record); !read) return read.error();
  if (auto read = read_namespaces(linux_part, record); !read) return read.error();
  if (auto read = read_cgroup(linux_part, record); !read) return read.error();
  return record;
}

Result<std::uint32_t> read_umask(const json& process) {
  std::uint32_t umask = kDefaultUmask;
  auto read = read_number(member(process, "user"), "umask", umask, kDefaultUmask);
  if (!read) return read.error();
  if (umask > 0777) return odd("umask");
  return umask;
}

}  // namespace zomg::resolver
