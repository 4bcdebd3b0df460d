# Every library that Headgate links, all of them Debian 12 packages (cmake/packages.txt). Nothing is downloaded.
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(BZip2 REQUIRED)
find_package(LibLZMA REQUIRED)
find_package(CLI11 REQUIRED)
find_package(EXPAT REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Threads REQUIRED)
# Only for a table that is made while building, and for the test of it.
find_package(ICU REQUIRED COMPONENTS i18n uc)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)

# Only its header of PKCS#11 is used: modules are loaded when a key on a token is asked for.
pkg_check_modules(P11KIT REQUIRED p11-kit-1)
add_library(headgate_pkcs11_header INTERFACE)
target_include_directories(headgate_pkcs11_header SYSTEM INTERFACE ${P11KIT_INCLUDE_DIRS})

# Libraries that every start would load: linked into the program where the archive is there and HEADGATE_LIGHT_START asks
# (7,000 symbols to resolve cost more than half of a start). OpenSSL stays shared, for its security updates.
option(HEADGATE_LIGHT_START "Link yaml-cpp, re2 and libstdc++ statically into headgate" OFF)
function(headgate_light_library target shared archive)
  add_library(${target} INTERFACE)
  find_library(${target}_archive NAMES ${archive})
  if(HEADGATE_LIGHT_START AND ${target}_archive)
    target_link_libraries(${target} INTERFACE "${${target}_archive}")
  else()
    target_link_libraries(${target} INTERFACE ${shared})
  endif()
endfunction()
headgate_light_library(headgate_yaml yaml-cpp libyaml-cpp.a)
headgate_light_library(headgate_re2 PkgConfig::RE2 libre2.a)
headgate_light_library(headgate_seccomp PkgConfig::SECCOMP libseccomp.a)
