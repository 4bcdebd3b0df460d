// compose.yaml (Compose specification): every image, model, repository and file that it brings in. What a variable has for a default is
// what runs where nobody sets it.
#include <array>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/build_arguments.hpp"
#include "intake/deployment_reader.hpp"
#include "intake/dockerfile_lines.hpp"
#include "intake/served.hpp"

namespace headgate::intake {
namespace {

constexpr std::array<std::string_view, 7> kTopLevel = {"version", "name", "networks", "volumes", "configs", "secrets", "services"};

constexpr std::string_view kGithub = "github.com/";

/// As compose and BuildKit tell a place on the network from a folder: by a scheme, by "github.com/" alone, by "name@host:path".
bool is_remote(std::string_view text) {
    const std::size_t login = text.find('@');
    const std::size_t colon = text.find(':');
    const bool scp = login != std::string_view::npos && colon != std::string_view::npos && login < colon && colon < text.find('/');
    return text.find("://") != std::string_view::npos || text.starts_with(kGithub) || text.starts_with("git@") || scp;
}

/// A repository rather than an archive (BuildKit's rules for contexts).
bool is_repository(std::string_view text) {
    const std::string_view place = text.substr(0, text.find('#'));
    const bool http = text.starts_with("http://") || text.starts_with("https://");
    return !http || place.ends_with(".git");
}

class Reader : public DeploymentReader {
  public:
    using DeploymentReader::DeploymentReader;

    bool read(const Tree& root) {
        if (!root.is_table()) return fail("the document is no mapping", root.line);
        each_child(child(root, "services"), [this](std::string_view, const Tree& one) { service(one); });
        each_child(child(root, "models"), [this](std::string_view, const Tree& one) { model(one); });
        if (const Tree* list = child(root, "include")) include(*list);
        for (const Tree::Entry& entry : root.entries) {
            const bool known = std::find(kTopLevel.begin(), kTopLevel.end(), entry.key) != kTopLevel.end() || entry.key == "models" || entry.key == "include";
            // Before there were sections, a service stood at the top. What begins with x- is read where an alias puts it.
            if (!known && !entry.key.starts_with("x-") && entry.value.is_table()) service(entry.value);
        }
        return done();
    }

  private:
    /// The text with its variables' defaults; nullopt, and a requirement that says so, when they have none.
    std::optional<std::string> known(const Tree& node, std::string_view scheme) {
        if (!node.is_text()) {
            fail("a name that is no text", node.line);
            return std::nullopt;
        }
        auto text = interpolate(node.text);
        if (!text) note(record_unknown(scheme, node.text, at(node), context_));
        return text;
    }

    void image(const Tree& node, std::string_view by) {
        const auto name = known(node, "oci");
        if (!name) return;
        if (trim(*name).empty()) {
            fail(std::string(by) + " names no image", node.line);
            return;
        }
        note(record_image(trim(*name), at(node), by, context_));
    }

    void service(const Tree& one) {
        if (!context_.room()) return;
        if (!one.is_table()) {
            fail("a service that is no mapping", one.line);
            return;
        }
        // With `build` the image is pulled too, if somebody has it, unless the policy is to build.
        const Tree* policy = child(one, "pull_policy");
        const bool built = child(one, "build") != nullptr && policy != nullptr && policy->text == "build";
        const Tree* name = child(one, "image");
        if (name != nullptr && !built) image(*name, "`image`");
        if (const Tree* how = child(one, "build")) build(*how);
        if (const Tree* base = child(one, "extends")) extends(*base);
        each_child(child(one, "volumes"), [this](std::string_view, const Tree& volume) {
            const Tree* type = child(volume, "type");
            const Tree* source = child(volume, "source");
            if (type != nullptr && type->text == "image" && source != nullptr) image(*source, "a volume");
        });
        // A provider is a program of the machine, and `develop` copies files of the project: neither fetches anything by these names, but
        // for models, which stood here before they had a section.
        if (const Tree* provider = child(one, "provider")) {
            const Tree* type = child(*provider, "type");
            const Tree* options = child(*provider, "options");
            const Tree* runs = options == nullptr ? nullptr : child(*options, "model");
            if (type != nullptr && type->text == "model" && runs != nullptr) runner_model(*runs);
        }
        served(one, name);
    }

