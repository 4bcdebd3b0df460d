// all.hpp: the parsers behind the table of manifest formats (all.cpp).
#pragma once

#include "intake/manifest.hpp"

namespace headgate::intake {

bool matches_requirements(std::string_view file_name);
/// Any list in a folder of this name: requirements/base.txt.
bool matches_requirements_folder(std::string_view file_name);
bool parse_requirements(ByteView bytes, IntakeContext& context);

bool has_script_block(ByteView bytes);
/// The block of a source, without a FormatFact.
bool read_script_block(std::string_view text, IntakeContext& context);
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

bool matches_package_json(std::string_view file_name);
bool parse_package_json(ByteView bytes, IntakeContext& context);
bool matches_npmrc(std::string_view file_name);
bool parse_npmrc(ByteView bytes, IntakeContext& context);
bool matches_yarnrc(std::string_view file_name);
bool parse_yarnrc(ByteView bytes, IntakeContext& context);
bool matches_yarnrc_yml(std::string_view file_name);
bool parse_yarnrc_yml(ByteView bytes, IntakeContext& context);
bool matches_bunfig(std::string_view file_name);
bool parse_bunfig(ByteView bytes, IntakeContext& context);
bool matches_yarn_lock(std::string_view file_name);
bool parse_yarn_lock(ByteView bytes, IntakeContext& context);
bool matches_pnpm_lock(std::string_view file_name);
bool parse_pnpm_lock(ByteView bytes, IntakeContext& context);
bool matches_pnpm_workspace(std::string_view file_name);
bool parse_pnpm_workspace(ByteView bytes, IntakeContext& context);
bool matches_bun_lock(std::string_view file_name);
bool parse_bun_lock(ByteView bytes, IntakeContext& context);

bool matches_envrc(std::string_view file_name);
bool parse_envrc(ByteView bytes, IntakeContext& context);
bool matches_go_env(std::string_view file_name);
bool parse_go_env(ByteView bytes, IntakeContext& context);
bool matches_go_mod(std::string_view file_name);
bool parse_go_mod(ByteView bytes, IntakeContext& context);
bool matches_go_work(std::string_view file_name);
bool parse_go_work(ByteView bytes, IntakeContext& context);
bool matches_go_sum(std::string_view file_name);
bool matches_go_work_sum(std::string_view file_name);
bool parse_go_sum(ByteView bytes, IntakeContext& context);
bool matches_gemfile(std::string_view file_name);
bool parse_gemfile(ByteView bytes, IntakeContext& context);
bool matches_gemfile_lock(std::string_view file_name);
bool parse_gemfile_lock(ByteView bytes, IntakeContext& context);
bool matches_pom_xml(std::string_view file_name);
bool parse_pom_xml(ByteView bytes, IntakeContext& context);
bool matches_maven_settings(std::string_view file_name);
bool parse_maven_settings(ByteView bytes, IntakeContext& context);
bool matches_gradle_lockfile(std::string_view file_name);
bool parse_gradle_lockfile(ByteView bytes, IntakeContext& context);
bool matches_gradle_verification(std::string_view file_name);
bool parse_gradle_verification(ByteView bytes, IntakeContext& context);
bool matches_nuget_lock(std::string_view file_name);
bool parse_nuget_lock(ByteView bytes, IntakeContext& context);
bool matches_nuget_config(std::string_view file_name);
bool parse_nuget_config(ByteView bytes, IntakeContext& context);
bool matches_packages_config(std::string_view file_name);
bool parse_packages_config(ByteView bytes, IntakeContext& context);
bool matches_csproj(std::string_view file_name);
bool parse_csproj(ByteView bytes, IntakeContext& context);
bool matches_conda_environment(std::string_view file_name);
bool parse_conda_environment(ByteView bytes, IntakeContext& context);
bool matches_conda_lock(std::string_view file_name);
bool parse_conda_lock(ByteView bytes, IntakeContext& context);

bool matches_conda_meta(std::string_view file_name);
bool parse_conda_meta(ByteView bytes, IntakeContext& context);
bool matches_conda_list(std::string_view file_name);
bool parse_conda_list(ByteView bytes, IntakeContext& context);
bool matches_composer_json(std::string_view file_name);
bool parse_composer_json(ByteView bytes, IntakeContext& context);
bool matches_composer_lock(std::string_view file_name);
bool parse_composer_lock(ByteView bytes, IntakeContext& context);
bool matches_setup_py(std::string_view file_name);
bool parse_setup_py(ByteView bytes, IntakeContext& context);
bool matches_setup_cfg(std::string_view file_name);
bool parse_setup_cfg(ByteView bytes, IntakeContext& context);

bool matches_wrapper(std::string_view file_name);
bool parse_wrapper(ByteView bytes, IntakeContext& context);
bool matches_bundle_config(std::string_view file_name);
bool parse_bundle_config(ByteView bytes, IntakeContext& context);
bool matches_condarc(std::string_view file_name);
bool parse_condarc(ByteView bytes, IntakeContext& context);
bool matches_maven_extensions(std::string_view file_name);
bool parse_maven_extensions(ByteView bytes, IntakeContext& context);
bool matches_dotnet_tools(std::string_view file_name);
bool parse_dotnet_tools(ByteView bytes, IntakeContext& context);

bool matches_cyclonedx(std::string_view file_name);
bool parse_cyclonedx(ByteView bytes, IntakeContext& context);
bool matches_spdx(std::string_view file_name);
bool parse_spdx(ByteView bytes, IntakeContext& context);

bool matches_dockerfile(std::string_view file_name);
bool parse_dockerfile(ByteView bytes, IntakeContext& context);
bool matches_compose(std::string_view file_name);
bool parse_compose(ByteView bytes, IntakeContext& context);
bool matches_workflow(std::string_view file_name);
bool parse_workflow(ByteView bytes, IntakeContext& context);
bool matches_action(std::string_view file_name);
bool parse_action(ByteView bytes, IntakeContext& context);
bool matches_gitlab_ci(std::string_view file_name);
bool parse_gitlab_ci(ByteView bytes, IntakeContext& context);
bool parse_kubernetes(ByteView bytes, IntakeContext& context);
bool parse_script_block(ByteView bytes, IntakeContext& context);
bool parse_python_source(ByteView bytes, IntakeContext& context);
bool parse_notebook(ByteView bytes, IntakeContext& context);
/// It has a word without which nothing would be recorded.
bool may_be_hub_settings(std::string_view text);
bool parse_hub_settings(ByteView bytes, IntakeContext& context);

}  // namespace headgate::intake
