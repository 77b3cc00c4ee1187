# SPDX-License-Identifier: Apache-2.0
#
# What `cmake --install` puts where: headers, libraries, a CMake package, a pkg-config file, the command.
#
# The static and the shared library are two export sets, so that a user of the shared one needs none of
# the packages that the static one is linked with.
include(CMakePackageConfigHelpers)

set(DOORWARD_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/doorward)

function(doorward_install_library target set)
  install(TARGETS ${target} EXPORT ${set}
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
          RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(EXPORT ${set} NAMESPACE doorward:: DESTINATION ${DOORWARD_PACKAGE_DIR})
endfunction()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/doorward DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

doorward_install_library(doorward doorwardStaticTargets)
if(TARGET doorward_shared)
  doorward_install_library(doorward_shared doorwardSharedTargets)
endif()
if(TARGET doorward_c_static)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/bindings/c/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          FILES_MATCHING PATTERN "*.h")
  doorward_install_library(doorward_c_static doorwardCStaticTargets)
  if(TARGET doorward_c)
    doorward_install_library(doorward_c doorwardCTargets)
  endif()
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/doorwardConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/package/doorwardConfig.cmake
                              INSTALL_DESTINATION ${DOORWARD_PACKAGE_DIR} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break; "0.1" accepts 0.1.x alone.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/doorwardConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/doorwardConfig.cmake
              ${PROJECT_BINARY_DIR}/package/doorwardConfigVersion.cmake
        DESTINATION ${DOORWARD_PACKAGE_DIR})

# ${pcfiledir} makes the installed tree movable.
file(RELATIVE_PATH DOORWARD_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
foreach(package IN ITEMS doorward doorward_c)
  if(TARGET ${package})
    configure_file(${PROJECT_SOURCE_DIR}/cmake/${package}.pc.in ${PROJECT_BINARY_DIR}/package/${package}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/package/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  endif()
endforeach()

# The command writes its own completion scripts.
if(TARGET doorward_command AND DOORWARD_BUILD_COMMAND AND NOT CMAKE_CROSSCOMPILING)
  set(bash_file bash-completion/completions/doorward)
  set(zsh_file zsh/site-functions/_doorward)
  set(fish_file fish/vendor_completions.d/doorward.fish)
  foreach(shell IN ITEMS bash zsh fish)
    set(output ${PROJECT_BINARY_DIR}/package/${${shell}_file})
    cmake_path(GET output PARENT_PATH folder)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(OUTPUT ${output} COMMAND doorward_command completion ${shell} > ${output}
                       DEPENDS doorward_command VERBATIM)
    list(APPEND completions ${output})
    cmake_path(GET ${shell}_file PARENT_PATH folder)
    install(FILES ${output} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder})
  endforeach()
  add_custom_target(doorward_completions ALL DEPENDS ${completions})
endif()
