#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>

#include "common/base/check.h"
#include "common/base/fd.h"

namespace zomg::program {

/// Where the child of in_child() has the pipe for what it says.
inline constexpr int kSaid = 99;

/// What a body says, that runs in a process of its own and may spoil it. Written to its descriptor 2,
/// where it has put kSaid.
inline std::string in_child(const std::function<std::string()>& body) {
  auto pipe = common::make_pipe();
  CHECK(pipe);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipe->second.get(), kSaid);
    const std::string said = body();
    ::_exit(::write(STDERR_FILENO, said.data(), said.size()) == std::ssize(said) ? 0 : 1);
  }
  pipe->second.reset();
  std::string all;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::read(pipe->first.get(), part.data(), part.size())) > 0;) {
    all.append(part.data(), static_cast<std::size_t>(got));
  }
  ::waitpid(child, nullptr, 0);
  return all;
}

}  // namespace zomg::program
