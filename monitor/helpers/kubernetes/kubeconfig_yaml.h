#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <yaml-cpp/yaml.h>

/// YAML as kubectl reads it (sigs.k8s.io/yaml, that is YAML 1.1). Whatever is not of the wanted kind
/// throws a YAML::Exception that names the key, and never what it stands for.
namespace zomg::kubernetes::yaml {

/// What `map` has for `key`: of several, the last. A merge key (`<<`) stands for what it names.
/// Null is as not there, and so is everything in what is no mapping.
std::optional<YAML::Node> value(const YAML::Node& map, std::string_view key);

/// Empty if it is not there. `!!binary` is decoded.
std::string text(const YAML::Node& map, std::string_view key);

/// False if it is not there.
bool flag(const YAML::Node& map, std::string_view key);

/// Empty, if it is not there or all blank lines, or base64, in as many lines as it likes.
std::string base64(const YAML::Node& map, std::string_view key);

/// Whether it is there, and not empty.
bool given(const YAML::Node& map, std::string_view key);

}  // namespace zomg::kubernetes::yaml
