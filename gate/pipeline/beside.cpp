#include "pipeline/beside.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "pipeline/layout.hpp"

namespace headgate::pipeline {
namespace {

constexpr int kMostFolders = 32;         // above a manifest

using Reach = intake::SettingsFile::Reach;

std::string joined(std::string_view folder, std::string_view name) { return (folder.empty() ? "" : std::string(folder) + "/") + std::string(name); }

/// One folder: how it is named in locations, and how it is opened.
struct Folder {
    std::string shown;
    std::string opened;
};

class Surroundings {
  public:
    Surroundings(const intake::ManifestFormat& format, const FilePlan& file, const Limits& limits, const ParsingPlace& place, FileOutcome& outcome)
        : format_(format), file_(file), limits_(limits), place_(place), outcome_(outcome) {
        folders_.push_back({std::string(parent_path(file.path)), std::string(parent_path(file.open_path))});
        while (!folders_.back().opened.empty() && folders_.size() <= kMostFolders) {
            const Folder& below = folders_.back();
            folders_.push_back({joined(below.shown, ".."), std::string(parent_path(below.opened))});
        }
    }

    void read() {
        for (const intake::SettingsFile& one : format_.settings) {
            if (!outcome_.error) settings(one);
        }
        for (const std::string_view name : split(format_.declares, ' ')) {
            if (!name.empty() && !outcome_.error) declared(name);
        }
        if (!format_.hashes.empty() && !outcome_.error) hashes(format_.hashes);
    }

  private:
    void settings(const intake::SettingsFile& one) {
        const auto& formats = outcome_.facts.formats;
        const bool looked_for = one.of.empty() || std::any_of(formats.begin(), formats.end(), [&](const FormatFact& fact) { return fact.format == one.of; });
        if (!looked_for) return;
        const std::size_t root = one.reach == Reach::workspace ? workspace_root() : 0;
        for (std::size_t i = 0; i < folders_.size(); ++i) {
            const bool here = i == 0 || one.reach == Reach::nearest || one.reach == Reach::above || (one.reach == Reach::workspace && i == root);
            if (!here) continue;
            const auto parsed = parse(folders_[i], one.name, "");
            if (outcome_.error) return;
            if (parsed) take_options(*parsed, i > 0);
            if (parsed && (one.reach == Reach::nearest || replaces_those_above(parsed->facts))) return;
        }
    }

    /// The folder above whose project this one is a part of; 0 for none.
    std::size_t workspace_root() {
        for (std::size_t i = 1; i < folders_.size(); ++i) {
            for (const std::string_view name : {"pnpm-workspace.yaml", "package.json"}) {
                const auto project = parse(folders_[i], name, {});
                if (outcome_.error) return 0;
                if (project && lists_this(project->facts, folders_[i])) return i;
            }
        }
        return 0;
    }

    /// "packages/*", "./apps/**", "!apps/old"
    bool lists_this(const Evidence& facts, const Folder& root) const {
        const std::string_view own = std::string_view(folders_.front().opened).substr(root.opened.empty() ? 0 : root.opened.size() + 1);
        bool listed = false;
        for (const Requirement& one : facts.declared) {
            if (one.source != Requirement::Source::workspace || one.reference.scheme != "file") continue;
            std::string_view pattern = one.written;
            const bool left_out = pattern.starts_with('!');
            if (left_out) pattern.remove_prefix(1);
            if (pattern.starts_with("./")) pattern.remove_prefix(2);
            while (pattern.ends_with('/')) pattern.remove_suffix(1);
            if (!glob_matches(pattern, own)) continue;
            if (left_out) return false;
            listed = true;
        }
        return listed;
    }

    /// NuGet's <clear/>, and a mapping of every name, leave nothing of what other files say.
    static bool replaces_those_above(const Evidence& facts) {
        return std::any_of(facts.index_options.begin(), facts.index_options.end(), [](const IndexOption& option) {
            return option.ecosystem == "nuget" && option.role == IndexOption::Role::primary;
        });
    }

    void take_options(const Parsed& parsed, bool above) {
        Evidence options;                // the packages that it may name are its own affair
        options.opaques = parsed.facts.opaques;
        options.findings = parsed.facts.findings;
        for (const IndexOption& option : parsed.facts.index_options) {
            if (!above || !decided(option)) options.index_options.push_back(option);
        }
        if (!parsed.yes) outcome_.record.examined = false;
        outcome_.facts.merge(std::move(options));
    }

