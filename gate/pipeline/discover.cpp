// discover.cpp: arguments -> subjects. Names become subjects without bytes; files and folders are looked at, not read.
#include "attest/evidence.hpp"
#include "io/file_source.hpp"
#include "pipeline/layout.hpp"
#include "pipeline/layout_reference.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/told_format.hpp"

namespace headgate::pipeline {
namespace {

constexpr std::string_view kEvidenceSuffixes[] = {".sigstore.json", ".sigstore", ".sig", ".intoto.jsonl", ".dsse.json"};

bool is_reference(std::string_view text) {
    for (const std::string_view scheme : {"hf:", "hf-dataset:", "pkg:", "oci:", "sha256:", "https:"}) {
        if (text.starts_with(scheme)) return true;
    }
    return false;
}

Kind kind_of_reference(const Reference& reference) {
    if (reference.scheme == "hf-dataset") return Kind::dataset;
    if (reference.scheme == "oci") return Kind::container;
    if (reference.scheme == "pkg") return Kind::package;
    return Kind::model;
}

// "./models//a/" -> "models/a"; "" -> ".".
std::string lexically_normal(const std::string& path) {
    std::string normal = path.starts_with('/') ? "/" : "";
    std::size_t at = 0;
    while (at < path.size()) {
        std::size_t end = path.find('/', at);
        if (end == std::string::npos) end = path.size();
        const std::string part = path.substr(at, end - at);
        if (!part.empty() && part != ".") {
            if (!normal.empty() && normal.back() != '/') normal += '/';
            normal += part;
        }
        at = end + 1;
    }
    return normal.empty() ? "." : normal;
}

// How a path is printed: relative to `base` when it lies below it, else as given.
std::string printed(const std::string& given, const std::string& base) {
    std::string normal = lexically_normal(given);
    if (!base.empty() && normal.starts_with('/') && io::is_below(normal, base)) {
        return normal == base ? "." : normal.substr(base == "/" ? 1 : base.size() + 1);
    }
    return normal;
}

bool tells_kind(const Reference& reference) {
    return reference.scheme != "file" && reference.scheme != "https" && reference.scheme != "sha256";
}

// An image's name may lead to a model or dataset that is packed like one: its manifest says which, and --kind is compared with that.
bool may_be(const Reference& reference, Kind kind) {
    return kind == kind_of_reference(reference) || (reference.scheme == "oci" && (kind == Kind::model || kind == Kind::dataset));
}

// What a reference is, its scheme says; --kind may not make it something else, to which other rules apply.
Result<void> check_kind(const Request::Argument& argument, const Reference& reference) {
    if (!argument.kind || !tells_kind(reference) || may_be(reference, *argument.kind)) return {};
    return Error{ErrorCode::usage, reference.canonical + " is a " + std::string(to_string(kind_of_reference(reference))) +
                                       ", not a " + std::string(to_string(*argument.kind))};
}

Result<SubjectPlan> plan_name(const Request::Argument& argument) {
    SubjectPlan plan;
    auto reference = parse_reference(argument.text);
    if (!reference.ok()) return Error{ErrorCode::usage, reference.error().message};
    plan.subject.reference = std::move(reference).value();
    TRY_VOID(check_kind(argument, plan.subject.reference));
    plan.subject.ref = plan.subject.reference.canonical;
    plan.subject.kind = argument.kind.value_or(kind_of_reference(plan.subject.reference));
    plan.kind_given = argument.kind.has_value();
    return plan;
}

// Evidence files that lie beside a single file, by the fixed names.
void add_evidence_beside(const std::shared_ptr<io::Directory>& folder, const std::string& name, SubjectPlan& plan) {
    for (const std::string_view suffix : kEvidenceSuffixes) {
        const std::string beside = name + std::string(suffix);
        if (folder->open_file(beside).ok()) plan.files.push_back({beside, folder, beside, true, {}});
    }
}

// What names models is a list of them; JSON that a loader of models could read too is judged as what it is, and its names besides.
Result<const intake::ManifestFormat*> told_by_content(io::Directory& folder, const std::string& name, SubjectPlan& plan, const ParsingPlace& place) {
    if (!intake::has_telling_name(name)) return nullptr;
    auto source = TRY(io::FileSource::open(TRY(folder.open_file(name)), name));
    const intake::ManifestFormat* const told = told_format(*source, name, place);
    if (told == nullptr || told->kind != Kind::model || !name.ends_with(".json")) return told;
    plan.manifest = told;
    return nullptr;
}

Result<SubjectPlan> plan_file(const Request::Argument& argument, const std::string& real, const std::string& display, const ParsingPlace& place) {
    const std::string name(base_name(real));
    const std::string folder_path(parent_path(real));
    const auto folder = TRY(io::Directory::open(folder_path.empty() ? "/" : folder_path));

    SubjectPlan plan;
    plan.shape = SubjectPlan::Shape::file;
    plan.display = display;
    plan.subject.has_bytes = true;
    name_by_path(plan.subject, display);
    plan.files.push_back({name, folder, name, false, {}});

    // The name that was given decides what a manifest is: a link may lead to a file of any name.
    const intake::ManifestFormat* manifest = intake::find_manifest(display, folder_path + "/" + std::string(base_name(display)));
    const bool forced = argument.kind && (*argument.kind == Kind::model || *argument.kind == Kind::dataset);
    if (manifest == nullptr && !forced) manifest = TRY(told_by_content(*folder, name, plan, place));
    if (manifest != nullptr && !forced) {
        plan.shape = SubjectPlan::Shape::manifest;
        plan.manifest = manifest;
        plan.subject.kind = manifest->kind;
    }
    add_evidence_beside(folder, name, plan);
    TRY_VOID(apply_assertion(argument, plan));
    return plan;
}

Result<SubjectPlan> plan_oci_layout(const Request::Argument& argument, const Request& request) {
    const auto [folder, image] = split_layout_reference(argument.text);
    const std::string real = TRY(io::real_path(folder));
    if (!request.root.empty() && !io::is_below(real, request.root)) {
        return Error{ErrorCode::usage, folder + ": lies outside the folders that may be judged"};
    }
    Plan one;
    TRY_VOID(discover_folder(argument, real, printed(folder, request.print_base), true, false, parsing_place(request), one));
    SubjectPlan plan = std::move(one.subjects.at(0));
    plan.shape = SubjectPlan::Shape::oci_layout;
    plan.tag = image;
    if (!argument.as) plan.subject.ref = std::string(kLayoutScheme) + plan.display + image_suffix(image);
    // What an image's name leads to, the manifest says.
    if (plan.subject.reference.scheme == "oci") plan.kind_given = argument.kind.has_value();
    if (!argument.kind) plan.subject.kind = Kind::container;
    return plan;
}

Result<void> discover_argument(const Request& request, const Request::Argument& argument, Plan& plan) {
    if (is_reference(argument.text)) {
        plan.subjects.push_back(TRY(plan_name(argument)));
        return {};
    }
    if (request.references_only) {
        return Error{ErrorCode::usage, argument.text + ": not a reference (hf:, hf-dataset:, pkg:, oci:, sha256:, https:)"};
    }
    if (argument.text.starts_with(kLayoutScheme)) {
        plan.subjects.push_back(TRY(plan_oci_layout(argument, request)));
        return {};
    }
    const std::string path = argument.text.starts_with("file:") ? argument.text.substr(5) : argument.text;
    const std::string real = TRY(io::real_path(path.empty() ? "." : path));
    if (!request.root.empty() && !io::is_below(real, request.root)) {
        return Error{ErrorCode::usage, path + ": lies outside the folders that may be judged"};
    }
    const std::string display = printed(path, request.print_base);
    if (TRY(io::path_type(real)) == io::Entry::Type::folder) {
        const bool as_one = argument.kind.has_value() || argument.as.has_value();
        return discover_folder(argument, real, display, as_one, request.names_only, parsing_place(request), plan);
    }
    if (TRY(io::path_type(real)) != io::Entry::Type::file) {
        return Error{ErrorCode::io, path + ": not a regular file (a FIFO, socket or device is never read)"};
    }
    SubjectPlan file = TRY(plan_file(argument, real, display, parsing_place(request)));
    if (request.names_only && file.shape != SubjectPlan::Shape::manifest) {
        ++plan.outside_files;
        return {};
    }
    plan.subjects.push_back(std::move(file));
    return {};
}

}  // namespace

Result<void> apply_assertion(const Request::Argument& argument, SubjectPlan& plan) {
    plan.kind_given = argument.kind.has_value();
    if (argument.kind) plan.subject.kind = *argument.kind;
    if (!argument.as) return {};
    auto reference = parse_reference(*argument.as);
    if (!reference.ok()) return Error{ErrorCode::usage, "--as: " + reference.error().message};
    TRY_VOID(check_kind(argument, *reference));
    plan.subject.reference = std::move(reference).value();
    plan.subject.ref = plan.subject.reference.canonical;
    if (!tells_kind(plan.subject.reference)) return {};
    const bool manifest_tells = plan.subject.reference.scheme == "oci" && plan.shape == SubjectPlan::Shape::oci_layout;
    if (manifest_tells || argument.kind) return {};
    plan.kind_given = true;
    plan.subject.kind = kind_of_reference(plan.subject.reference);
    return {};
}

void name_by_path(Subject& subject, const std::string& display) {
    subject.ref = "file:" + display;
    subject.reference.scheme = "file";
    subject.reference.name = display;
    subject.reference.base = subject.reference.canonical = subject.ref;
}

std::string display_path(const SubjectPlan& plan, const std::string& path) {
    if (plan.display.empty()) return path;
    if (plan.subject.is_folder) {
        if (path.empty()) return plan.display;
        return plan.display == "." ? path : plan.display + "/" + path;
    }
    const bool own = path == base_name(plan.display) || plan.files.empty() || path == plan.files.front().path;
    if (path.empty() || own) return plan.display;
    const std::string_view folder = parent_path(plan.display);
    return folder.empty() ? path : std::string(folder) + "/" + path;
}

Plan discover(const Request& request) {
    Plan plan;
    for (const Request::Argument& argument : request.arguments) {
        const std::size_t known = plan.subjects.size();
        auto done = discover_argument(request, argument, plan);
        if (!done.ok()) {
            plan.errors.push_back(done.error());
        } else if (plan.subjects.size() == known) {
            ++plan.empty_arguments;
        }
    }
    return plan;
}

}  // namespace headgate::pipeline
