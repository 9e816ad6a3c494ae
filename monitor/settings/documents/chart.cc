#include "monitor/settings/documents/chart.h"

#include <algorithm>
#include <array>

#include "monitor/settings/documents/manual.h"
#include "monitor/settings/table.h"
#include "monitor/settings/values.h"

namespace zomg::monitor::chart {
namespace {

/// What the chart sets itself: places in the pod, ports that its probes and policies name, and what
/// it has other values for.
constexpr std::array<std::string_view, 9> kOfThePod{
    "ZOMG_SSH_LISTEN",     "ZOMG_SSH_HOST_KEY_PATH",  "ZOMG_SSH_AUTHORIZED_KEYS",
    "ZOMG_SSH_STATE_DIR",  "ZOMG_SSH_CRI_SOCKET",     "ZOMG_SSH_AUTHORIZED_KEYS_FILE",
    "ZOMG_SSH_RECORD_DIR", "ZOMG_SSH_METRICS_LISTEN", "ZOMG_SSH_KUBECTL",
};

/// What YAML may take a text for.
enum class YamlType { kNone, kNumber, kTruth };

/// What a setting, or an item of its list, looks like, as far as a regular expression can say it.
struct Shape {
  std::string_view variable;
  std::string_view pattern;
  YamlType also = YamlType::kNone;
};

constexpr std::string_view kNetwork = "[0-9a-fA-F.:]+(/[0-9]+)?";

constexpr std::array kShapes{
    Shape{"ZOMG_SSH_GITHUB_USERS", "[A-Za-z0-9_-]+(=[^,= ]+)?"},
    Shape{"ZOMG_SSH_GITHUB_URL", "https://[^/?#@ ]+(/[^?#@ ]*)?"},
    Shape{"ZOMG_SSH_BOX_USER", "[^:/, ]+", YamlType::kNumber},
    Shape{"ZOMG_SSH_NAMESPACE", "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"},
    Shape{"ZOMG_SSH_MAX_STARTUPS", "[0-9]+(:[0-9]+:[0-9]+)?", YamlType::kNumber},
    Shape{"ZOMG_SSH_PER_SOURCE_NET_BLOCK_SIZE", "[0-9]+(:[0-9]+)?", YamlType::kNumber},
    Shape{"ZOMG_SSH_PER_SOURCE_PENALTIES", "yes|no|[a-z-]+:[a-z0-9]+([ ,]+[a-z-]+:[a-z0-9]+)*",
          YamlType::kTruth},
    Shape{"ZOMG_SSH_PER_SOURCE_PENALTY_EXEMPT_LIST", kNetwork},
    Shape{"ZOMG_SSH_PROXY_PROTOCOL_FROM", kNetwork},
    Shape{"ZOMG_SSH_AUDIT_LOG", "-|off|/.*"},
};

bool of_the_pod(const SettingRow& row) {
  return std::ranges::find(kOfThePod, row.variable) != kOfThePod.end();
}

Shape shape_of(const SettingRow& row) {
  const auto* found = std::ranges::find(kShapes, row.variable, &Shape::variable);
  return found == kShapes.end() ? Shape{row.variable, ".*"} : *found;
}

std::string quoted_json(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string matches(std::string_view pattern) {
  return fmt::format(R"({{"type": "string", "pattern": {}}})",
                     quoted_json(fmt::format("^({})$", pattern)));
}

std::string whole(std::uint64_t min, std::uint64_t max) {
  return fmt::format(R"({{"type": "integer", "minimum": {}, "maximum": {}}})", min, max);
}

std::string any_of(std::string_view one, std::string_view other) {
  return fmt::format(R"("anyOf": [{}, {}])", one, other);
}

constexpr std::string_view kTruth = R"({"type": "boolean"})";

/// The words that a setting's description lists, where the setting takes each of them and they are
/// all that it takes; otherwise nothing.
std::string choices(const kind::Custom& custom) {
  std::string list;
  std::string_view rest = custom.values;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(", "), rest.size());
    const std::string_view word = rest.substr(0, comma);
    Settings scratch;
    if (word.find(' ') != std::string_view::npos || !custom.set(scratch, word)) return {};
    list += (list.empty() ? "" : ", ") + quoted_json(word);
    rest.remove_prefix(std::min(comma + 2, rest.size()));
  }
  return list;
}

struct Describe {
  const SettingRow& row;

  std::string operator()(const kind::Whole& kind) const {
    return fmt::format(R"("type": "integer", "minimum": {}, "maximum": {})", kind.min, kind.max);
  }
  std::string operator()(const kind::Duration& kind) const {
    return any_of(whole(static_cast<std::uint64_t>(kind.min.count()),
                        static_cast<std::uint64_t>(kind.max.count())),
                  matches("([0-9]+[smhdwSMHDW]?)+"));
  }
  std::string operator()(const kind::YesNo&) const {
    return R"("enum": [true, false, "yes", "no"])";
  }
  std::string operator()(const kind::Path&) const { return R"("type": "string", "pattern": "^/")"; }
  std::string operator()(const kind::Text&) const { return R"("type": "string")"; }
  std::string operator()(const kind::List& kind) const { return list(kind.max_items); }
  std::string operator()(const kind::Custom& kind) const {
    if (kind.list) return list(0);
    if (const std::string words = choices(kind); !words.empty()) {
      return fmt::format(R"("enum": [{}])", words);
    }
    const Shape shape = shape_of(row);
    const std::string text = matches(shape.pattern);
    if (shape.also == YamlType::kNumber)
      return any_of(text, R"({"type": "integer", "minimum": 0})");
    if (shape.also == YamlType::kTruth) return any_of(text, kTruth);
    return text.substr(1, text.size() - 2);
  }

  std::string list(std::size_t max_items) const {
    const std::string_view item = shape_of(row).pattern;
    const std::string most = max_items == 0 ? "" : fmt::format(R"(, "maxItems": {})", max_items);
    return any_of(
        matches(fmt::format("({0})( *, *({0}))*", item)),
        fmt::format(R"({{"type": "array", "minItems": 1{}, "items": {}}})", most, matches(item)));
  }
};

}  // namespace

std::string values_table() {
  std::string text = "| value | values | default | meaning |\n|---|---|---|---|\n";
  for (const SettingRow& row : settings_table()) {
    if (of_the_pod(row)) continue;
    text += fmt::format("| `settings.{}` | {} |\n", yaml_key(row), manual::markdown_cells(row));
  }
  return text;
}

std::string schema_properties() {
  std::string text = "      \"properties\": {\n";
  std::string_view separator;
  for (const SettingRow& row : settings_table()) {
    if (of_the_pod(row)) continue;
    text += fmt::format("{}        {}: {{{},\n          \"description\": {}}}", separator,
                        quoted_json(yaml_key(row)), std::visit(Describe{row}, row.kind),
                        quoted_json(row.help));
    separator = ",\n";
  }
  return text + "\n      },\n";
}

}  // namespace zomg::monitor::chart
