# Warnings, hardening and sanitizers, in one place. Every Headgate target links headgate_flags.
add_library(headgate_flags INTERFACE)
target_compile_options(headgate_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-qual -Wconversion -Wsign-conversion -Wdouble-promotion -Wimplicit-fallthrough -Werror)
target_include_directories(headgate_flags INTERFACE "${CMAKE_SOURCE_DIR}/gate")

# An out-of-range read must abort, not return a neighbour's byte.
target_compile_definitions(headgate_flags INTERFACE _GLIBCXX_ASSERTIONS HEADGATE_VERSION="${PROJECT_VERSION}")

option(HEADGATE_HARDEN "Hardening flags (release)" OFF)
if(HEADGATE_HARDEN)
  target_compile_options(headgate_flags INTERFACE -fstack-protector-strong -fstack-clash-protection -fcf-protection
    -ftrivial-auto-var-init=zero -fPIE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 at -O3 sees std::string's own operator+ overlap with itself (GCC bug 105651).
    target_compile_options(headgate_flags INTERFACE -Wno-restrict)
  endif()
  target_link_options(headgate_flags INTERFACE -pie -Wl,-z,relro,-z,now -Wl,--as-needed)
endif()

option(HEADGATE_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
if(HEADGATE_SANITIZE)
  target_compile_options(headgate_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 sees uninitialised members of std::function and std::optional where the sanitizers instrument them.
    target_compile_options(headgate_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  target_link_options(headgate_flags INTERFACE -fsanitize=address,undefined)
endif()
if(HEADGATE_FUZZ)
  target_compile_options(headgate_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(headgate_flags INTERFACE -fsanitize=address,undefined)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
