# What of rules/ is compiled into the binary. FILES rows are "name below rules/|file".
set(embedded "")
file(GLOB_RECURSE rule_files CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/rules"
  "${CMAKE_SOURCE_DIR}/rules/*.yaml" "${CMAKE_SOURCE_DIR}/rules/globals/*.txt"
  "${CMAKE_SOURCE_DIR}/rules/architectures/*.txt" "${CMAKE_SOURCE_DIR}/rules/operators/*.txt"
  "${CMAKE_SOURCE_DIR}/rules/loaders/*.txt" "${CMAKE_SOURCE_DIR}/rules/content/*.txt")
list(FILTER rule_files EXCLUDE REGEX "^examples/")
foreach(file ${rule_files})
  list(APPEND embedded "${file}|${CMAKE_SOURCE_DIR}/rules/${file}")
endforeach()

# Popular names: rules/names/<list>.txt is indexed while building and embedded as names/<list>.idx; so is who publishes them.
add_executable(headgate_name_index tools/name_index.cpp checkers/name_index.cpp checkers/name_forms.cpp checkers/publishers.cpp)
target_link_libraries(headgate_name_index PRIVATE headgate_flags headgate_model)
file(GLOB name_files CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/rules/names" "${CMAKE_SOURCE_DIR}/rules/names/*.txt")
set(name_lists "npm-scopes|npm.txt" "golang-owners|golang.txt")
foreach(file ${name_files})
  string(REPLACE ".txt" "" list "${file}")
  list(APPEND name_lists "${list}|${file}")
endforeach()
foreach(pair ${name_lists})
  string(REPLACE "|" ";" pair "${pair}")
  list(GET pair 0 list)
  list(GET pair 1 file)
  set(index "${CMAKE_CURRENT_BINARY_DIR}/names/${list}.idx")
  add_custom_command(OUTPUT "${index}"
    COMMAND ${CMAKE_COMMAND} -E make_directory "${CMAKE_CURRENT_BINARY_DIR}/names"
    COMMAND headgate_name_index "${list}" "${CMAKE_SOURCE_DIR}/rules/names/${file}" "${index}"
    DEPENDS "${CMAKE_SOURCE_DIR}/rules/names/${file}" headgate_name_index VERBATIM)
  list(APPEND embedded "names/${list}.idx|${index}")
endforeach()
# Names that are known to be malicious: rules/advisories/malicious-<ecosystem>.txt becomes advisories/malicious-<ecosystem>.idx.
add_executable(headgate_malicious_names tools/malicious_names.cpp checkers/malicious_names.cpp)
target_link_libraries(headgate_malicious_names PRIVATE headgate_flags headgate_model)
file(GLOB malicious_files CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/rules/advisories" "${CMAKE_SOURCE_DIR}/rules/advisories/malicious-*.txt")
foreach(file ${malicious_files})
  string(REGEX REPLACE "^malicious-(.*)\\.txt$" "\\1" ecosystem "${file}")
  set(index "${CMAKE_CURRENT_BINARY_DIR}/advisories/malicious-${ecosystem}.idx")
  add_custom_command(OUTPUT "${index}"
    COMMAND ${CMAKE_COMMAND} -E make_directory "${CMAKE_CURRENT_BINARY_DIR}/advisories"
    COMMAND headgate_malicious_names "${ecosystem}" "${CMAKE_SOURCE_DIR}/rules/advisories/${file}" "${index}"
    DEPENDS "${CMAKE_SOURCE_DIR}/rules/advisories/${file}" headgate_malicious_names VERBATIM)
  list(APPEND embedded "advisories/malicious-${ecosystem}.idx|${index}")
endforeach()

# What letters of other scripts read like, from ICU's data (which the program itself never loads).
add_executable(headgate_confusables tools/confusables.cpp)
target_link_libraries(headgate_confusables PRIVATE headgate_flags ICU::i18n ICU::uc)
set(confusables "${CMAKE_CURRENT_BINARY_DIR}/names/confusables.bin")
add_custom_command(OUTPUT "${confusables}"
  COMMAND ${CMAKE_COMMAND} -E make_directory "${CMAKE_CURRENT_BINARY_DIR}/names"
  COMMAND headgate_confusables "${confusables}" DEPENDS headgate_confusables VERBATIM)
list(APPEND embedded "names/confusables.bin|${confusables}")
headgate_embed(headgate_pipeline FILES ${embedded})
