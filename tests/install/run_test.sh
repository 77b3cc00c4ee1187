#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs a build tree into a prefix of its own, and builds and runs a user's ten lines against it:
# by find_package and by pkg-config, static and shared, in C++ and in C.
#
#   run_test.sh BUILD_DIR CXX CC
set -euo pipefail
build=$1 cxx=$2 cc=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$build/install_test
prefix="$work/a prefix"

# quietly COMMAND...: its output is shown only where it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; echo "FAIL: $*" >&2; exit 1; }
}

rm -rf "$work"
mkdir -p "$work"
quietly cmake --install "$build" --prefix "$prefix"

# The tree must not remember where it was installed, nor lean on the source or build folders.
mv "$prefix" "$work/moved"
prefix=$work/moved
if grep -rIlF -e "$build" -e "$(cd "$here/../.." && pwd)" "$prefix"; then
  echo "FAIL: the installed files above name the source or build tree" >&2
  exit 1
fi

for linkage in static shared; do
  quietly cmake -S "$here/consumer" -B "$work/cmake-$linkage" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" -DLINKAGE=$linkage
  quietly cmake --build "$work/cmake-$linkage"
  "$work/cmake-$linkage/consumer"
  echo "ok: find_package, $linkage"
done
for component in c c_static; do
  quietly cmake -S "$here/c_consumer" -B "$work/cmake-$component" -G Ninja -DCMAKE_C_COMPILER="$cc" \
    -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" -DCOMPONENT=$component
  quietly cmake --build "$work/cmake-$component"
  "$work/cmake-$component/consumer"
  echo "ok: find_package, $component"
done

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name doorward.pc)")
export PKG_CONFIG_PATH
libdir=$(dirname "$PKG_CONFIG_PATH")
# What pkg-config prints is quoted for a shell, which matters where the path holds a space.
declare -a cflags static_libs shared_libs
eval "cflags=($(pkg-config --cflags doorward))"
eval "static_libs=($(pkg-config --static --libs doorward))"
eval "shared_libs=($(pkg-config --libs doorward))"

# Where both are installed, -ldoorward is the shared one; the static one is asked for by its file name.
"$cxx" -std=c++20 "${cflags[@]}" "$here/consumer/main.cc" -o "$work/pc-static" \
  "${static_libs[@]/#-ldoorward/-l:libdoorward.a}"
"$work/pc-static"
echo "ok: pkg-config, static"
"$cxx" -std=c++20 "${cflags[@]}" "$here/consumer/main.cc" -o "$work/pc-shared" "${shared_libs[@]}"
LD_LIBRARY_PATH=$libdir "$work/pc-shared"
echo "ok: pkg-config, shared"
if LD_LIBRARY_PATH=$libdir ldd "$work/pc-static" | grep libdoorward; then
  echo "FAIL: the static consumer uses the shared library" >&2
  exit 1
fi

declare -a c_flags c_static_libs c_libs
eval "c_flags=($(pkg-config --cflags doorward_c))"
eval "c_libs=($(pkg-config --libs doorward_c))"
eval "c_static_libs=($(pkg-config --static --libs doorward_c))"
"$cc" -std=c99 "${c_flags[@]}" "$here/c_consumer/main.c" -o "$work/pc-c" "${c_libs[@]}"
LD_LIBRARY_PATH=$libdir "$work/pc-c"
echo "ok: pkg-config, c"
c_static_libs=("${c_static_libs[@]/%-ldoorward_c/-l:libdoorward_c.a}")
"$cc" -std=c99 "${c_flags[@]}" "$here/c_consumer/main.c" -o "$work/pc-c-static" \
  "${c_static_libs[@]/%-ldoorward/-l:libdoorward.a}"
"$work/pc-c-static"
echo "ok: pkg-config, c static"

"$prefix/bin/doorward" --version
bash -n "$prefix/share/bash-completion/completions/doorward"
echo "ok: the command and its completion"
