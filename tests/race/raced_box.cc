#include "race/raced_box.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "common/base/check.h"
#include "race/changes.h"

namespace zomg::race {
namespace {

constexpr int kNamespaces =
    CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
constexpr const char* kUserMap = "0 100000 65536\n";

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  CHECK(file.good());
}

/// Where cgroup v2 is mounted; empty: nowhere.
std::string v2_root() {
  for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    if (::access(fmt::format("{}/cgroup.controllers", path).c_str(), W_OK) == 0) return path;
  }
  return {};
}

std::string make_id() {
  static int made = 0;
  return fmt::format("{:032x}{:032x}", ::getpid(), ++made);
}

/// The host's own files, with a /proc and a /dev/pts of the box's.
bool lay_out_root() {
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("/", "/mnt", nullptr, MS_BIND | MS_REC, nullptr) == 0 &&
         ::mount("proc", "/mnt/proc", "proc", 0, nullptr) == 0 &&
         ::mount("dev", "/mnt/dev", "tmpfs", 0, nullptr) == 0 &&
         ::mount("tmp", "/mnt/mnt", "tmpfs", 0, nullptr) == 0 &&
         ::mkdir("/mnt/dev/pts", 0755) == 0 &&
         ::mount("devpts", "/mnt/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666") == 0 &&
         ::chdir("/mnt") == 0 && ::syscall(SYS_pivot_root, ".", ".") == 0 &&
         ::umount2(".", MNT_DETACH) == 0;
}

[[noreturn]] void be_first_process(const BoxOptions& options, int orders) {
  char order = 0;
  // Once it is in its cgroup, and the ids of its user namespace are mapped.
  if (::read(orders, &order, 1) != 1 || ::setrlimit(RLIMIT_NOFILE, &options.files) != 0 ||
      ::setgroups(0, nullptr) != 0 || ::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0 ||
      ::unshare(CLONE_NEWCGROUP) != 0 || !lay_out_root() ||
      !limit_capabilities(options.capabilities)) {
    ::_exit(1);
  }
  while (::write(orders, &order, 1) == 1 && ::read(orders, &order, 1) == 1) {
    if (!carry_out(static_cast<Change>(order), orders)) order = -1;
  }
  ::_exit(0);
}

}  // namespace

bool RacedBox::possible() {
  return ::geteuid() == 0 && !v2_root().empty();
}

RacedBox::RacedBox(const BoxOptions& options)
    : id_(make_id()),
      parent_(fmt::format("{}/zomg-race-{}", v2_root(), ::getpid())),
      cgroup_(fmt::format("{}/{}", parent_, id_)) {
  CHECK(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
  CHECK(::mkdir(parent_.c_str(), 0755) == 0 && ::mkdir(cgroup_.c_str(), 0755) == 0);
  int ends[2];
  CHECK(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
  orders_ = common::Fd(ends[0]);
  const common::Fd theirs(ends[1]);
  const int user = options.user_namespace ? CLONE_NEWUSER : 0;
  pid_ = static_cast<pid_t>(::syscall(SYS_clone, (kNamespaces & ~CLONE_NEWCGROUP) | user | SIGCHLD,
                                      nullptr, nullptr, nullptr, nullptr));
  CHECK(pid_ >= 0);
  if (pid_ == 0) {
    orders_.reset();
    be_first_process(options, theirs.get());
  }
  const std::string pid = std::to_string(pid_);
  write_file(cgroup_ + "/cgroup.procs", pid);
  write_file(fmt::format("/proc/{}/oom_score_adj", pid_), std::to_string(options.oom_score_adj));
  if (options.processes > 0) {
    pids_cgroup_ = fmt::format("/sys/fs/cgroup/pids/zomg-race-{}", ::getpid());
    CHECK(::mkdir(pids_cgroup_.c_str(), 0755) == 0);
    write_file(pids_cgroup_ + "/pids.max", std::to_string(options.processes));
    write_file(pids_cgroup_ + "/cgroup.procs", pid);
  }
  if (options.user_namespace) {
    write_file(fmt::format("/proc/{}/uid_map", pid_), kUserMap);
    write_file(fmt::format("/proc/{}/gid_map", pid_), kUserMap);
  }
  char answer = 0;
  CHECK(::write(orders_.get(), "", 1) == 1 && ::read(orders_.get(), &answer, 1) == 1);
}

RacedBox::~RacedBox() {
  ::kill(pid_, SIGKILL);
  // It ends once all are reaped that were in its pid namespace: what sessiond left, too.
  int status = 0;
  for (pid_t seen = 0; seen >= 0; seen = ::waitpid(-1, &status, __WALL)) {
    // It was forked when the one that traces it had seen enough, and stands still.
    if (seen > 0 && WIFSTOPPED(status)) ::kill(seen, SIGKILL);
  }
  // The kernel needs a moment until nobody is in there.
  for (const std::string& directory : {cgroup_, parent_ + "/elsewhere", parent_, pids_cgroup_}) {
    for (int tries = 0; ::rmdir(directory.c_str()) != 0 && errno == EBUSY && tries < 10000;
         ++tries) {
      ::usleep(1000);
    }
  }
}

std::string RacedBox::cgroup_path() const {
  return cgroup_.substr(v2_root().size());
}

bool RacedBox::change(Change change) {
  if (change == Change::kCgroup) return move_to_another_cgroup();
  char answer = static_cast<char>(change);
  if (::write(orders_.get(), &answer, 1) != 1) return false;
  if (change == Change::kDeath || change == Change::kExecutable) {
    // Its end of the socket is closed by either.
    const bool closed = ::read(orders_.get(), &answer, 1) <= 0;
    // Where the program is in its pid namespace already it waits for that, which stands still.
    for (int tries = 0; change == Change::kDeath && tries < 20; ++tries) {
      if (::waitpid(pid_, nullptr, WNOHANG) != 0) break;
      ::usleep(1000);
    }
    return closed;
  }
  return ::read(orders_.get(), &answer, 1) == 1 && answer == static_cast<char>(change);
}

bool RacedBox::move_to_another_cgroup() const {
  const std::string elsewhere = parent_ + "/elsewhere";
  if (::mkdir(elsewhere.c_str(), 0755) != 0) return false;
  write_file(elsewhere + "/cgroup.procs", std::to_string(pid_));
  return true;
}

std::string namespace_of(pid_t pid, const char* kind) {
  std::string target(64, '\0');
  const ssize_t size =
      ::readlink(fmt::format("/proc/{}/ns/{}", pid, kind).c_str(), target.data(), target.size());
  target.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return target;
}

}  // namespace zomg::race
