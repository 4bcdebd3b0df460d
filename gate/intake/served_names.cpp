#include "intake/served_names.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/tree.hpp"
#include "intake/served.hpp"

namespace headgate::intake::served {
namespace {

using servers::Form;

/// Something is put in its place: "$X", "{{ x }}", "{x}" of a notebook. No name has such characters.
bool is_unknown(std::string_view value) { return value.find_first_of("${") != std::string_view::npos; }

bool has_scheme(std::string_view value) { return value.find("://") != std::string_view::npos; }

std::string_view without_quantisation(std::string_view value) {
    return has_scheme(value) || is_local_path(value) ? value : value.substr(0, value.find(':'));
}

/// Of "org/name/folder/file".
std::string_view repository_of(std::string_view path) {
    const std::size_t slash = path.find('/');
    return slash == std::string_view::npos ? path : path.substr(0, path.find('/', slash + 1));
}

std::string_view text_at(const codec::Tree& in, std::string_view key) {
    const codec::Tree* found = in.find(key);
    return found != nullptr && found->is_text() ? std::string_view(found->text) : std::string_view{};
}

/// What takes the place of a draft model in vLLM, and is none.
bool is_method(std::string_view name) {
    return name == "ngram" || name == "[ngram]" || name == "ngram_gpu" || name == "suffix" || name.ends_with("mtp");
}

}  // namespace

bool NameRecorder::record(const servers::Arguments& read, const servers::Server& server) {
    bool understood = true;
    scope_ = read.scope == servers::Arguments::Scope::yes;
    if (read.scope == servers::Arguments::Scope::unknown && !read.names.empty()) {
        understood = not_understood_at(context_, "whether names are those of ModelScope, a variable says that nobody knows here", where_);
    }
    if (read.kind == "space" || read.kind == "spaces") return not_understood_at(context_, "a Space of a hub", where_) && understood;
    const bool data = read.kind == "dataset" || read.kind == "datasets";
    for (servers::Named named : read.names) {
        if (data && named.form == Form::hub) named.form = Form::dataset;
        if (data && named.form == Form::scope) named.form = Form::scope_dataset;
        // As settings are read: such a name of data alone is more often one of the program's own.
        if (named.inferred && named.form == Form::dataset && !is_unknown(named.value) && named.value.find('/') == std::string::npos) continue;
        const std::size_t before = context_.evidence.requirements.size();
        understood = one(named, server) && understood;
        for (std::size_t i = before; named.inferred && i < context_.evidence.requirements.size(); ++i) context_.evidence.requirements[i].inferred = true;
    }
    if (read.names.empty() && !read.file.empty() && !server.weak) understood = record_not_known("what " + read.file + " names") && understood;
    scope_ = false;
    return understood;
}

bool NameRecorder::record_uri_of_hub(const std::string& uri) { return place(uri); }

bool NameRecorder::record_not_known(std::string_view written) {
    if (seen("?", written, {})) return true;
    return record_unknown("hf", written, where_, context_);
}

bool NameRecorder::one(const servers::Named& named, const servers::Server& server) {
    const std::string_view value = named.value;
    switch (named.form) {
        case Form::hub: return hub("hf", value, named.revision);
        case Form::dataset: return hub("hf-dataset", value, named.revision);
        case Form::quantised: return hub("hf", without_quantisation(value), named.revision);
        case Form::hub_file: return is_local_path(value) ? true : hub("hf", has_scheme(value) ? value : repository_of(value), named.revision);
        case Form::url:
        case Form::place: return place(value);
        case Form::adapters: return adapter(value);
        case Form::adapter_list: return parts(value, ',', true, {});
        case Form::list: return parts(value, ';', false, named.revision);
        case Form::json: return json(value, named.revision);
        case Form::settings: return settings(value);
        case Form::ollama: return ollama(value, server.host);
        case Form::preset: return record_not_known(value);
        case Form::archives: return place(value.substr(value.find('=') + 1));
        case Form::scope:
        case Form::scope_dataset: {
            const bool before = scope_;
            scope_ = true;
            const bool done = hub(named.form == Form::scope ? "hf" : "hf-dataset", value, named.revision);
            scope_ = before;
            return done;
        }
        case Form::mlflow: {
            const bool registry = value.starts_with("models:/") || value.starts_with("runs:/") || value.starts_with("mlflow-artifacts:/");
            return registry ? record_not_known(value) : place(value);
        }
        case Form::docker:
        case Form::runner: {
            if (has_scheme(value)) return place(value);
            if (value.empty() || seen("oci", value, {})) return true;
            if (is_unknown(value)) return record_unknown("oci", value, where_, context_);
            const bool bare = named.form == Form::docker && value.find('/') == std::string_view::npos;
            return record_runner_model(bare ? server.host + std::string(value) : std::string(value), where_, context_);
        }
    }
    return true;
}

/// A name with its revision, "name@revision", a URI, a path.
bool NameRecorder::hub(std::string_view scheme, std::string_view id, std::string_view revision) {
    if (has_scheme(id)) return place(id);
    if (id.empty() || seen(scheme, id, revision)) return true;
    if (is_unknown(id)) return record_unknown(scheme, id, where_, context_);
    const std::size_t at = id.find('@');
    if (at != std::string_view::npos && at > 0 && !is_local_path(id)) {
        revision = id.substr(at + 1);
        id = id.substr(0, at);
    }
    if (!scope_) return record_hub(scheme, id, revision, where_, context_);
    if (is_local_path(id)) return true;
    std::string uri = "modelscope://" + std::string(scheme == "hf-dataset" ? "datasets/" : "") + std::string(id);
    if (!revision.empty() && !is_unknown(revision)) uri += ":" + std::string(revision);
    return record_uri(uri, where_, "a server", context_);
}

bool NameRecorder::place(std::string_view uri) {
    if (seen("uri", uri, {})) return true;
    if (is_unknown(uri)) return record_unknown("hf", uri, where_, context_);
    return record_uri(uri, where_, "a server", context_);
}

/// name=org/name, {"name": ..., "path": ...}, a list of these, org/name. No server takes a revision for one but in the name.
bool NameRecorder::adapter(std::string_view word) {
    const std::string_view text = trim(word);
    if (!text.starts_with('{') && !text.starts_with('[')) return hub("hf", text.substr(text.find('=') + 1), {});
    const auto tree = codec::parse_json_tree(as_bytes(text));
    if (!tree) return record_not_known(text);
    bool understood = true;
    const auto object = [&](const codec::Tree& one) {
        for (const std::string_view key : {"path", "lora_path", "local_path"}) {
            if (const std::string_view path = text_at(one, key); !path.empty()) understood = hub("hf", path, {}) && understood;
        }
        if (one.is_text()) understood = hub("hf", std::string_view(one.text).substr(one.text.find('=') + 1), {}) && understood;
    };
    object(*tree);
    for (const codec::Tree& one : tree->items) object(one);
    return understood;
}

/// {"model": "org/name", "revision": ..., "method": ...}
bool NameRecorder::json(std::string_view text, std::string_view revision) {
    const auto tree = codec::parse_json_tree(as_bytes(text));
    if (!tree || !tree->is_table()) return record_not_known(text);    // a computed one among them
    const std::string_view model = text_at(*tree, "model");
    const std::string_view own = text_at(*tree, "revision");
    const std::string_view pin = own.empty() ? revision : own;
    if (model.empty() || is_method(model)) return true;
    const std::string_view name = without_quantisation(model);
    const bool understood = hub("hf", name, pin);
    const std::string_view code = text_at(*tree, "code_revision");
    return (code.empty() || code == pin || hub("hf", name, code)) && understood;
}

/// pretrained=org/name,revision=x,tokenizer=org/name,peft=org/name,trust_remote_code=True
bool NameRecorder::settings(std::string_view text) {
    std::string_view revision;
    for (const std::string_view part : split(text, ',')) {
        const std::string_view one = trim(part);
        if (one.starts_with("revision=")) revision = one.substr(9);
    }
    bool understood = true;
    for (const std::string_view part : split(text, ',')) {
        const std::string_view one = trim(part);
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view key = one.substr(0, equals);
        const std::string_view value = one.substr(equals + 1);
        if (key == "pretrained" || key == "path") understood = hub("hf", value, revision) && understood;
        if (key == "tokenizer" || key == "peft" || key == "delta") understood = hub("hf", value, {}) && understood;
        if (key == "trust_remote_code" && !servers::is_plainly_false(value)) add_remote_code(one, where_, context_);
    }
    return understood;
}

/// "name:tag" of its own registry, "hf.co/org/name:Q4", "host/name".
bool NameRecorder::ollama(std::string_view name, const std::string& host) {
    if (name.empty() || seen("oci", name, {})) return true;
    if (is_unknown(name)) return record_unknown("oci", name, where_, context_);
    if (has_scheme(name)) name = name.substr(name.find("://") + 3);
    const std::size_t slash = name.find('/');
    const std::string first = ascii_lower(name.substr(0, slash == std::string_view::npos ? 0 : slash));
    if (first == "hf.co" || first.starts_with("huggingface.")) {
        const std::string id(without_quantisation(name.substr(slash + 1)));
        return hub("hf", id, {});
    }
    const bool own = first.find('.') == std::string::npos && first.find(':') == std::string::npos && first != "localhost";
    const std::string image = !own ? std::string(name) : host + (slash == std::string_view::npos ? "/library/" : "/") + std::string(name);
    return record_image(image, where_, "ollama", context_);
}

bool NameRecorder::parts(std::string_view text, char separator, bool of_adapters, std::string_view revision) {
    if (text.find_first_of("{[") == 0) return adapter(text);
    bool understood = true;
    for (const std::string_view part : split(text, separator)) {
        const std::string_view one = trim(part);
        if (!one.empty()) understood = (of_adapters ? adapter(one) : hub("hf", one, revision)) && understood;
    }
    return understood;
}

bool NameRecorder::seen(std::string_view form, std::string_view value, std::string_view revision) {
    std::string key(form);
    key.append(scope_ ? " s " : " - ").append(value).append(" ").append(revision);
    return !seen_.insert(std::move(key)).second;
}

}  // namespace headgate::intake::served
