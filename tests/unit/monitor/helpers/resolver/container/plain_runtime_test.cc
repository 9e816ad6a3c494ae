#include "monitor/helpers/resolver/container/plain_runtime.h"

#include <gtest/gtest.h>

#include "monitor/helpers/resolver/container/container_info.h"

namespace zomg::resolver {
namespace {

/// What a runtime's verbose ContainerStatus has beside the process, and the handler of its pod.
struct Case {
  const char* name;
  const char* details;
  const char* handler = "";
  const char* annotations = "{}";
};

bool is_plain(const Case& which) {
  auto info = parse_container_info(
      fmt::format(R"({{"pid": 1, {} "runtimeSpec": {{"process": {{}}, "annotations": {}}}}})",
                  which.details, which.annotations));
  EXPECT_TRUE(info) << which.name << ": " << info.error().message;
  if (!info) return false;
  info->runtime.handler = which.handler;
  return check_plain(info->runtime).has_value();
}

constexpr const char* kCriO =
    R"({"io.kubernetes.cri-o.ContainerID": "1", "io.kubernetes.cri-o.SandboxID": "2"})";

TEST(PlainRuntime, IsRuncOrCrun) {
  for (const Case& which : {
           Case{"containerd 1.6",
                R"("runtimeType": "io.containerd.runc.v2", "runtimeOptions": {},)"},
           Case{"no options", R"("runtimeType": "io.containerd.runc.v2", "runtimeOptions": null,)"},
           Case{"a handler of any name", R"("runtimeType": "io.containerd.runc.v2",)", "fast"},
           Case{"systemd", R"("runtimeType": "io.containerd.runc.v2",
                              "runtimeOptions": {"systemd_cgroup": true},)"},
           Case{"k3s", R"("runtimeType": "io.containerd.runc.v2", "runtimeOptions":
                          {"binary_name": "/var/lib/rancher/k3s/data/current/bin/runc"},)"},
           Case{"crun", R"("runtimeType": "io.containerd.runc.v2",
                           "runtimeOptions": {"binary_name": "/usr/bin/crun"},)"},
           Case{"crun, as configured", R"("runtimeType": "io.containerd.runc.v2",
                                          "runtimeOptions": {"BinaryName": "crun"},)"},
           Case{"NVIDIA's wrapper", R"("runtimeType": "io.containerd.runc.v2", "runtimeOptions":
               {"binary_name": "/usr/local/nvidia/toolkit/nvidia-container-runtime"},)",
                "nvidia"},
           Case{"NVIDIA's wrapper, as configured", R"("runtimeType": "io.containerd.runc.v2",
               "runtimeOptions": {"BinaryName": "/usr/bin/nvidia-container-runtime.cdi"},)",
                "nvidia-cdi"},
           Case{"CRI-O", "", "", kCriO},
           Case{"CRI-O's crun", "", "crun", kCriO},
       }) {
    EXPECT_TRUE(is_plain(which)) << which.name;
  }
}

TEST(PlainRuntime, IsNoneOfAnotherKind) {
  for (const Case& which : {
           Case{"gVisor", R"("runtimeType": "io.containerd.runsc.v1",)", "gvisor"},
           Case{"gVisor by runc's shim", R"("runtimeType": "io.containerd.runc.v2",
                                            "runtimeOptions": {"binary_name": "/usr/bin/runsc"},)"},
           Case{"Kata", R"("runtimeType": "io.containerd.kata.v2",)", "kata"},
           Case{"Kata by its path", R"("runtimeType": "/opt/kata/bin/containerd-shim-kata-v2",)"},
           Case{"Kata's qemu", R"("runtimeType": "io.containerd.kata-qemu.v2",)"},
           Case{"Firecracker", R"("runtimeType": "aws.firecracker",)"},
           Case{"youki", R"("runtimeType": "io.containerd.runc.v2",
                            "runtimeOptions": {"binary_name": "youki"},)"},
           Case{"WebAssembly", R"("runtimeType": "io.containerd.wasmtime.v1",)"},
           Case{"a name that begins so", R"("runtimeType": "io.containerd.runc.v2",
                                            "runtimeOptions": {"binary_name": "/bin/runcsc"},)"},
           Case{"no name at all", R"("runtimeType": "io.containerd.runc.v2",
                                     "runtimeOptions": {"binary_name": "/bin/runsc/"},)"},
           Case{"a name that begins as NVIDIA's", R"("runtimeType": "io.containerd.runc.v2",
               "runtimeOptions": {"binary_name": "nvidia-container-runtime-hook"},)"},
           Case{"Kata's by NVIDIA", R"("runtimeType": "io.containerd.kata-qemu-nvidia-gpu.v2",
               "runtimeOptions": {"binary_name": "nvidia-container-runtime"},)"},
           Case{"CRI-O's NVIDIA", "", "nvidia", kCriO},
           Case{"CRI-O's Kata", "", "kata", kCriO},
           Case{"CRI-O's gVisor", "", "runsc", kCriO},
           Case{"another type with CRI-O's marks", R"("runtimeType": "io.containerd.runsc.v1",)",
                "", kCriO},
           Case{"one that says nothing", ""},
           Case{"one that says nothing, with a handler", "", "runc"},
       }) {
    EXPECT_FALSE(is_plain(which)) << which.name;
  }
}

TEST(PlainRuntime, IsNotToBeOfAnotherShape) {
  for (const char* details : {R"("runtimeType": 1,)", R"("runtimeType": null,)",
                              R"("runtimeOptions": {"binary_name": 1},)"}) {
    EXPECT_FALSE(parse_container_info(
        fmt::format(R"({{"pid": 1, {} "runtimeSpec": {{"process": {{}}}}}})", details)))
        << details;
  }
}

}  // namespace
}  // namespace zomg::resolver
