// all.hpp: the parsers behind the table of manifest formats (all.cpp).
#pragma once

#include "intake/manifest.hpp"

namespace headgate::intake {

bool matches_requirements(std::string_view file_name);
bool parse_requirements(ByteView bytes, IntakeContext& context);

bool matches_pip_conf(std::string_view file_name);
bool parse_pip_conf(ByteView bytes, IntakeContext& context);
bool matches_pyproject(std::string_view file_name);
bool parse_pyproject(ByteView bytes, IntakeContext& context);
bool matches_uv_toml(std::string_view file_name);
bool parse_uv_toml(ByteView bytes, IntakeContext& context);
bool matches_poetry_lock(std::string_view file_name);
bool parse_poetry_lock(ByteView bytes, IntakeContext& context);
bool matches_uv_lock(std::string_view file_name);
bool parse_uv_lock(ByteView bytes, IntakeContext& context);
bool matches_pdm_lock(std::string_view file_name);
bool parse_pdm_lock(ByteView bytes, IntakeContext& context);
bool matches_pylock(std::string_view file_name);
bool parse_pylock(ByteView bytes, IntakeContext& context);
bool matches_pipfile(std::string_view file_name);
bool parse_pipfile(ByteView bytes, IntakeContext& context);
bool matches_pipfile_lock(std::string_view file_name);
bool parse_pipfile_lock(ByteView bytes, IntakeContext& context);

bool matches_cargo_toml(std::string_view file_name);
bool parse_cargo_toml(ByteView bytes, IntakeContext& context);
bool matches_cargo_lock(std::string_view file_name);
bool parse_cargo_lock(ByteView bytes, IntakeContext& context);
bool matches_cargo_config(std::string_view file_name);
bool parse_cargo_config(ByteView bytes, IntakeContext& context);

bool matches_package_lock(std::string_view file_name);
bool parse_package_lock(ByteView bytes, IntakeContext& context);

bool matches_dockerfile(std::string_view file_name);
bool parse_dockerfile(ByteView bytes, IntakeContext& context);

}  // namespace headgate::intake
