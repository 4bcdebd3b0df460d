// discover_folder.cpp: one folder -> subjects. A folder that is one artifact is one subject with all its files; any other
// folder is walked.
#include <algorithm>
#include <map>
#include <utility>

#include "attest/evidence.hpp"
#include "base/encoding.hpp"
#include "io/file_source.hpp"
#include "pipeline/layout.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/told_format.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::uint64_t kSmallFile = 16U << 20U;

class FolderWalk {
  public:
    FolderWalk(const Request::Argument& argument, std::string real, std::string display, bool names_only, const ParsingPlace& place, Plan& plan)
        : argument_(argument), real_(std::move(real)), display_(std::move(display)), names_only_(names_only), place_(place), plan_(plan) {}

    Result<void> run(bool as_one) {
        root_ = TRY(io::Directory::open(real_));
        entries_ = TRY(root_->walk(""));
        index();
        if (as_one) return add_artifact("", FolderShape::plain);
        return visit("");
    }

  private:
    // Children per folder, and the range of entries below each: entries are in path order, but "a-b" sorts between "a"
    // and "a/b", so ranges are collected, not cut out.
    void index() {
        for (const io::Entry& entry : entries_) {
            std::string folder(parent_path(entry.path));
            children_[folder].push_back(&entry);
            for (;; folder = std::string(parent_path(folder))) {
                below_[folder].push_back(&entry);
                if (folder.empty()) break;
            }
        }
    }

    FolderView view(const std::string& folder) { return {folder, children_[folder], below_[folder]}; }

    std::vector<std::string> parents(const std::string& folder) const {
        const std::string absolute = folder.empty() ? real_ : real_ + "/" + folder;
        const std::string_view parent = parent_path(absolute);
        return {std::string(base_name(parent)), std::string(base_name(parent_path(parent)))};
    }

    std::optional<Bytes> read_small(const std::string& path) const {
        auto descriptor = root_->open_file(path);
        if (!descriptor.ok()) return std::nullopt;
        auto source = io::FileSource::open(std::move(descriptor).value(), path);
        if (!source.ok() || (*source)->size() > kSmallFile) return std::nullopt;
        const auto bytes = (*source)->all();
        if (!bytes) return std::nullopt;
        return Bytes(bytes->begin(), bytes->end());
    }

    // What cannot be answered is taken for what is asked about, as what cannot be read is.
    bool ask(SmallFile question, const std::string& path, ByteView bytes) const {
        const auto task = question == SmallFile::network ? ParseOrder::Task::is_network : ParseOrder::Task::is_model_config;
        const auto answer = place_.parse({task, path, nullptr, {}}, bytes);
        return !answer.ok() || answer->yes;
    }

    FolderShape shape_of(const std::string& folder) {
        return folder_shape(view(folder), parents(folder), [this](const std::string& path) { return read_small(path); },
                            [this](SmallFile question, const std::string& path, ByteView bytes) { return ask(question, path, bytes); });
    }

    // A loose file that its name does not tell. What a worker could not say is a subject, and refused as one.
    bool is_artifact(io::FileSource& source, const std::string& name) const {
        if (has_artifact_name(name)) return true;
        const auto answer = place_.parse({ParseOrder::Task::is_artifact, name, nullptr, {}}, source);
        return !answer.ok() || answer->yes;
    }

    Result<void> visit(const std::string& folder) {
        const FolderShape shape = shape_of(folder);
        if (shape != FolderShape::plain) {
            if (!names_only_) return add_artifact(folder, shape);
            plan_.outside_files += below_[folder].size();
            return {};
        }
        for (const io::Entry* entry : children_[folder]) {
            switch (entry->type) {
                case io::Entry::Type::folder: TRY_VOID(visit(entry->path)); break;
                case io::Entry::Type::file: TRY_VOID(add_loose_file(*entry)); break;
                case io::Entry::Type::link:
                case io::Entry::Type::other: add_loose_other(*entry); break;
            }
        }
        return {};
    }

    std::string printed(const std::string& path) const {
        if (path.empty()) return display_;
        return display_ == "." ? path : display_ + "/" + path;
    }

    const intake::ManifestFormat* manifest_of(const io::Entry& entry) const { return intake::find_manifest(entry.path, real_ + "/" + entry.path); }

    SubjectPlan new_subject(const std::string& path) const {
        SubjectPlan plan;
        plan.display = printed(path);
        plan.subject.has_bytes = true;
        name_by_path(plan.subject, plan.display);
        return plan;
    }

