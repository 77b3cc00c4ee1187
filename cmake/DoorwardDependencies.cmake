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

# Verifies Ed25519 where a host asks for it; AUTO takes it where it is.
set(DOORWARD_WITH_LIBSODIUM AUTO CACHE STRING "Build with libsodium: AUTO, ON or OFF")
set_property(CACHE DOORWARD_WITH_LIBSODIUM PROPERTY STRINGS AUTO ON OFF)
if(DOORWARD_WITH_LIBSODIUM STREQUAL "AUTO")
  pkg_check_modules(DOORWARD_SODIUM QUIET IMPORTED_TARGET libsodium)
elseif(DOORWARD_WITH_LIBSODIUM)
  pkg_check_modules(DOORWARD_SODIUM REQUIRED IMPORTED_TARGET libsodium)
endif()
set(DOORWARD_HAS_LIBSODIUM OFF)
if(DOORWARD_WITH_LIBSODIUM AND DOORWARD_SODIUM_FOUND)
  set(DOORWARD_HAS_LIBSODIUM ON)
  set(DOORWARD_SODIUM_TARGET PkgConfig::DOORWARD_SODIUM)
  set(DOORWARD_PC_SODIUM ", libsodium")
endif()

set(DOORWARD_DEPENDENCIES
    OpenSSL::Crypto simdjson::simdjson PkgConfig::DOORWARD_YAML ${DOORWARD_RE2_TARGET}
    absl::flat_hash_map absl::flat_hash_set absl::strings absl::time Threads::Threads
    ${DOORWARD_SODIUM_TARGET})
