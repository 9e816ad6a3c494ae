#include "listener/connection/protocol/signal_names.h"

#include <array>
#include <csignal>
#include <utility>

namespace zomg::connection {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 13> kNames{{
    {"ABRT", SIGABRT},
    {"ALRM", SIGALRM},
    {"FPE", SIGFPE},
    {"HUP", SIGHUP},
    {"ILL", SIGILL},
    {"INT", SIGINT},
    {"KILL", SIGKILL},
    {"PIPE", SIGPIPE},
    {"QUIT", SIGQUIT},
    {"SEGV", SIGSEGV},
    {"TERM", SIGTERM},
    {"USR1", SIGUSR1},
    {"USR2", SIGUSR2},
}};

}  // namespace

int signal_number(std::string_view name) {
  for (const auto& [known, number] : kNames) {
    if (known == name) return number;
  }
  return 0;
}

std::string_view signal_name(int number) {
  for (const auto& [name, known] : kNames) {
    if (known == number) return name;
  }
  return "SIG@openssh.com";
}

}  // namespace zomg::connection
