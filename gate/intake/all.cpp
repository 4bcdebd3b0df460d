// all.cpp: the table of manifest formats, and what every parser says in the same words.
#include "intake/all.hpp"

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

bool IntakeContext::room() {
    const std::size_t facts = evidence.requirements.size() + evidence.index_options.size() + evidence.includes.size() +
                              evidence.opaques.size() + evidence.findings.size();
    if (facts < limits.facts) return true;
    if (!full_) {
        full_ = true;
        finding("manifest.unscannable", Severity::high,
                "more than " + std::to_string(limits.facts) + " entries: the rest is not read",
                {path, {}, {}, {}}, "What cannot be read within the limits cannot be judged.",
                "Split the manifest.");
        opaque("more entries than the limit", {path, {}, {}, {}});
    }
    return false;
}

std::span<const ManifestFormat> manifest_formats() {
    static constexpr auto kFormats = std::to_array<ManifestFormat>({
        {"requirements.txt", Kind::package, matches_requirements, parse_requirements},
        {"pip.conf", Kind::package, matches_pip_conf, parse_pip_conf},
        {"pyproject.toml", Kind::package, matches_pyproject, parse_pyproject, {}, "uv.toml"},
        {"uv.toml", Kind::package, matches_uv_toml, parse_uv_toml},
        {"poetry.lock", Kind::package, matches_poetry_lock, parse_poetry_lock},
        {"uv.lock", Kind::package, matches_uv_lock, parse_uv_lock, {}, "uv.toml"},
        {"pdm.lock", Kind::package, matches_pdm_lock, parse_pdm_lock},
        {"pylock.toml", Kind::package, matches_pylock, parse_pylock},
        {"Pipfile", Kind::package, matches_pipfile, parse_pipfile},
        {"Pipfile.lock", Kind::package, matches_pipfile_lock, parse_pipfile_lock},
        {"Cargo.toml", Kind::package, matches_cargo_toml, parse_cargo_toml, {}, ".cargo/config.toml .cargo/config"},
        {"Cargo.lock", Kind::package, matches_cargo_lock, parse_cargo_lock, {}, ".cargo/config.toml .cargo/config"},
        {".cargo/config.toml", Kind::package, matches_cargo_config, parse_cargo_config, ".cargo"},
        {"package-lock.json", Kind::package, matches_package_lock, parse_package_lock, {}, ".npmrc"},
        {"package.json", Kind::package, matches_package_json, parse_package_json, {}, ".npmrc"},
        {".npmrc", Kind::package, matches_npmrc, parse_npmrc},
        {".yarnrc", Kind::package, matches_yarnrc, parse_yarnrc},
        {".yarnrc.yml", Kind::package, matches_yarnrc_yml, parse_yarnrc_yml},
        {"yarn.lock", Kind::package, matches_yarn_lock, parse_yarn_lock, {}, ".yarnrc.yml .yarnrc .npmrc"},
        {"pnpm-lock.yaml", Kind::package, matches_pnpm_lock, parse_pnpm_lock, {}, ".npmrc"},
        {"bun.lock", Kind::package, matches_bun_lock, parse_bun_lock, {}, ".npmrc"},
        {"go.mod", Kind::package, matches_go_mod, parse_go_mod},
        {"go.sum", Kind::package, matches_go_sum, parse_go_sum},
        {"Gemfile", Kind::package, matches_gemfile, parse_gemfile},
        {"Gemfile.lock", Kind::package, matches_gemfile_lock, parse_gemfile_lock},
        {"pom.xml", Kind::package, matches_pom_xml, parse_pom_xml},
        {"gradle.lockfile", Kind::package, matches_gradle_lockfile, parse_gradle_lockfile},
        {"verification-metadata.xml", Kind::package, matches_gradle_verification, parse_gradle_verification},
        {"packages.lock.json", Kind::package, matches_nuget_lock, parse_nuget_lock, {}, "nuget.config NuGet.config NuGet.Config"},
        {"nuget.config", Kind::package, matches_nuget_config, parse_nuget_config},
        {"packages.config", Kind::package, matches_packages_config, parse_packages_config, {}, "nuget.config NuGet.config NuGet.Config"},
        {"MSBuild project", Kind::package, matches_csproj, parse_csproj, {}, "nuget.config NuGet.config NuGet.Config"},
        {"environment.yml", Kind::package, matches_conda_environment, parse_conda_environment},
        {"conda-lock.yml", Kind::package, matches_conda_lock, parse_conda_lock},
        {"Dockerfile", Kind::container, matches_dockerfile, parse_dockerfile},
        // Told by its content: script_format() returns this row, the last.
        {"script block", Kind::package, [](std::string_view) { return false; }, parse_script_block},
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
    std::string_view folder = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
    folder = folder.substr(folder.rfind('/') + 1);
    for (const ManifestFormat& format : manifest_formats()) {
        // One below node_modules is that of an installed package: what the project asks for stands above.
        if (name == "package.json" && is_below(path, "node_modules")) continue;
        if (format.matches(name) && (format.folder.empty() || format.folder == folder)) return &format;
    }
    return nullptr;
}

}  // namespace headgate::intake
