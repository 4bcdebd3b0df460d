#include "intake/ray_environment.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "intake/conda.hpp"
#include "intake/deployment_reader.hpp"
#include "intake/image_shape.hpp"
#include "intake/named.hpp"
#include "intake/requirements.hpp"
#include "intake/served.hpp"

namespace headgate::intake::kubernetes {
namespace {

using codec::Tree;

constexpr std::array<std::string_view, 4> kKeys = {"runtimeEnvYAML", "runtime_env", "runtimeEnv", "serveConfigV2"};
constexpr std::string_view kTrust = "trust_remote_code";

/// Everything that is found stands, as far as anybody can say, where the text does.
class RayReader {
  public:
    RayReader(const Location& where, IntakeContext& context) : where_(where), context_(context) {}

    bool text(const std::string& written) {
        std::string_view text = trim(written);
        if (text.empty()) return true;
        std::string decoded;
        if (text.find_first_of(":{") == std::string_view::npos) {
            // No mapping, unless one is wrapped in it.
            const auto bytes = from_base64(text);
            if (bytes) decoded.assign(bytes->begin(), bytes->end());
            text = trim(decoded);
            if (!text.starts_with('{')) return true;
        }
        const auto parsed = codec::parse_yaml_tree(as_bytes(text), inner_limits(text.size()));
        if (!parsed) return not_understood_at(context_, "an environment of Ray that is no YAML: " + escape_terminal(parsed.error().message, 200), where_);
        return document(*parsed);
    }

    /// An environment, or something that holds some.
    bool document(const Tree& root) {
        environment(root);
        std::vector<const Tree*> walk = {&root};
        while (!walk.empty() && context_.has_room()) {
            const Tree& node = *walk.back();
            walk.pop_back();
            if (node.is_text() && names_a_model(trim(node.text))) note(record_uri(trim(node.text), where_, "a field", context_));
            for (const Tree& item : node.items) walk.push_back(&item);
            for (const Tree::Entry& entry : node.entries) {
                if (entry.key == "runtime_env") environment(entry.value);
                if (entry.key == "model_loading_config") model(entry.value);
                if (entry.key == kTrust) trusts(entry.value);
                walk.push_back(&entry.value);
            }
        }
        return understood_;
    }

  private:
    void note(bool understood) { understood_ = understood && understood_; }
    bool not_understood(const std::string& why) { return understood_ = not_understood_at(context_, why, where_); }

    static std::string text_at(const Tree& in, std::string_view key) {
        const Tree* found = in.find(key);
        return found != nullptr && found->is_text() ? std::string(trim(found->text)) : std::string();
    }

    void environment(const Tree& node) {
        if (!node.is_table()) return;
        place(node.find("working_dir"));
        for (const std::string_view key : {"py_modules", "java_jars"}) {
            if (const Tree* list = node.find(key)) {
                place(list);
                for (const Tree& item : list->items) place(&item);
            }
        }
        packages(node.find("pip"));
        packages(node.find("uv"));
        conda(node.find("conda"));
        const Tree* container = node.find("container");
        for (const std::string& image : {text_at(node, "image_uri"), container == nullptr ? std::string() : text_at(*container, "image")}) {
            if (!image.empty()) note(is_template(image) ? record_unknown("oci", image, where_, context_) : record_image(image, where_, "Ray", context_));
        }
        ServerCommand command;
        if (const Tree* variables = node.find("env_vars")) {
            for (const Tree::Entry& entry : variables->entries) {
                // What names a model wherever it stands is found by the walk.
                if (entry.value.is_text() && !names_a_model(trim(entry.value.text))) command.environment.insert_or_assign(entry.key, entry.value.text);
            }
        }
        note(record_served(command, where_, context_));
    }