    /// A nearer file says the same setting.
    bool decided(const IndexOption& option) const {
        using Role = IndexOption::Role;
        if (option.role != Role::primary && option.role != Role::scoped) return false;
        const auto& known = outcome_.facts.index_options;
        return std::any_of(known.begin(), known.end(), [&](const IndexOption& one) {
            return one.ecosystem == option.ecosystem && one.role == option.role && one.written == option.written && one.names == option.names;
        });
    }

    void declared(std::string_view name) {
        std::string found(name);
        if (name.starts_with('*')) {     // any of that ending: if there are several, which of them it is cannot be told
            const auto entries = file_.root->list(folders_.front().opened);
            if (!entries.ok()) return;
            found.clear();
            for (const io::Entry& entry : *entries) {
                const std::string_view base = std::string_view(entry.path).substr(entry.path.rfind('/') + 1);
                if (!base.ends_with(name.substr(1))) continue;
                if (!found.empty()) return;
                found = base;
            }
            if (found.empty()) return;
        }
        const auto parsed = parse(folders_.front(), found, ", and whether it asks for what is locked cannot be told");
        if (!parsed) return;
        const std::string path = joined(folders_.front().shown, found);
        const auto broken = [](const Finding& finding) { return finding.id == "manifest.malformed" || finding.id == "manifest.unscannable"; };
        if (std::any_of(parsed->facts.findings.begin(), parsed->facts.findings.end(), broken)) return unreadable(path, ", and whether it asks for what is locked cannot be told");
        auto& all = outcome_.facts.declared;
        all.insert(all.end(), parsed->facts.requirements.begin(), parsed->facts.requirements.end());
        all.insert(all.end(), parsed->facts.declared.begin(), parsed->facts.declared.end());
        if (parsed->yes) return;
        Requirement rest;                // what of it was not understood may ask for more
        rest.where.path = path;
        rest.written = "not all of it is understood";
        rest.dynamic = true;
        rest.source = Requirement::Source::unknown;
        rest.reference = intake::computed("file", "", "file:?");
        all.push_back(std::move(rest));
    }

    void hashes(std::string_view name) {
        const auto parsed = parse(folders_.front(), name, "");
        if (!parsed) return;
        std::map<std::string_view, const Requirement*> known;
        for (const Requirement& one : parsed->facts.requirements) known.emplace(one.reference.canonical, &one);
        for (Requirement& one : outcome_.facts.requirements) {
            const auto found = known.find(one.reference.canonical);
            if (found != known.end() && one.integrity.empty() && one.source == Requirement::Source::registry) one.integrity = found->second->integrity;
        }
    }

    /// nullopt: it is not there, or (an Opaque, or the error of `outcome_`) cannot be read.
    std::optional<Parsed> parse(const Folder& folder, std::string_view name, std::string_view consequence) {
        const std::string path = joined(folder.shown, name);
        auto descriptor = file_.root->open_file(joined(folder.opened, name));
        if (!descriptor.ok() && descriptor.error().code == ErrorCode::not_found) return std::nullopt;
        const auto bytes = descriptor.ok() ? io::read_file_beneath(std::move(descriptor).value(), path, kMaxManifest) : Result<Bytes>(descriptor.error());
        const intake::ManifestFormat* format = intake::find_manifest(path);
        if (!bytes.ok() || format == nullptr) {
            unreadable(path, consequence);
            return std::nullopt;
        }
        const auto& members = outcome_.facts.members;
        if (std::none_of(members.begin(), members.end(), [&](const Member& member) { return member.path == path; })) {
            outcome_.facts.members.push_back({{file_.path, {}, {}, {}}, path, bytes->size(), crypto::sha256_hex(*bytes)});
        }
        auto parsed = place_.parse({ParseOrder::Task::manifest, path, format, limits_}, *bytes);
        if (!parsed.ok()) {
            outcome_.error = parsed.error();
            return std::nullopt;
        }
        return std::move(parsed).value();
    }

    void unreadable(const std::string& path, std::string_view consequence) {
        outcome_.facts.opaques.push_back({{file_.path, {}, {}, {}}, path + " beside it cannot be read" + std::string(consequence), 0});
        outcome_.record.examined = false;
    }

    const intake::ManifestFormat& format_;
    const FilePlan& file_;
    const Limits& limits_;
    const ParsingPlace& place_;
    FileOutcome& outcome_;
    std::vector<Folder> folders_;        // its own, and those above it beneath the root
};

}  // namespace

void read_beside(const intake::ManifestFormat& format, const FilePlan& file, const Limits& limits, const ParsingPlace& place,
                 FileOutcome& outcome) {
    Surroundings(format, file, limits, place, outcome).read();
}

}  // namespace headgate::pipeline
