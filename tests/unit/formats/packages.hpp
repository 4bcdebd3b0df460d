// packages.hpp: packages as archives, whole but for what a test puts into them: wheels, sdists and packages of npm.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "examined.hpp"
#include "recipes/tar_recipe.hpp"
#include "recipes/zip_recipe.hpp"

namespace headgate::tests {

using recipes::TarRecipe;
using recipes::ZipRecipe;
using recipes::deflated;

using Files = std::vector<std::pair<std::string, std::string>>;

inline std::string no_sha256(ByteView) { return std::string(64, '0'); }

/// A wheel whose RECORD holds under no_sha256.
inline Outcome wheel(Files files, const std::string& name = "pkg-1.0-py3-none-any.whl", const std::string& metadata = "Name: pkg\nVersion: 1.0\n",
              const std::string& tag = "py3-none-any") {
    files.emplace_back("pkg-1.0.dist-info/METADATA", metadata);
    files.emplace_back("pkg-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: " + tag + "\n");
    const std::string hash = "sha256=" + std::string(43, 'A');
    std::string record = "pkg-1.0.dist-info/RECORD,,\n";
    ZipRecipe zip;
    for (const auto& [path, content] : files) {
        zip.add(path, content);
        record += path + "," + hash + "," + std::to_string(content.size()) + "\n";
    }
    zip.add("pkg-1.0.dist-info/RECORD", record);
    return tests::examine(zip.build(), name, {}, no_sha256);
}

inline std::string archive(const Files& files) {
    TarRecipe tar;
    for (const auto& [path, content] : files) tar.add(path, content);
    return deflated(tar.build(), 31);
}

inline Outcome sdist(Files files, const std::string& name = "pkg-1.0.tar.gz", const std::string& info = "Name: pkg\nVersion: 1.0\n") {
    for (auto& [path, content] : files) path = "pkg-1.0/" + path;
    files.emplace_back("pkg-1.0/PKG-INFO", info);
    return tests::examine(archive(files), name, {}, no_sha256);
}

inline Outcome npm(const std::string& manifest, Files files = {}, const std::string& name = "pkg-1.0.0.tgz", const std::string& top = "package") {
    for (auto& [path, content] : files) path = top + "/" + path;
    files.emplace(files.begin(), top + "/package.json", manifest);
    return tests::examine(archive(files), name, {}, no_sha256);
}

}  // namespace headgate::tests
