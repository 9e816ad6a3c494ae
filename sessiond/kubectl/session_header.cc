#include "sessiond/kubectl/session_header.h"

#include <sys/ioctl.h>
#include <sys/random.h>

#include <algorithm>
#include <array>

#include "sessiond/kubectl/stty_arguments.h"

namespace zomg::kubectl {
namespace {

/// Far below the 4095 bytes of a terminal's line.
constexpr std::size_t kLineBytes = 1000;
constexpr std::string_view kTerminalType = "xterm-256color";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_plain(char c) {
  return is_word(c) || c == '/' || c == '.' || c == '=' || c == '-' || c == ':' || c == ',';
}

std::string random_digits() {
  std::array<unsigned char, 16> bytes{};
  CHECK(::getrandom(bytes.data(), bytes.size(), 0) == std::ssize(bytes));
  std::string digits;
  for (const unsigned char byte : bytes) digits += fmt::format("{:02x}", byte);
  return digits;
}

void add_line(std::string& header, char kind, std::string_view rest) {
  header += kind;
  header += rest;
  header += '\n';
}

/// What a shell may export; another name would end it.
bool is_name(std::string_view name) {
  return !name.empty() && (name[0] < '0' || name[0] > '9') &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_word(c); });
}

/// Encoded text on lines of kind `kind`, the last one of kind `last`. Any break is good: the pieces
/// are put together before they are decoded.
void add_text(std::string& header, char kind, char last, std::string_view text) {
  const std::string encoded = printf_encoded(text);
  std::string_view rest = encoded;
  while (rest.size() > kLineBytes) {
    add_line(header, kind, rest.substr(0, kLineBytes));
    rest.remove_prefix(kLineBytes);
  }
  add_line(header, last, rest);
}

void add_variable(std::string& header, std::string_view name, std::string_view value) {
  if (is_name(name)) add_text(header, 'e', 'E', fmt::format("{}={}", name, value));
}

/// Nothing for the container's own.
void add_user(std::string& header, const messages::BoxUser& user) {
  switch (user.kind) {
    case messages::BoxUserKind::kUid:
      return add_line(header, 'U', std::to_string(user.uid));
    case messages::BoxUserKind::kName:
      return add_line(header, 'N', printf_encoded(user.name));
    case messages::BoxUserKind::kContainer:
      return;
  }
}

std::string_view kind_word(const messages::SessionPlan& plan) {
  if (plan.forced) return plan.kind == messages::SessionKind::kSftp ? "forced-sftp" : "exec";
  switch (plan.kind) {
    case messages::SessionKind::kShell:
      return "shell";
    case messages::SessionKind::kExec:
      return "exec";
    case messages::SessionKind::kSftp:
      return "sftp";
  }
  CHECK(false);
}

}  // namespace

Mark Mark::make() {
  return {random_digits(), random_digits()};
}

std::string printf_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      out += fmt::format("\\0{:03o}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string session_header(const Mark& mark, const messages::SessionPlan& plan,
                           std::string_view chroot_directory, const messages::BoxUser& user,
                           const termios* modes, const winsize* size) {
  std::string header = mark.first + "\n" + mark.second + "\n";
  add_line(header, 'K', kind_word(plan));
  add_line(header, 'R', printf_encoded(chroot_directory));
  add_user(header, user);
  add_variable(
      header, "SSH_CLIENT",
      fmt::format("{} {} {}", plan.client.address.value, plan.client.port, plan.server.port));
  add_variable(header, "SSH_CONNECTION",
               fmt::format("{} {} {} {}", plan.client.address.value, plan.client.port,
                           plan.server.address.value, plan.server.port));
  if (plan.terminal) add_variable(header, "TERM", kTerminalType);
  for (const auto& variable : plan.environment.value) {
    add_variable(header, variable.name, variable.value);
  }
  if (size != nullptr && size->ws_row > 0 && size->ws_col > 0) {
    add_line(header, 'T', fmt::format("rows {} cols {}", size->ws_row, size->ws_col));
  }
  if (modes != nullptr) {
    for (const std::string& words : stty_arguments(*modes)) add_line(header, 'T', words);
  }
  if (plan.forced && plan.kind == messages::SessionKind::kExec) {
    add_variable(header, "SSH_ORIGINAL_COMMAND", plan.command);
  }
  add_text(header, 'C', 'C',
           plan.forced ? std::string_view(plan.forced_command) : std::string_view(plan.command));
  return header;
}

}  // namespace zomg::kubectl