    // A loose file is a subject when it is a manifest, or when its content is a model or archive.
    Result<void> add_loose_file(const io::Entry& entry) {
        const std::string name(base_name(entry.path));
        SubjectPlan subject = new_subject(entry.path);
        subject.shape = SubjectPlan::Shape::file;
        subject.files.push_back({name, root_, entry.path, false, {}});
        if (const intake::ManifestFormat* manifest = manifest_of(entry)) {
            subject.shape = SubjectPlan::Shape::manifest;
            subject.manifest = manifest;
            subject.subject.kind = manifest->kind;
            plan_.subjects.push_back(std::move(subject));
            return {};
        }
        if (names_only_ && !intake::has_telling_name(name)) {
            ++plan_.outside_files;
            return {};
        }
        auto descriptor = root_->open_file(entry.path);
        if (!descriptor.ok()) {
            // It may be a model: what cannot be opened is a subject that cannot be decided.
            plan_.subjects.push_back(std::move(subject));
            return {};
        }
        auto source = TRY(io::FileSource::open(std::move(descriptor).value(), entry.path));
        const intake::ManifestFormat* const told = told_format(*source, name, place_);
        // A file of a model that also names others is judged as what it is, and its names besides.
        const bool artifact = !names_only_ && (told == nullptr || told->kind == Kind::model) && is_artifact(*source, name);
        if (told != nullptr) {
            subject.manifest = told;
            if (!artifact) {
                subject.shape = SubjectPlan::Shape::manifest;
                subject.subject.kind = told->kind;
                plan_.subjects.push_back(std::move(subject));
                return {};
            }
        }
        if (!artifact) {
            ++plan_.outside_files;
            return {};
        }
        // Children are in path order: those whose names begin with this one's stand behind it.
        const auto& siblings = children_[std::string(parent_path(entry.path))];
        auto sibling = std::upper_bound(siblings.begin(), siblings.end(), entry.path,
                                        [](const std::string& path, const io::Entry* other) { return path < other->path; });
        for (; sibling != siblings.end() && (*sibling)->path.starts_with(entry.path); ++sibling) {
            const std::string_view beside = base_name((*sibling)->path);
            if ((*sibling)->type == io::Entry::Type::file && attest::is_evidence_name(beside, false)) {
                subject.files.push_back({std::string(beside), root_, (*sibling)->path, true, {}});
            }
        }
        plan_.subjects.push_back(std::move(subject));
        return {};
    }

    // A link or special file by the name of an artifact or manifest is a subject that is refused; any other is outside.
    void add_loose_other(const io::Entry& entry) {
        const std::string name(base_name(entry.path));
        if (names_only_ || (!has_artifact_name(name) && manifest_of(entry) == nullptr)) {
            ++plan_.outside_files;
            return;
        }
        SubjectPlan subject = new_subject(entry.path);
        subject.shape = SubjectPlan::Shape::file;
        if (entry.type == io::Entry::Type::link) {
            add_link(entry, name, subject);
        } else {
            add_special(name, subject);
        }
        plan_.subjects.push_back(std::move(subject));
    }

    static void add_special(const std::string& path, SubjectPlan& subject) {
        subject.found.findings.push_back(
            {"folder.special-file", Severity::high, path + " is not a regular file (FIFO, socket or device)",
             {path, {}, {}, {}}, "An artifact is made of files; reading this could block or have effects.",
             "Remove it from the folder."});
    }

    Result<void> add_artifact(const std::string& folder, FolderShape shape) {
        SubjectPlan subject = new_subject(folder);
        subject.shape = shape == FolderShape::oci_layout ? SubjectPlan::Shape::oci_layout : SubjectPlan::Shape::folder;
        subject.subject.is_folder = true;
        if (shape == FolderShape::plain) {
            // The caller says it is one subject; what it is, its content says.
            shape = shape_of(folder);
        }
        subject.subject.kind = kind_of(shape, parents(folder));
        for (const io::Entry* entry : below_[folder]) add_file(*entry, folder, subject);
        TRY_VOID(apply_assertion(argument_, subject));
        plan_.subjects.push_back(std::move(subject));
        return {};
    }

    void add_file(const io::Entry& entry, const std::string& folder, SubjectPlan& subject) {
        const std::string path = folder.empty() ? entry.path : entry.path.substr(folder.size() + 1);
        if (entry.type == io::Entry::Type::file) {
            subject.files.push_back({path, root_, entry.path, attest::is_evidence_name(path, true), {}});
        } else if (entry.type == io::Entry::Type::link) {
            add_link(entry, path, subject);
        } else if (entry.type == io::Entry::Type::other) {
            add_special(path, subject);
        }
    }

    void add_link(const io::Entry& entry, const std::string& path, SubjectPlan& subject) {
        if (const auto blob = hub_blob(real_ + "/" + entry.path, entry.target)) {
            auto repo = hub_repos_.find(blob->repo);
            if (repo == hub_repos_.end()) {
                auto opened = io::Directory::open(blob->repo);
                if (opened.ok()) repo = hub_repos_.emplace(blob->repo, std::move(opened).value()).first;
            }
            if (repo != hub_repos_.end()) {
                subject.files.push_back({path, repo->second, "blobs/" + blob->blob,
                                         attest::is_evidence_name(path, true),
                                         is_lower_hex(blob->blob, 64) ? blob->blob : std::string()});
                return;
            }
        }
        subject.found.findings.push_back(
            {"folder.link", Severity::high, path + " is a link to " + entry.target, {path, {}, {}, {}},
             "What a link leads to can change after the verdict, and may lie outside the artifact.",
             "Replace the link by the file itself. (Links of a Hugging Face cache into its blobs are followed.)"});
    }

    const Request::Argument& argument_;
    std::string real_;
    std::string display_;
    bool names_only_;
    const ParsingPlace& place_;
    Plan& plan_;
    std::shared_ptr<io::Directory> root_;
    std::vector<io::Entry> entries_;
    std::map<std::string, std::vector<const io::Entry*>> children_;
    std::map<std::string, std::vector<const io::Entry*>> below_;
    std::map<std::string, std::shared_ptr<io::Directory>> hub_repos_;
};

}  // namespace

Result<void> discover_folder(const Request::Argument& argument, const std::string& real, const std::string& display,
                             bool as_one, bool names_only, const ParsingPlace& place, Plan& plan) {
    return FolderWalk(argument, real, display, names_only, place, plan).run(as_one);
}

}  // namespace headgate::pipeline
