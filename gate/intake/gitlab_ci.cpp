// .gitlab-ci.yml: images of jobs, services, and what `include` brings in.
#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/deployment_reader.hpp"
#include "intake/interpolation.hpp"

namespace headgate::intake {
namespace {

class Reader : public DeploymentReader {
  public:
    using DeploymentReader::DeploymentReader;

    bool read(const Tree& root) {
        if (!root.is_table()) return fail("the document is no mapping", root.line);
        variables(child(root, "variables"));
        job(root);
        for (const Tree::Entry& entry : root.entries) {
            if (entry.value.is_table() && entry.key != "variables" && entry.key != "include") job(entry.value);
        }
        if (const Tree* list = child(root, "include")) include(*list);
        return done();
    }

  private:
    /// Their values are what runs where nobody gives others.
    void variables(const Tree* list) {
        each_child(list, [this](std::string_view name, const Tree& node) {
            const Tree* value = node.is_table() ? child(node, "value") : &node;
            if (value == nullptr || !value->is_text()) return;
            const auto text = interpolate(value->text, variables_);
            if (text) variables_.insert_or_assign(std::string(name), *text);
        });
    }

    void job(const Tree& one) {
        if (!context_.room()) return;
        if (const Tree* name = child(one, "image")) image(*name);
        each_child(child(one, "services"), [this](std::string_view, const Tree& service) { image(service); });
    }

    /// "name", or a mapping that has it; `!reference` leads to another job, which is read where it stands.
    void image(const Tree& node) {
        const Tree* name = node.is_table() ? child(node, "name") : &node;
        if (name == nullptr) return;
        if (!name->is_text() || trim(name->text).empty()) {
            fail("an image that is no text", name->line);
            return;
        }
        const bool inputs = name->text.find("$[[") != std::string::npos;
        const auto text = inputs ? std::nullopt : interpolate(trim(name->text), variables_);
        note(text ? record_image(*text, at(*name), "`image`", context_) : record_unknown("oci", name->text, at(*name), context_));
    }

    void include(const Tree& list) {
        if (!list.is_array()) return one_include(list);
        for (const Tree& one : list.items) one_include(one);
    }

    void one_include(const Tree& one) {
        if (!context_.room()) return;
        if (one.is_text()) return file_or_url(one);
        for (const std::string_view key : {"local", "remote"}) {
            if (const Tree* path = child(one, key)) file_or_url(*path);
        }
        if (const Tree* remote = child(one, "remote")) add_integrity(*remote, child(one, "integrity"));
        if (const Tree* project = child(one, "project")) another_project(*project, child(one, "ref"));
        if (const Tree* component = child(one, "component")) a_component(*component);
        // `template` is a part of the GitLab that runs it.
    }

    void file_or_url(const Tree& node) {
        const auto text = interpolate(node.text, variables_);
        if (!node.is_text() || !text) {
            fail("a file whose name is computed: " + escape_terminal(node.text, 100), node.line);
        } else if (text->find("://") != std::string::npos) {
            note(record_url(*text, at(node), context_));
        } else {
            const std::string_view path = std::string_view(*text).substr(text->starts_with('/') ? 1 : 0);
            context_.evidence.includes.push_back({at(node), std::string(path), false});
        }
    }

    void add_integrity(const Tree& remote, const Tree* value) {
        auto& known = context_.evidence.requirements;
        if (value == nullptr || known.empty() || known.back().source != Requirement::Source::url || known.back().where != at(remote)) return;
        if (auto hash = hash_of(value->text)) {
            known.back().integrity.push_back(std::move(*hash));
            known.back().pinned = true;
        } else {
            fail("`integrity` that is no hash", value->line);
        }
    }

    /// Of the same GitLab.
    void another_project(const Tree& project, const Tree* ref) {
        const auto path = interpolate(project.text, variables_);
        const auto revision = ref == nullptr ? std::optional(std::string()) : interpolate(ref->text, variables_);
        if (!path || !revision) return note(record_unknown("pkg:gitlab", project.text, at(project), context_));
        note(record_repository(*path, {}, *revision, at(project), context_, "gitlab"));
    }

    /// host/group/project/name@version
    void a_component(const Tree& component) {
        const auto text = interpolate(component.text, variables_);
        note(text ? record_git("git+https://" + *text, at(component), context_) : record_unknown("pkg:gitlab", component.text, at(component), context_));
    }

    Variables variables_;
};

}  // namespace

bool matches_gitlab_ci(std::string_view file_name) { return file_name.ends_with(".gitlab-ci.yml") || file_name.ends_with(".gitlab-ci.yaml"); }

bool parse_gitlab_ci(ByteView bytes, IntakeContext& context) {
    // A file with inputs has a header of its own in front.
    const auto documents = codec::parse_yaml_trees(bytes, 2, deployment_limits());
    if (!documents) return malformed(context, ".gitlab-ci.yml", documents.error().message);
    context.format(".gitlab-ci.yml");
    bool understood = true;
    for (const codec::Tree& root : *documents) understood = Reader(context).read(root) && understood;
    return understood;
}

}  // namespace headgate::intake
