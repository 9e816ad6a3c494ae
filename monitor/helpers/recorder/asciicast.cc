#include "monitor/helpers/recorder/asciicast.h"

#include <fmt/core.h>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace zomg::recorder {
namespace {

using Json = nlohmann::ordered_json;

std::string quoted(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string event(Moment moment, char code, std::string_view data) {
  const auto us = static_cast<std::uint64_t>(moment.count());
  return fmt::format("[{}.{:06}, \"{}\", {}]\n", us / 1'000'000, us % 1'000'000, code,
                     quoted(data));
}

/// How many bytes the character has that begins with `first`; 0 for what begins none (RFC 3629).
std::size_t character_bytes(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

/// How many bytes at the end of `text` begin a character that is not all there.
std::size_t unfinished_bytes(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xc0) == 0x80) continue;
    return character_bytes(byte) > back ? back : 0;
  }
  return 0;
}

}  // namespace

std::string Asciicast::header(const winsize& size, std::uint64_t unix_time,
                              std::string_view title) {
  Json json{{"version", 2},
            {"width", size.ws_col},
            {"height", size.ws_row},
            {"timestamp", unix_time},
            {"title", title}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string Asciicast::output(Moment moment, std::string_view bytes) {
  kept_ += bytes;
  std::string text = std::exchange(kept_, {});
  const std::size_t unfinished = unfinished_bytes(text);
  kept_ = text.substr(text.size() - unfinished);
  text.resize(text.size() - unfinished);
  return text.empty() ? std::string() : event(moment, 'o', text);
}

std::string Asciicast::rest(Moment moment) {
  const std::string text = std::exchange(kept_, {});
  return text.empty() ? std::string() : event(moment, 'o', text);
}

std::string Asciicast::resize(Moment moment, const winsize& size) {
  return event(moment, 'r', fmt::format("{}x{}", size.ws_col, size.ws_row));
}

}  // namespace zomg::recorder
