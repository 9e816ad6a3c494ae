#!/bin/sh
# Run in a tree of Debian 13 by tests/host.sh: builds the package there, natively, and the images of the
# boxes, and lays both out in build/vm as the virtual machine is to have them.
set -eu

deploy/tools/packages.sh run build
prefix=$(deploy/tools/libssh.sh)
# Where a build is there already, with its own settings.
cmake --preset release "-DZOMG_LIBSSH_PREFIX=$prefix" -DZOMG_TESTS=OFF
cmake --build --preset release
rm -rf build/vm build/release/*.deb
(cd build/release && cpack)
images=$(deploy/tools/images.sh)
home=build/vm/root
mkdir -p "$home/.cache/zomg-ssh-gateway" "$home/main/build/release"
cp "$images" "$home/.cache/zomg-ssh-gateway/"
cp build/release/*.deb "$home/main/build/release/"
