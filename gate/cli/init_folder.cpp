// init_folder.cpp: what is in a folder, by the same discovery that `check` uses.
#include <algorithm>

#include "base/text.hpp"
#include "cli/init.hpp"
#include "codec/json.hpp"
#include "io/directory.hpp"
#include "io/file_source.hpp"
#include "pipeline/layout.hpp"
#include "pipeline/plan.hpp"

namespace headgate::cli {
namespace {

constexpr std::uint64_t kMaxProjectFile = 1U << 20U;
constexpr std::size_t kMostProjectFiles = 200;
constexpr std::size_t kMostNames = 20;

bool is_plain_name(std::string_view text) {
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    return !text.empty() && text.size() <= 100 && ascii_lower(text).find_first_not_of(kPlain) == std::string::npos;
}

void add_name(OwnName name, FolderContents& contents) {
    const std::string_view bare = name.name.starts_with('@') ? std::string_view(name.name).substr(1) : std::string_view(name.name);
    const bool known = std::any_of(contents.names.begin(), contents.names.end(), [&](const OwnName& other) {
        return other.ecosystem == name.ecosystem && other.name == name.name;
    });
    if (is_plain_name(bare) && !known && contents.names.size() < kMostNames) contents.names.push_back(std::move(name));
}

// {"name": "@acme/app"} -> the scope; {"name": "acme-app"} -> the name.
void read_package_json(ByteView bytes, const std::string& path, FolderContents& contents) {
    const auto json = codec::parse_json(bytes);
    const std::string* const name = json.ok() ? json->find_text("name") : nullptr;
    if (name == nullptr) return;
    add_name({"npm", name->starts_with('@') ? name->substr(0, name->find('/')) : *name, path}, contents);
}

// [project] name = "acme-tool", or the same under [tool.poetry].
void read_pyproject(ByteView bytes, const std::string& path, FolderContents& contents) {
    std::string_view section;
    for (const std::string_view raw : split_lines(as_text(bytes))) {
        const std::string_view line = trim(raw);
        if (line.starts_with('[')) section = line;
        if ((section != "[project]" && section != "[tool.poetry]") || !line.starts_with("name")) continue;
        const std::string_view value = trim(line.substr(std::min(line.size(), line.find('=') + 1)));
        if (value.size() < 2 || (value.front() != '"' && value.front() != '\'')) continue;
        add_name({"pypi", std::string(value.substr(1, value.find(value.front(), 1) - 1)), path}, contents);
    }
}

Result<void> read_project_files(const std::string& real, FolderContents& contents) {
    const auto root = TRY(io::Directory::open(real));
    std::size_t read = 0;
    for (const io::Entry& entry : TRY(root->walk(""))) {
        const std::string_view name = pipeline::base_name(entry.path);
        const bool npm = name == "package.json";
        const bool installed = entry.path.find("node_modules/") != std::string::npos;   // other people's
        if (entry.type != io::Entry::Type::file || (!npm && name != "pyproject.toml") || installed) continue;
        if (++read > kMostProjectFiles) break;
        auto descriptor = root->open_file(entry.path);
        if (!descriptor.ok()) continue;
        const auto bytes = io::read_file_beneath(std::move(descriptor).value(), entry.path, kMaxProjectFile);
        if (!bytes.ok()) continue;
        npm ? read_package_json(*bytes, entry.path, contents) : read_pyproject(*bytes, entry.path, contents);
    }
    return {};
}

// "models--acme--bert/snapshots/..." -> "acme".
void read_hub_name(const std::string& path, FolderContents& contents) {
    for (const std::string_view part : split(path, '/')) {
        for (const std::string_view prefix : {"models--", "datasets--"}) {
            if (!part.starts_with(prefix)) continue;
            ++contents.hub_snapshots;
            const std::string_view rest = part.substr(prefix.size());
            const std::size_t dashes = rest.find("--");
            const std::string organisation(rest.substr(0, dashes));
            auto& known = contents.hub_organisations;
            if (dashes == std::string_view::npos || !is_plain_name(organisation) || known.size() >= kMostNames) continue;
            if (std::find(known.begin(), known.end(), organisation) == known.end()) known.push_back(organisation);
        }
    }
}

void count(const pipeline::SubjectPlan& plan, FolderContents& contents) {
    using Shape = pipeline::SubjectPlan::Shape;
    read_hub_name(plan.display, contents);
    if (plan.shape == Shape::manifest) {
        ++contents.manifests[std::string(plan.manifest->name)];
        (plan.manifest->kind == Kind::container ? contents.has_containers : contents.has_packages) = true;
    } else if (plan.shape == Shape::oci_layout) {
        ++contents.images;
        contents.has_containers = true;
    } else if (plan.subject.kind == Kind::dataset) {
        ++contents.datasets;
    } else {
        ++(plan.shape == Shape::file ? contents.model_files : contents.models);
    }
}

std::string policy_name(const std::string& real) {
    std::string name;
    for (const char c : ascii_lower(pipeline::base_name(real))) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        name += plain ? c : '-';
    }
    return name.find_first_not_of("-.") == std::string::npos || name.size() > 100 ? "folder" : name;
}

void say(std::size_t number, const char* one, const char* many, std::string& text) {
    if (number == 0) return;
    text += (text.empty() ? "" : ", ") + std::to_string(number) + " " + (number == 1 ? one : many);
}

}  // namespace

std::string FolderContents::sentence() const {
    std::string text;
    say(models, "model", "models", text);
    say(model_files, "model file or archive", "model files or archives", text);
    say(datasets, "dataset", "datasets", text);
    say(images, "OCI image layout", "OCI image layouts", text);
    for (const auto& [manifest, number] : manifests) text += (text.empty() ? "" : ", ") + manifest + " (" + std::to_string(number) + ")";
    if (hub_snapshots > 0) text += " (a Hugging Face cache is among them)";
    return text.empty() ? "nothing that is judged" : text;
}

Result<FolderContents> look_at_folder(const std::string& folder) {
    FolderContents contents;
    const std::string real = TRY(io::real_path(folder));
    if (TRY(io::path_type(real)) != io::Entry::Type::folder) return Error{ErrorCode::usage, folder + ": not a folder"};
    contents.name = policy_name(real);
    pipeline::Request request;
    request.arguments.push_back({folder, {}, {}});
    const pipeline::Plan plan = pipeline::discover(request);
    if (!plan.errors.empty()) return plan.errors.front();
    for (const pipeline::SubjectPlan& subject : plan.subjects) count(subject, contents);
    TRY_VOID(read_project_files(real, contents));
    return contents;
}

}  // namespace headgate::cli