    void served(const Tree& one, const Tree* image) {
        ServerCommand command;
        if (image != nullptr) command.image = image->text;
        for (const std::string_view key : {"entrypoint", "command"}) {
            const Tree* words = child(one, key);
            if (words == nullptr) continue;
            if (words->is_text()) command.words.push_back(interpolate(words->text).value_or(words->text));
            for (const Tree& word : words->items) command.words.push_back(interpolate(word.text).value_or(word.text));
        }
        each_child(child(one, "environment"), [&](std::string_view key, const Tree& value) {
            const std::string text = interpolate(value.text).value_or(value.text);
            const std::size_t equals = key.empty() ? text.find('=') : std::string::npos;
            if (!key.empty()) command.environment.insert_or_assign(std::string(key), text);
            if (equals != std::string::npos) command.environment.insert_or_assign(text.substr(0, equals), text.substr(equals + 1));
            if (key.empty() && equals == std::string::npos && value.is_text()) command.environment.insert_or_assign(text, "$(" + text + ")");   // of whoever starts it
        });
        const Tree* where = child(one, "command");
        note(record_served(command, at(where == nullptr ? one : *where), context_));
    }

    void build(const Tree& how) {
        if (how.is_text()) return context(how);
        const Tree* folder = child(how, "context");
        if (folder != nullptr) context(*folder);
        const Tree* file = child(how, "dockerfile");
        const bool here = folder == nullptr || !is_remote(folder->text);
        if (file != nullptr && here) dockerfile(*file, folder == nullptr ? "." : folder->text);
        if (const Tree* text = child(how, "dockerfile_inline")) {
            inline_dockerfile(*text, arguments(child(how, "args")));
        } else {
            images_of_arguments(child(how, "args"));
        }
        each_child(child(how, "additional_contexts"), [this](std::string_view key, const Tree& value) {
            const auto written = known(value, "oci");
            if (!written) return;
            const std::string_view from = key.empty() ? std::string_view(*written).substr(written->find('=') + 1) : std::string_view(*written);
            source(from, value);
        });
        each_child(child(how, "cache_from"), [this](std::string_view, const Tree& value) { cache(value); });
    }

    void context(const Tree& folder) {
        const auto text = known(folder, "oci");
        if (text && is_remote(*text)) source(*text, folder);
    }

    /// A place that a build takes files from.
    void source(std::string_view text, const Tree& node) {
        constexpr std::string_view kImage = "docker-image://";
        if (text.starts_with(kImage)) return note(record_image(text.substr(kImage.size()), at(node), "docker-image://", context_));
        if (text.starts_with("oci-layout://") || text.starts_with("file://")) return;   // on disk
        if (is_remote(text)) fetched(text, node);
    }

    void fetched(std::string_view text, const Tree& node) {
        if (text.starts_with(kGithub)) return note(record_git("https://" + std::string(text), at(node), context_));
        note(is_repository(text) ? record_git(text, at(node), context_) : record_url(text, at(node), context_));
    }

    /// One whose name says that it is one is a subject by itself; any other is read as a part of this file.
    void dockerfile(const Tree& file, const std::string& folder) {
        const auto name = interpolate(file.text);
        const auto base = interpolate(folder);
        if (!name || !base) {
            fail("the name of a Dockerfile is computed: " + escape_terminal(file.text, 100), file.line);
        } else if (!matches_dockerfile(std::string_view(*name).substr(name->rfind('/') + 1))) {
            bring_in(*base == "." || *base == "./" ? *name : *base + "/" + *name, file);
        }
    }

    /// What a build is given for its ARGs; nullopt: only the environment knows. One without a value leaves the Dockerfile its own.
    static BuildArguments arguments(const Tree* list) {
        BuildArguments result;
        each_child(list, [&](std::string_view key, const Tree& value) {
            const std::size_t equals = key.empty() ? value.text.find('=') : 0;
            if (equals == std::string::npos) return;
            const std::string name = key.empty() ? value.text.substr(0, equals) : std::string(key);
            result.insert_or_assign(name, interpolate(key.empty() ? std::string_view(value.text).substr(equals + 1) : std::string_view(value.text)));
        });
        return result;
    }

