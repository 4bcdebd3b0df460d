// Workflows and composite actions of GitHub (and of Gitea and Forgejo, which read them too): actions, reusable workflows and images by
// `uses:`, images of containers and services. What `run:` fetches is a script's affair, and not read.
#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/deployment_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kImage = "docker://";

/// In any case: runners do not ask for it.
bool is_image(std::string_view text) { return ascii_lower(text.substr(0, kImage.size())) == kImage; }

class Reader : public DeploymentReader {
  public:
    using DeploymentReader::DeploymentReader;

    bool read_workflow(const Tree& root) {
        if (!root.is_table()) return fail("the document is no mapping", root.line);
        const Tree* jobs = child(root, "jobs");
        if (jobs != nullptr && !jobs->is_table()) return fail("`jobs` is no mapping", jobs->line);
        each_child(jobs, [this](std::string_view, const Tree& one) { job(one); });
        return done();
    }

    bool read_action(const Tree& root) {
        if (!root.is_table()) return fail("the document is no mapping", root.line);
        const Tree* runs = child(root, "runs");
        if (runs == nullptr) return done();
        // Any other image is a Dockerfile beside the action, which is a subject by itself.
        const Tree* image = child(*runs, "image");
        if (image != nullptr && (is_image(image->text) || is_template(image->text))) uses(*image);
        steps(*runs);
        return done();
    }

  private:
    void job(const Tree& one) {
        if (!context_.room()) return;
        if (!one.is_table()) {
            fail("a job that is no mapping", one.line);
            return;
        }
        if (const Tree* workflow = child(one, "uses")) uses(*workflow);
        if (const Tree* container = child(one, "container")) image(*container, one);
        each_child(child(one, "services"), [&](std::string_view, const Tree& service) { image(service, one); });
        steps(one);
    }

    void steps(const Tree& of) {
        const Tree* list = child(of, "steps");
        if (list == nullptr) return;
        if (!list->is_array()) {
            fail("`steps` is no list", list->line);
            return;
        }
        for (const Tree& step : list->items) {
            if (const Tree* action = child(step, "uses")) uses(*action);
        }
    }

    void uses(const Tree& node) {
        if (!node.is_text() || trim(node.text).empty()) {
            fail("`uses` is no text", node.line);
            return;
        }
        const std::string_view text = trim(node.text);
        // In the same repository, where it is read by itself.
        if (text.starts_with("./") || text.starts_with("../") || text.starts_with("$/")) return;
        if (text.find("${{") != std::string_view::npos) return note(record_unknown(is_image(text) ? "oci" : "pkg:github", text, at(node), context_));
        if (is_image(text)) return note(record_image(text.substr(kImage.size()), at(node), "`uses`", context_));
        if (text.find("://") != std::string_view::npos) return note(record_git(text, at(node), context_));
        const std::size_t mark = text.rfind('@');
        const std::string_view place = text.substr(0, mark);
        const std::size_t slash = place.find('/');
        if (mark == std::string_view::npos || slash == std::string_view::npos) {
            fail("`uses` that is not owner/repository@revision: " + escape_terminal(text, 100), node.line);
            return;
        }
        const std::size_t end = std::min(place.find('/', slash + 1), place.size());
        note(record_repository(place.substr(0, end), place.substr(std::min(end + 1, place.size())), text.substr(mark + 1), at(node), context_));
    }

    /// "image", or a mapping that has it.
    void image(const Tree& node, const Tree& job) {
        const Tree* name = node.is_table() ? child(node, "image") : &node;
        if (name == nullptr) return;
        if (!name->is_text()) {
            fail("an image that is no text", name->line);
            return;
        }
        const std::string_view text = trim(name->text);
        if (text.empty()) return;                      // no container
        if (text.find("${{") == std::string_view::npos) return note(record_image(text, at(*name), "`container`", context_));
        if (!of_matrix(text, job)) note(record_unknown("oci", text, at(*name), context_));
    }

    /// "${{ matrix.NAME }}" where the job lists the values of NAME: each of them is pulled.
    bool of_matrix(std::string_view text, const Tree& job) {
        constexpr std::string_view kMatrix = "matrix.";
        if (!text.starts_with("${{") || !text.ends_with("}}")) return false;
        const std::string_view name = trim(text.substr(3, text.size() - 5));
        const Tree* strategy = child(job, "strategy");
        const Tree* matrix = strategy == nullptr ? nullptr : child(*strategy, "matrix");
        if (!name.starts_with(kMatrix) || matrix == nullptr) return false;
        bool all = true;
        bool any = false;
        const auto take = [&](const Tree& value) {
            all = all && value.is_text() && !is_template(value.text);
            if (!value.is_text() || is_template(value.text) || trim(value.text).empty()) return;
            any = true;
            note(record_image(trim(value.text), at(value), "`matrix`", context_));
        };
        if (const Tree* values = child(*matrix, name.substr(kMatrix.size()))) {
            all = values->is_array();
            each_child(values, [&](std::string_view, const Tree& value) { take(value); });
        }
        each_child(child(*matrix, "include"), [&](std::string_view, const Tree& row) {
            if (const Tree* value = child(row, name.substr(kMatrix.size()))) take(*value);
        });
        return any && all;
    }
};

template <typename Read>
bool parse(ByteView bytes, IntakeContext& context, std::string_view format, const Read& read) {
    const auto root = codec::parse_yaml_tree(bytes, deployment_limits());
    if (!root) return malformed(context, format, root.error().message);
    context.format(format);
    Reader reader(context);
    return read(reader, *root);
}

}  // namespace

bool matches_workflow(std::string_view file_name) { return file_name.ends_with(".yml") || file_name.ends_with(".yaml"); }

bool parse_workflow(ByteView bytes, IntakeContext& context) {
    return parse(bytes, context, "workflow", [](Reader& reader, const codec::Tree& root) { return reader.read_workflow(root); });
}

bool matches_action(std::string_view file_name) { return file_name == "action.yml" || file_name == "action.yaml"; }

bool parse_action(ByteView bytes, IntakeContext& context) {
    return parse(bytes, context, "action.yml", [](Reader& reader, const codec::Tree& root) { return reader.read_action(root); });
}

}  // namespace headgate::intake
