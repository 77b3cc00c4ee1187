# SPDX-License-Identifier: Apache-2.0
#
# Functions that make the project's targets, each with the same warnings, sanitizers and visibility.

# Compiler settings of the project's own code; never exported to users.
add_library(doorward_build_settings INTERFACE)
if(DOORWARD_DEVELOPER)
  target_compile_options(doorward_build_settings INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Werror
    # GCC 12 takes the joining of strings for overlapping copies once it optimises more (its bug 105651).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
endif()
if(DOORWARD_SANITIZE)
  target_compile_options(doorward_build_settings INTERFACE
    -fsanitize=${DOORWARD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    # GCC takes what sanitizers insert for uses of uninitialised memory, in <regex> for one.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(doorward_build_settings INTERFACE -fsanitize=${DOORWARD_SANITIZE})
endif()

# doorward_floor(NAME SOURCE...): a floor of the core, as objects that the libraries and the unit tests are made of.
# An INTERFACE floor (headers only, so far) names no sources.
function(doorward_floor name)
  add_library(doorward_${name} OBJECT ${ARGN})
  target_include_directories(doorward_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR})
  target_link_libraries(doorward_${name} PUBLIC ${DOORWARD_DEPENDENCIES} PRIVATE doorward_build_settings)
  set_target_properties(doorward_${name} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  # Nobody replaces our exported functions one by one: those of a file may be inlined in it.
  target_compile_options(doorward_${name} PRIVATE -fno-semantic-interposition)
endfunction()

# The tests with the label `concurrent`: what is worth building with ThreadSanitizer.
add_custom_target(doorward_concurrent_tests)
# All fuzzers; doorward_list_fuzzers() writes down what they are.
add_custom_target(doorward_fuzzers)

# doorward_test(NAME FLOORS floor... SOURCES file... [LIBRARIES target...] [LABELS label...]): a GoogleTest program
# that is linked with the named floors (all that its sources need, lower ones too) and registered with ctest.
function(doorward_test name)
  cmake_parse_arguments(ARG "" "" "FLOORS;SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  foreach(floor IN LISTS ARG_FLOORS)
    target_link_libraries(${name} PRIVATE doorward_${floor})
  endforeach()
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
  target_compile_definitions(${name} PRIVATE DOORWARD_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             DOORWARD_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main doorward_build_settings)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 900)
  if(ARG_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
    if("concurrent" IN_LIST ARG_LABELS)
      add_dependencies(doorward_concurrent_tests ${name})
    endif()
  endif()
endfunction()

# doorward_fuzzer(NAME FLOORS floor... SOURCES file... CORPUS folder): a program over LLVMFuzzerTestOneInput. In the fuzz
# preset it is linked with libFuzzer; in every other build with a driver that runs the corpus once, as a test.
function(doorward_fuzzer name)
  cmake_parse_arguments(ARG "" "CORPUS" "FLOORS;SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  foreach(floor IN LISTS ARG_FLOORS)
    target_link_libraries(${name} PRIVATE doorward_${floor})
  endforeach()
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} doorward_build_settings)
  if(DOORWARD_BUILD_FUZZERS)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set(once -runs=0)
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc)
  endif()
  cmake_path(ABSOLUTE_PATH ARG_CORPUS BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  add_test(NAME ${name}_corpus COMMAND ${name} ${once} ${ARG_CORPUS})
  add_dependencies(doorward_fuzzers ${name})
  set_property(GLOBAL APPEND_STRING PROPERTY DOORWARD_FUZZER_LIST
               "${name}\t$<TARGET_FILE:${name}>\t${ARG_CORPUS}\n")
endfunction()

# doorward_list_fuzzers(): writes name, program and seed corpus of each fuzzer to fuzzers.tsv in the build folder, for
# scripts/fuzz.
function(doorward_list_fuzzers)
  get_property(list GLOBAL PROPERTY DOORWARD_FUZZER_LIST)
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/fuzzers.tsv CONTENT "${list}")
endfunction()