    /// The Dockerfile is a file by itself, and is read with its own defaults: what stands here in their place may be the image that it is
    /// built on. Only what has the host of a registry in front is told from other text.
    void images_of_arguments(const Tree* list) {
        each_child(list, [this](std::string_view key, const Tree& value) {
            auto text = interpolate(value.text);
            if (text && key.empty()) *text = text->find('=') == std::string::npos ? std::string() : text->substr(text->find('=') + 1);
            if (text && names_image_of_host(trim(*text))) note(record_image(trim(*text), at(value), "a build argument", context_));
        });
    }

    void inline_dockerfile(const Tree& text, const BuildArguments& given) {
        if (!text.is_text()) {
            fail("`dockerfile_inline` is no text", text.line);
            return;
        }
        const std::string expanded = with_build_arguments(interpolate(text.text).value_or(text.text), given, context_.limits);
        context_.lines_before = std::max(text.line, 1U);
        note(dockerfile::read_all(as_bytes(expanded), context_));
        context_.lines_before = 0;
    }

    /// "image", or "type=registry,ref=image". Other kinds of cache are no images.
    void cache(const Tree& value) {
        const auto text = known(value, "oci");
        if (!text) return;
        if (text->find('=') == std::string::npos) return note(record_image(*text, at(value), "`cache_from`", context_));
        std::string_view type;
        std::string_view from;
        for (const std::string_view field : split(*text, ',')) {
            if (field.starts_with("type=")) type = field.substr(5);
            if (field.starts_with("ref=")) from = field.substr(4);
        }
        if (type == "registry" && !from.empty()) note(record_image(from, at(value), "`cache_from`", context_));
    }

    void extends(const Tree& base) {
        const Tree* file = base.is_table() ? child(base, "file") : nullptr;
        if (file != nullptr) other_file(*file);
    }

    void include(const Tree& list) {
        if (list.is_text()) return other_file(list);
        each_child(&list, [this](std::string_view, const Tree& one) {
            const Tree* paths = one.is_table() ? child(one, "path") : &one;
            if (paths == nullptr) return;
            if (paths->is_text()) return other_file(*paths);
            each_child(paths, [this](std::string_view, const Tree& path) { other_file(path); });
        });
    }

    /// Another compose file: on disk, an image of a registry, or in a repository.
    void other_file(const Tree& node) {
        constexpr std::string_view kImage = "oci://";
        const auto path = interpolate(node.text);
        if (!node.is_text() || !path) {
            fail("a file whose name is computed: " + escape_terminal(node.text, 100), node.line);
        } else if (path->starts_with(kImage)) {
            note(record_image(path->substr(kImage.size()), at(node), "`include`", context_));
        } else if (is_remote(*path)) {
            fetched(*path, node);
        } else {
            bring_in(*path, node);
        }
    }

    void bring_in(const std::string& path, const Tree& node) {
        if (context_.room()) context_.evidence.includes.push_back({at(node), path, false});
    }

    void model(const Tree& one) {
        const Tree* name = one.is_table() ? child(one, "model") : nullptr;
        if (name != nullptr) runner_model(*name);
    }
    void runner_model(const Tree& name) {
        const auto text = known(name, "oci");
        if (text && !trim(*text).empty()) note(record_runner_model(trim(*text), at(name), context_));
    }
};

}  // namespace

bool matches_compose(std::string_view file_name) {
    const std::string name = ascii_lower(file_name);
    const bool yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    return yaml && (name.starts_with("docker-compose") || name.starts_with("compose.") || name.starts_with("podman-compose."));
}

bool parse_compose(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_yaml_tree(bytes, deployment_limits());
    if (!root) return malformed(context, "compose.yaml", root.error().message);
    context.format("compose.yaml");
    return Reader(context).read(*root);
}

}  // namespace headgate::intake
