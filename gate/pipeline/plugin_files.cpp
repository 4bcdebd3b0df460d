#include "pipeline/plugin_files.hpp"

#include <algorithm>

#include "checkers/all.hpp"
#include "external/host.hpp"
#include "io/directory.hpp"
#include "pipeline/finding_catalogue.hpp"
#include "pipeline/policy_files.hpp"

namespace headgate::pipeline {
namespace {

using external::PinnedFile;

Error at(const std::string& place, const std::string& message) { return {ErrorCode::policy, place + ": " + message}; }

// First words of the gate's own findings: a plugin by such a name could pass for it.
Result<std::vector<std::string>> taken_names() {
    std::vector<std::string> taken = {"headgate", "policy", "plugin", "subject"};
    for (const FindingArea& area : TRY(finding_catalogue())) taken.push_back(area.name);
    for (const Checker& checker : checkers::all()) taken.emplace_back(checker.id);
    return taken;
}

// What stands in the policy beside what the file is.
Result<void> compare_pin(const PluginSpec& plugin, const PluginSpec::File& wanted, const PinnedFile& found) {
    if (wanted.sha256 == found.sha256) return {};
    const std::string whose = wanted.name.empty() ? "plugin '" + plugin.name + "'" : "data '" + wanted.name + "' of plugin '" + plugin.name + "'";
    if (wanted.sha256.empty()) {
        return at(wanted.place, whose + " is not pinned; look at " + wanted.path + ", and write beside it: sha256: " + found.sha256);
    }
    return at(wanted.sha256_place, wanted.path + " has SHA-256 " + found.sha256 +
                                       ", not the one written here: it changed, or is another file; look at it before you write the other one");
}

// An error of reading, said of the name that is written.
Error said(const PluginSpec::File& file, const std::string& path, const Error& error) {
    const std::string& message = error.message;
    return at(file.place, message.starts_with(path) ? file.path + message.substr(path.size()) : message);
}

class Reader {
  public:
    Reader(const std::string& folder, Pins pins, LoadedPolicy& loaded) : folder_(folder), pins_(pins), loaded_(loaded) {}

    Result<void> read(const PluginSpec& plugin) {
        if (loaded_.plugins.contains(plugin.name)) return {};
        auto program = external::read_executable(path_of(plugin.program));
        if (!program.ok()) return said(plugin.program, path_of(plugin.program), program.error());
        TRY_VOID(remember(plugin.program, *program));
        std::vector<PinnedFile> data;
        for (const PluginSpec::File& file : plugin.data) {
            auto read = external::read_data_file(file.name, path_of(file));
            if (!read.ok()) return said(file, path_of(file), read.error());
            TRY_VOID(remember(file, *read));
            if (pins_ == Pins::must_hold) TRY_VOID(compare_pin(plugin, file, *read));
            data.push_back(std::move(read).value());
        }
        if (pins_ == Pins::must_hold) TRY_VOID(compare_pin(plugin, plugin.program, *program));
        if (taken_.empty()) taken_ = TRY(taken_names());
        loaded_.plugins[plugin.name] = std::make_shared<const external::Plugin>(plugin, std::move(program).value(), std::move(data), taken_);
        return {};
    }

  private:
    std::string path_of(const PluginSpec::File& file) const {
        return file.path.starts_with('/') || folder_.empty() ? file.path : folder_ + "/" + file.path;
    }
    Result<void> remember(const PluginSpec::File& file, const PinnedFile& read) {
        add_named_file({file.path, TRY(io::real_path(path_of(file))), read.sha256, !file.sha256.empty()}, loaded_.files);
        return {};
    }

    const std::string& folder_;
    Pins pins_;
    LoadedPolicy& loaded_;
    std::vector<std::string> taken_;
};

}  // namespace

Result<void> read_plugins(const std::string& folder, const Policy& policy, Pins pins, LoadedPolicy& loaded) {
    Reader reader(folder, pins, loaded);
    for (const PluginSpec& plugin : policy.plugins) TRY_VOID(reader.read(plugin));
    return {};
}

Result<std::shared_ptr<const external::Plugin>> open_plugin(const std::string& path, PluginSpec spec) {
    PinnedFile program = TRY(external::read_executable(path));
    std::vector<PinnedFile> data;
    data.reserve(spec.data.size());
    for (const PluginSpec::File& file : spec.data) data.push_back(TRY(external::read_data_file(file.name, file.path)));
    return std::make_shared<const external::Plugin>(std::move(spec), std::move(program), std::move(data), TRY(taken_names()));
}

}  // namespace headgate::pipeline