    /// An archive of code; a path is one of the image.
    void place(const Tree* node) {
        if (node == nullptr || !node->is_text()) return;
        const std::string_view text = trim(node->text);
        if (names_a_model(text)) return;         // the walk has it
        note(is_template(text) ? record_unknown("pkg:github", text, where_, context_) : record_uri(text, where_, "an environment of Ray", context_));
    }

    /// A list, {packages: [...]}, or the path of a requirements file. They are given to the installer as a file of lines.
    void packages(const Tree* node) {
        if (node == nullptr) return;
        if (node->is_text()) return place(node);
        const Tree* list = node->is_table() ? node->find("packages") : node;
        if (list == nullptr) return;
        if (list->is_text()) return place(list);
        std::string lines;
        for (const Tree& item : list->items) {
            if (!item.is_text()) {
                not_understood("a package of Ray that is no text");
                continue;
            }
            std::string line = item.text;
            std::replace(line.begin(), line.end(), '\n', ' ');
            lines += line + "\n";
        }
        const Placed placed(*this);
        if (!requirements::read_all(as_bytes(lines), context_)) understood_ = false;
    }

    void conda(const Tree* node) {
        if (node == nullptr) return;
        if (node->is_text()) return place(node);
        const Tree* list = node->find("dependencies");
        if (list == nullptr) return;
        for (const Tree& item : list->items) {
            if (!item.is_text()) {
                packages(item.find("pip"));
                continue;
            }
            const Placed placed(*this);
            auto entry = conda::read_match_spec(item.text, 1);
            if (!entry) {
                not_understood("a package of conda whose form is not read: " + escape_terminal(redacted_url(item.text), 100));
            } else if (!record(std::move(*entry), context_)) {
                understood_ = false;
            }
        }
    }

    /// {model_id, model_source}: the second is what is loaded, where it is there.
    void model(const Tree& node) {
        if (!node.is_table()) return;
        const Tree* source = node.find("model_source");
        if (source != nullptr && source->is_table()) return place(source->find("bucket_uri"));
        const std::string text = source == nullptr ? text_at(node, "model_id") : text_at(node, "model_source");
        if (text.empty() || names_a_model(text)) return;
        if (is_template(text)) {
            note(record_unknown("hf", text, where_, context_));
        } else if (text.find("://") != std::string::npos) {
            note(record_uri(text, where_, "`model_source`", context_));
        } else {
            note(record_hub("hf", text, {}, where_, context_));
        }
    }

    void trusts(const Tree& value) {
        const std::string said = value.is_text() ? ascii_lower(trim(value.text)) : std::string();
        const bool no = value.type == Tree::Type::null || (value.type == Tree::Type::boolean && !value.boolean) || said == "false" || said == "no" || said == "off";
        if (!no) add_remote_code(kTrust, where_, context_);
    }

    /// While it lives, what others record stands where the text does.
    class Placed {
      public:
        explicit Placed(RayReader& reader)
            : context_(reader.context_), member_(std::exchange(context_.member, reader.where_.member)),
              lines_(std::exchange(context_.lines_before, std::max(reader.where_.line.value_or(1), 1U) - 1)) {}
        ~Placed() {
            context_.member = member_;
            context_.lines_before = lines_;
        }
        Placed(const Placed&) = delete;
        Placed& operator=(const Placed&) = delete;

      private:
        IntakeContext& context_;
        std::string member_;
        std::uint32_t lines_;
    };

    const Location& where_;
    IntakeContext& context_;
    bool understood_ = true;
};

}  // namespace

bool is_runtime_environment(std::string_view key) {
    return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

bool record_ray(std::string_view key, const Tree& value, const Location& where, IntakeContext& context) {
    RayReader reader(where, context);
    if (value.is_text()) return reader.text(value.text);
    if (value.is_table()) return reader.document(value);
    if (value.type == Tree::Type::null) return true;
    return not_understood_at(context, "`" + std::string(key.substr(0, 80)) + "` that is neither a text nor a mapping", where);
}

}  // namespace headgate::intake::kubernetes
