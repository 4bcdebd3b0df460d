// .gitlab-ci.yml: images of jobs, services, and what `include` and `trigger` bring in.
#include <set>
#include <utility>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/deployment_reader.hpp"
#include "intake/gitlab_scope.hpp"

namespace headgate::intake {
namespace {

constexpr std::size_t kMostLooks = 1'000'000;   // at images of jobs

using gitlab::Scope;
using gitlab::Scopes;

class Reader : public DeploymentReader {
  public:
    Reader(IntakeContext& context, const Tree& root) : DeploymentReader(context), root_(root), scopes_(root) {}

    bool read() {
        if (!root_.is_table()) return fail("the document is no mapping", root_.line);
        enter(nullptr);
        images_of(root_);
        for (const Tree::Entry& entry : root_.entries) {
            if (entry.value.is_table() && entry.key != "variables" && entry.key != "include") job(entry.value);
        }
        enter(nullptr);
        if (const Tree* list = child(root_, "include")) include(*list);
        return done();
    }

  private:
    /// What is read from here on has the variables of this job.
    void enter(const Tree* job) { here_ = scopes_.of(job); }

    /// Every text that a text may come to; nullopt stands for one that only the pipeline knows. Never empty.
    std::vector<std::optional<std::string>> values(std::string_view text) {
        if (text.find('$') == std::string_view::npos) return {std::string(text)};
        auto all = here_ ? scopes_.values(text, *here_) : std::nullopt;
        if (!all || all->empty()) return {std::nullopt};
        return std::move(*all);
    }

    /// The images that a job has of its own, of what it extends, or by default: each with the variables of this job.
    void job(const Tree& one) {
        if (!context_.room()) return;
        enter(&one);
        bool complete = true;
        const auto chain = scopes_.chain(one, complete);
        if (!complete) fail("a job that extends more jobs than can be followed", one.line);
        for (const std::string_view key : {"image", "services"}) {
            const Tree* found = nullptr;
            for (const Tree* each : chain) {
                if (found == nullptr) found = child(*each, key);
            }
            const Tree* standard = child(root_, "default");
            if (found == nullptr && standard != nullptr) found = child(*standard, key);
            if (found == nullptr) found = child(root_, key);
            if (found != nullptr) images(key, *found);
        }
        if (const Tree* downstream = child(one, "trigger")) trigger(*downstream);
    }

    void images_of(const Tree& one) {
        for (const std::string_view key : {"image", "services"}) {
            if (const Tree* found = child(one, key)) images(key, *found);
        }
    }

    void images(std::string_view key, const Tree& node) {
        const Tree* target = scopes_.resolved(&node);
        if (target == nullptr) return;
        // Jobs may share lists of any length.
        if (looks_ > kMostLooks) return;
        looks_ += 1 + target->items.size();
        if (looks_ > kMostLooks) fail("more jobs and services than can be followed", node.line);
        if (key == "image") return image(*target);
        each_child(target, [this](std::string_view, const Tree& service) {
            const Tree* one = scopes_.resolved(&service);
            if (one == nullptr) return;
            if (!one->is_array()) return image(*one);
            each_child(one, [this](std::string_view, const Tree& inner) { image(inner); });   // a reference to a list
        });
    }

    /// "name", or a mapping that has it; a reference to nothing in this file is one to another, where it is read.
    void image(const Tree& node) {
        const Tree* name = node.is_table() ? child(node, "name") : &node;
        name = scopes_.resolved(name);
        if (name == nullptr) return;
        if (!name->is_text() || trim(name->text).empty()) {
            if (seen_.insert({name, std::nullopt}).second) fail("an image that is no text", name->line);
            return;
        }
        for (const auto& text : values(trim(name->text))) {
            if (!seen_.insert({name, text}).second) continue;      // other jobs run the same
            note(text ? record_image(*text, at(*name), "`image`", context_) : record_unknown("oci", name->text, at(*name), context_));
        }
    }

    /// A pipeline that a job starts: files as `include` has them, or that of another project. One that a job has written (`artifact`)
    /// is not there yet.
    void trigger(const Tree& node) {
        if (node.is_text()) return another_project(node, nullptr);
        if (const Tree* list = child(node, "include")) include(*list);
        if (const Tree* project = child(node, "project")) another_project(*project, child(node, "branch"));
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
        if (!node.is_text()) {
            fail("a file whose name is no text", node.line);
            return;
        }
        for (const auto& text : values(node.text)) {
            if (!text) {
                fail("a file whose name is computed: " + escape_terminal(node.text, 100), node.line);
            } else if (text->find("://") != std::string::npos) {
                note(record_url(*text, at(node), context_));
            } else if (text->find('*') != std::string::npos) {
                fail("`include` of every file that " + escape_terminal(*text, 100) + " matches: a pattern is not followed here, so name each file", node.line);
            } else if (context_.room()) {
                const std::string_view path = std::string_view(*text).substr(text->starts_with('/') ? 1 : 0);
                context_.evidence.includes.push_back({at(node), std::string(path), false});
            }
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
        const auto revisions = ref == nullptr ? std::vector<std::optional<std::string>>{std::string()} : values(ref->text);
        for (const auto& path : values(project.text)) {
            for (const auto& revision : revisions) {
                const bool known = path && revision && project.is_text();
                note(known ? record_repository(*path, {}, *revision, at(project), context_, "gitlab") : record_unknown("pkg:gitlab", project.text, at(project), context_));
            }
        }
    }

    /// host/group/project/name@version
    void a_component(const Tree& component) {
        for (const auto& text : values(component.text)) {
            note(text ? record_git("git+https://" + *text, at(component), context_) : record_unknown("pkg:gitlab", component.text, at(component), context_));
        }
    }

    const Tree& root_;
    Scopes scopes_;
    std::optional<std::vector<Scope>> here_;
    std::size_t looks_ = 0;
    std::set<std::pair<const Tree*, std::optional<std::string>>> seen_;
};

}  // namespace

bool matches_gitlab_ci(std::string_view file_name) { return file_name.ends_with(".gitlab-ci.yml") || file_name.ends_with(".gitlab-ci.yaml"); }

bool parse_gitlab_ci(ByteView bytes, IntakeContext& context) {
    // A file with inputs has a header of its own in front.
    const auto documents = codec::parse_yaml_trees(bytes, 2, deployment_limits());
    if (!documents) return malformed(context, ".gitlab-ci.yml", documents.error().message);
    context.format(".gitlab-ci.yml");
    bool understood = true;
    for (const codec::Tree& root : *documents) understood = Reader(context, root).read() && understood;
    return understood;
}

}  // namespace headgate::intake
