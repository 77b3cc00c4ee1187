# SPDX-License-Identifier: Apache-2.0
#
# What the core stands on. The installed package config repeats this file's look-ups for static consumers.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(absl REQUIRED)
find_package(simdjson 3.0 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(DOORWARD_YAML REQUIRED IMPORTED_TARGET yaml-0.1)

# RE2 has a CMake config upstream; Debian 12 ships only a pkg-config file, without a usable version.
find_package(re2 CONFIG QUIET)
if(TARGET re2::re2)
  set(DOORWARD_RE2_TARGET re2::re2)
else()
  pkg_check_modules(DOORWARD_RE2 REQUIRED IMPORTED_TARGET re2)
  set(DOORWARD_RE2_TARGET PkgConfig::DOORWARD_RE2)
endif()

set(DOORWARD_DEPENDENCIES
    OpenSSL::Crypto simdjson::simdjson PkgConfig::DOORWARD_YAML ${DOORWARD_RE2_TARGET}
    absl::flat_hash_map absl::flat_hash_set Threads::Threads)
