# What of rules/ is compiled into the binary. FILES rows are "name below rules/|file".
set(embedded "")
file(GLOB_RECURSE rule_files CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/rules"
  "${CMAKE_SOURCE_DIR}/rules/*.yaml" "${CMAKE_SOURCE_DIR}/rules/globals/*.txt")
foreach(file ${rule_files})
  list(APPEND embedded "${file}|${CMAKE_SOURCE_DIR}/rules/${file}")
endforeach()
headgate_embed(headgate_pipeline FILES ${embedded})
