#include "monitor/helpers/kubernetes/kubeconfig_yaml.h"

#include <algorithm>
#include <array>

#include "common/base/result.h"
#include "common/ssh/base64.h"

namespace zomg::kubernetes::yaml {
namespace {

constexpr std::string_view kNotQuoted = "?";
constexpr std::string_view kBoolTag = "tag:yaml.org,2002:bool";
constexpr std::string_view kBinaryTag = "tag:yaml.org,2002:binary";

[[noreturn]] void fail(const YAML::Node& node, std::string_view key, const char* what) {
  throw YAML::Exception(node.Mark(), fmt::format("{} {}", key, what));
}

/// Merge keys can lead to the same mappings again and again, and a mapping into itself.
constexpr std::size_t kMaxEntries = 10'000;
constexpr std::size_t kMaxDepth = 20;

class Search {
 public:
  explicit Search(std::string_view key) : key_(key) {}

  void look(const YAML::Node& map) {
    if (++depth_ > kMaxDepth) fail(map, "<<", "leads too deep");
    for (const auto& entry : map) {
      if (++entries_ > kMaxEntries) fail(map, "<<", "leads to too much");
      if (!entry.first.IsDefined() || !entry.first.IsScalar()) continue;
      if (entry.first.Scalar() == "<<" && entry.first.Tag() == kNotQuoted) {
        merge(entry.second);
      } else if (entry.first.Scalar() == key_) {
        found_.emplace(entry.second);
      }
    }
    --depth_;
  }

  std::optional<YAML::Node> found() const { return found_; }

 private:
  void merge(const YAML::Node& merged) {
    if (merged.IsMap()) return look(merged);
    if (!merged.IsSequence()) fail(merged, "<<", "is not a mapping");
    // The first of them wins.
    for (std::size_t i = merged.size(); i-- > 0;) {
      const YAML::Node one = merged[i];
      if (!one.IsMap()) fail(one, "<<", "is not a mapping");
      look(one);
    }
  }

  std::string_view key_;
  std::size_t entries_ = 0;
  std::size_t depth_ = 0;
  std::optional<YAML::Node> found_;
};

std::string without_line_ends(std::string text) {
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
  return text;
}

std::string decode(const YAML::Node& node, std::string_view key, const std::string& text) {
  const std::string digits = without_line_ends(text);
  if (digits.empty()) return {};
  auto bytes = common::decode_base64(digits);
  if (!bytes) fail(node, key, "is not base64");
  return std::move(*bytes);
}

}  // namespace

std::optional<YAML::Node> value(const YAML::Node& map, std::string_view key) {
  if (!map.IsMap()) return std::nullopt;
  Search search(key);
  search.look(map);
  auto found = search.found();
  if (found && found->IsNull()) found.reset();
  return found;
}

std::string text(const YAML::Node& map, std::string_view key) {
  const auto found = value(map, key);
  if (!found) return {};
  if (!found->IsScalar()) fail(*found, key, "is not a text");
  return found->Tag() == kBinaryTag ? decode(*found, key, found->Scalar()) : found->Scalar();
}

bool flag(const YAML::Node& map, std::string_view key) {
  constexpr std::array kTrue{"y", "yes", "true", "on"};
  constexpr std::array kFalse{"n", "no", "false", "off"};
  const auto found = value(map, key);
  if (!found) return false;
  const bool plain = found->IsScalar() && (found->Tag() == kNotQuoted || found->Tag() == kBoolTag);
  std::string word = plain ? found->Scalar() : std::string();
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; });
  const auto is_one_of = [&](const auto& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (!is_one_of(kTrue) && !is_one_of(kFalse)) fail(*found, key, "is neither true nor false");
  return is_one_of(kTrue);
}

std::string base64(const YAML::Node& map, std::string_view key) {
  const auto found = value(map, key);
  return found ? decode(*found, key, text(map, key)) : std::string();
}

bool given(const YAML::Node& map, std::string_view key) {
  const auto found = value(map, key);
  if (!found) return false;
  return found->IsScalar() ? !found->Scalar().empty() : found->size() != 0;
}

}  // namespace zomg::kubernetes::yaml
