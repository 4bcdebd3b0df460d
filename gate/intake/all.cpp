// all.cpp: the table of manifest formats, and what every parser says in the same words.
#include "intake/all.hpp"

#include <algorithm>
#include <array>

namespace headgate::intake {

void IntakeContext::finding(std::string id, Severity severity, std::string message, Location where, std::string why,
                            std::string fix) {
    evidence.findings.push_back(
        {std::move(id), severity, std::move(message), std::move(where), std::move(why), std::move(fix)});
}

void IntakeContext::opaque(std::string why, Location where) {
    evidence.opaques.push_back({std::move(where), std::move(why), 0});
}

void IntakeContext::format(std::string_view name) {
    evidence.formats.push_back({{path, {}, {}, {}}, "manifest:" + std::string(name), true, false});
}

namespace {

/// An entry takes some three kilobytes until it is judged: a list of a megabyte must not take half a gigabyte.
constexpr std::uint32_t kMostEntries = 50'000;

std::uint32_t most_facts(const Limits& limits) { return std::min(limits.facts, kMostEntries); }

bool is_full(const Evidence& evidence, const Limits& limits) {
    const std::size_t facts = evidence.requirements.size() + evidence.index_options.size() + evidence.includes.size() +
                              evidence.opaques.size() + evidence.findings.size() + evidence.workloads.size() + evidence.fences.size();
    return facts >= most_facts(limits);
}

}  // namespace

bool IntakeContext::has_room() const { return !is_full(evidence, limits) && (is_over == nullptr || !(*is_over)()); }

bool IntakeContext::room() {
    if (has_room()) return true;
    if (!is_full(evidence, limits)) {
        if (!late_) opaque("the time allowed is over", {path, {}, {}, {}});
        late_ = true;
    } else if (!full_) {
        full_ = true;
        finding("manifest.unscannable", Severity::high,
                "more than " + std::to_string(most_facts(limits)) + " entries: the rest is not read",
                {path, {}, {}, {}}, "What cannot be read within the limits cannot be judged.",
                "Split the manifest.");
        opaque("more entries than the limit", {path, {}, {}, {}});
    }
    return false;
}

namespace {

using Reach = SettingsFile::Reach;
constexpr auto kUv = std::to_array<SettingsFile>({{"uv.toml", Reach::nearest}});
constexpr auto kCargo = std::to_array<SettingsFile>({{".cargo/config.toml", Reach::above}, {".cargo/config", Reach::above}});
constexpr auto kNpm = std::to_array<SettingsFile>({{".npmrc", Reach::workspace}});
constexpr auto kYarn = std::to_array<SettingsFile>({{".yarnrc.yml", Reach::above, "manifest:yarn.lock 2"}, {".yarnrc", Reach::above, "manifest:yarn.lock"}, {".npmrc", Reach::above, "manifest:yarn.lock"}});
constexpr auto kNode = std::to_array<SettingsFile>({{".npmrc", Reach::workspace}, {".yarnrc.yml", Reach::above}, {"bunfig.toml", Reach::beside}});
constexpr auto kBun = std::to_array<SettingsFile>({{"bunfig.toml", Reach::beside}, {".npmrc", Reach::workspace}});
constexpr auto kNuget = std::to_array<SettingsFile>({{"nuget.config", Reach::above}, {"NuGet.config", Reach::above}, {"NuGet.Config", Reach::above}});
constexpr auto kGo = std::to_array<SettingsFile>({{"go.env", Reach::nearest}, {".envrc", Reach::nearest}});
constexpr auto kMaven = std::to_array<SettingsFile>({{".mvn/settings.xml", Reach::nearest}});
constexpr auto kBundle = std::to_array<SettingsFile>({{".bundle/config", Reach::beside}});
bool matches_no_name(std::string_view) { return false; }

/// The folder of a file is this one, or one that ends so.
bool is_folder(std::string_view folder, std::string_view wanted) {
    return folder == wanted || (folder.ends_with(wanted) && folder[folder.size() - wanted.size() - 1] == '/');
}

}  // namespace

std::span<const ManifestFormat> manifest_formats() {
    static constexpr auto kFormats = std::to_array<ManifestFormat>({
        {"requirements.txt", Kind::package, matches_requirements, parse_requirements},
        {"requirements.txt", Kind::package, matches_requirements_folder, parse_requirements, "requirements"},
        {"pip.conf", Kind::package, matches_pip_conf, parse_pip_conf},
        {"pyproject.toml", Kind::package, matches_pyproject, parse_pyproject, {}, kUv},
        {"uv.toml", Kind::package, matches_uv_toml, parse_uv_toml},
        {"poetry.lock", Kind::package, matches_poetry_lock, parse_poetry_lock, {}, {}, "pyproject.toml"},
        {"uv.lock", Kind::package, matches_uv_lock, parse_uv_lock, {}, kUv, "pyproject.toml"},
        {"pdm.lock", Kind::package, matches_pdm_lock, parse_pdm_lock, {}, {}, "pyproject.toml"},
        {"pylock.toml", Kind::package, matches_pylock, parse_pylock},
        {"Pipfile", Kind::package, matches_pipfile, parse_pipfile},
        {"Pipfile.lock", Kind::package, matches_pipfile_lock, parse_pipfile_lock, {}, {}, "Pipfile"},
        {"Cargo.toml", Kind::package, matches_cargo_toml, parse_cargo_toml, {}, kCargo},
        {"Cargo.lock", Kind::package, matches_cargo_lock, parse_cargo_lock, {}, kCargo, "Cargo.toml"},
        {".cargo/config.toml", Kind::package, matches_cargo_config, parse_cargo_config, ".cargo"},
        {"package-lock.json", Kind::package, matches_package_lock, parse_package_lock, {}, kNpm, "package.json"},
        {"package.json", Kind::package, matches_package_json, parse_package_json, {}, kNode},
        {".npmrc", Kind::package, matches_npmrc, parse_npmrc},
        {".yarnrc", Kind::package, matches_yarnrc, parse_yarnrc},
        {".yarnrc.yml", Kind::package, matches_yarnrc_yml, parse_yarnrc_yml},
        {"bunfig.toml", Kind::package, matches_bunfig, parse_bunfig},
        {"yarn.lock", Kind::package, matches_yarn_lock, parse_yarn_lock, {}, kYarn, "package.json"},
        {"pnpm-lock.yaml", Kind::package, matches_pnpm_lock, parse_pnpm_lock, {}, kNpm, "package.json"},
        {"pnpm-workspace.yaml", Kind::package, matches_pnpm_workspace, parse_pnpm_workspace},
        {"bun.lock", Kind::package, matches_bun_lock, parse_bun_lock, {}, kBun, "package.json"},
        {"go.env", Kind::package, matches_go_env, parse_go_env},
        {".envrc", Kind::package, matches_envrc, parse_envrc},
        {"go.mod", Kind::package, matches_go_mod, parse_go_mod, {}, kGo, {}, "go.sum"},
        {"go.work", Kind::package, matches_go_work, parse_go_work, {}, kGo},
        {"go.sum", Kind::package, matches_go_sum, parse_go_sum, {}, kGo, "go.mod"},
        {"go.work.sum", Kind::package, matches_go_work_sum, parse_go_sum, {}, kGo},
        {"Gemfile", Kind::package, matches_gemfile, parse_gemfile, {}, kBundle},
        {"Gemfile.lock", Kind::package, matches_gemfile_lock, parse_gemfile_lock, {}, kBundle, "Gemfile gems.rb"},
        {"pom.xml", Kind::package, matches_pom_xml, parse_pom_xml, {}, kMaven},
        {".mvn/settings.xml", Kind::package, matches_maven_settings, parse_maven_settings, ".mvn"},
        {"gradle.lockfile", Kind::package, matches_gradle_lockfile, parse_gradle_lockfile},
        {"verification-metadata.xml", Kind::package, matches_gradle_verification, parse_gradle_verification},
        {"packages.lock.json", Kind::package, matches_nuget_lock, parse_nuget_lock, {}, kNuget, "*.csproj *.fsproj *.vbproj"},
        {"nuget.config", Kind::package, matches_nuget_config, parse_nuget_config},
        {"packages.config", Kind::package, matches_packages_config, parse_packages_config, {}, kNuget},
        {"MSBuild project", Kind::package, matches_csproj, parse_csproj, {}, kNuget},
        {"environment.yml", Kind::package, matches_conda_environment, parse_conda_environment},
        {"conda-lock.yml", Kind::package, matches_conda_lock, parse_conda_lock, {}, {}, "environment.yml environment.yaml"},
        {"conda-meta", Kind::package, matches_conda_meta, parse_conda_meta, "conda-meta"},
        {"conda list", Kind::package, matches_conda_list, parse_conda_list},
        {"composer.json", Kind::package, matches_composer_json, parse_composer_json},
        {"composer.lock", Kind::package, matches_composer_lock, parse_composer_lock, {}, {}, "composer.json"},
        {"setup.py", Kind::package, matches_setup_py, parse_setup_py},
        {"setup.cfg", Kind::package, matches_setup_cfg, parse_setup_cfg},
        {"wrapper", Kind::package, matches_wrapper, parse_wrapper},
        {".bundle/config", Kind::package, matches_bundle_config, parse_bundle_config, ".bundle"},
        {".condarc", Kind::package, matches_condarc, parse_condarc},
        {".mvn/extensions.xml", Kind::package, matches_maven_extensions, parse_maven_extensions, ".mvn"},
        {"dotnet-tools.json", Kind::package, matches_dotnet_tools, parse_dotnet_tools},
        {"CycloneDX", Kind::package, matches_cyclonedx, parse_cyclonedx},
        {"SPDX", Kind::package, matches_spdx, parse_spdx},
        {"Dockerfile", Kind::container, matches_dockerfile, parse_dockerfile},
        {"compose.yaml", Kind::container, matches_compose, parse_compose},
        {"workflow", Kind::package, matches_workflow, parse_workflow, ".github/workflows"},
        {"workflow", Kind::package, matches_workflow, parse_workflow, ".gitea/workflows"},
        {"workflow", Kind::package, matches_workflow, parse_workflow, ".forgejo/workflows"},
        {"action.yml", Kind::package, matches_action, parse_action},
        {".gitlab-ci.yml", Kind::container, matches_gitlab_ci, parse_gitlab_ci},
        // Told by their content (content_formats.cpp).
        {"Kubernetes", Kind::container, matches_no_name, parse_kubernetes},
        {"Python source", Kind::model, matches_no_name, parse_python_source},
        {"notebook", Kind::model, matches_no_name, parse_notebook},
        {"hub settings", Kind::model, matches_no_name, parse_hub_settings},
        {"script block", Kind::package, matches_no_name, parse_script_block},
    });
    return kFormats;
}

namespace {

bool is_below(std::string_view path, std::string_view folder) {
    for (std::size_t at = path.find(folder); at != std::string_view::npos; at = path.find(folder, at + 1)) {
        const bool begins = at == 0 || path[at - 1] == '/';
        if (begins && at + folder.size() < path.size() && path[at + folder.size()] == '/') return true;
    }
    return false;
}

}  // namespace

const ManifestFormat* find_manifest(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    const std::string_view name = path.substr(slash + 1);  // npos + 1 is 0
    const std::string_view folder = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
    for (const ManifestFormat& format : manifest_formats()) {
        // One below node_modules is that of an installed package: what the project asks for stands above.
        if (name == "package.json" && is_below(path, "node_modules")) continue;
        if (format.matches(name) && (format.folder.empty() || is_folder(folder, format.folder))) return &format;
    }
    return nullptr;
}

const ManifestFormat* find_manifest(std::string_view path, std::string_view absolute) {
    if (const ManifestFormat* const format = find_manifest(path)) return format;
    const ManifestFormat* const format = find_manifest(absolute);
    return format != nullptr && !format->folder.empty() ? format : nullptr;
}

}  // namespace headgate::intake
