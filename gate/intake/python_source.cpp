#include "intake/python_source.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/python_loaders.hpp"
#include "intake/python_module.hpp"
#include "intake/python_remote_code.hpp"
#include "intake/served.hpp"

namespace headgate::intake {
namespace python {
namespace {

using Kind = Token::Kind;
using Names = Loader::Names;

constexpr std::string_view kHubUri = "hf://";
constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kLongestSum = 200;         // tokens of an expression that begins with a URI of the hub

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }

bool holds(std::string_view list, std::string_view word) {
    for (const std::string_view one : split(list, ' ')) {
        if (!one.empty() && one == word) return true;
    }
    return false;
}

bool is_url(std::string_view text) { return text.starts_with("https://") || text.starts_with("http://"); }

/// A variable of this name holds a name rather than a model: "model_id", "args.model".
bool looks_like_name(std::string_view written) {
    const std::string lower = ascii_lower(written);
    for (const std::string_view part : {"name", "id", "path", "repo", "ckpt", "checkpoint", "uri", "url", "\"", "getenv", "environ"}) {
        if (lower.find(part) != std::string::npos) return true;
    }
    const std::string_view head = std::string_view(lower).substr(0, lower.find_first_of(".["));
    return head.size() < lower.size() && is_one_of(head, {"args", "arg", "opt", "opts", "options", "cfg", "config", "conf", "hparams", "params", "settings", "flags"});
}

/// The arguments of one call.
struct Call {
    std::string callee;                  // "a.b.from_pretrained"
    std::size_t name = 0;                // token of its last part
    std::vector<Range> positional;
    std::vector<std::pair<std::string_view, Range>> keywords;
    bool starred = false;                // more of them come from elsewhere

    Range keyword(std::string_view name_or_names) const {
        for (const auto& [word, value] : keywords) {
            if (holds(name_or_names, word)) return value;
        }
        return {};
    }
};

class Reader {
  public:
    Reader(const Tokens& tokens, const Locate& locate, IntakeContext& context)
        : tokens_(tokens), locate_(locate), context_(context), module_(tokens), opaques_(context.evidence.opaques.size()),
          hub_(module_.imports_any_root(is_hub_library)) {}

    bool read() {
        for (std::size_t at = 0; at < tokens_.size() && context_.room(); ++at) {
            if (tokens_.is_op(at, "(") && at > 0 && callee_of(at) != kNone) call(at);
            if (tokens_.is_name(at) && !is_import(at)) as_value(at);
            if (tokens_.is_name(at, "HF_ENDPOINT") && at > 0 && (tokens_.is_op(at - 1, "(") || tokens_.is_op(at - 1, ","))) endpoint(at);
            if (tokens_[at].kind == Kind::text || tokens_[at].kind == Kind::f_begin) text(at);
        }
        find_remote_code(module_, locate_, context_);
        return understood_ && context_.evidence.opaques.size() == opaques_;
    }

  private:
    Location at(std::size_t token) const { return locate_(tokens_[token].line); }

    /// Once for each thing that is named.
    template <typename Record>
    void once(const Record& record) {
        auto& all = context_.evidence.requirements;
        const std::size_t known = all.size();
        understood_ = record() && understood_;
        for (std::size_t i = known; i < all.size();) {
            const std::string key = all[i].dynamic ? all[i].reference.canonical + "\n" + std::to_string(all[i].where.line.value_or(0)) : all[i].reference.canonical;
            if (seen_.insert(key).second) {
                ++i;
            } else {
                all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
            }
        }
    }
    void unknown(std::string_view scheme, Range expression, std::size_t token) {
        once([&] { return record_unknown(scheme, module_.shown(expression), at(token), context_); });
    }

    /// The last name of what is called, which may stand in parentheses; kNone: it is no name.
    std::size_t callee_of(std::size_t open) const {
        std::size_t last = open - 1;
        std::size_t begin = last;
        while (last > 0 && tokens_.is_op(last, ")") && tokens_[last].partner < last) begin = tokens_[last--].partner;
        if (!tokens_.is_name(last) || last == open - 1) return tokens_.is_name(last) ? last : kNone;
        std::size_t first = 0;
        module_.chain_to(last, &first);
        return first == begin + 1 ? last : kNone;
    }

    /// A statement that begins with `import` or `from` says where names come from, and uses none.
    bool is_import(std::size_t at) {
        if (at < import_end_) return true;
        const bool begins = at == 0 || tokens_.is_line_end(at - 1) || tokens_.is_op(at - 1, ";") || tokens_.is_op(at - 1, ":");
        if (begins && (tokens_.is_name(at, "import") || tokens_.is_name(at, "from"))) {
            for (import_end_ = at; !tokens_.is_line_end(import_end_) && !tokens_.is_op(import_end_, ";");) ++import_end_;
        }
        return at < import_end_;
    }

    /// A loader that is not called here but handed on (`load = AutoModel.from_pretrained`, `map(load_dataset, names)`): what it will be
    /// given, nobody sees.
    void as_value(std::size_t last) {
        const std::string_view word = tokens_[last].written;
        const bool called = tokens_.is_op(last + 1, "(") || (tokens_.is_op(last + 1, ")") && closes_callee(last));
        if (called || tokens_.is_op(last + 1, "=") || tokens_.is_name(last + 1, "as")) return;
        if (tokens_.is_op(last + 1, ".") && !tokens_.is_name(last + 2, "__call__")) return;
        const bool part = last > 0 && tokens_.is_op(last - 1, ".");
        if (module_.is_parameter(last) || (!part && !module_.is_imported(word))) return;
        std::size_t first = 0;
        const std::string callee = module_.chain_to(last, &first);
        const bool alone = (first == 0 || tokens_.is_line_end(first - 1)) && tokens_.is_line_end(last + 1);
        if (alone || (first > 0 && (tokens_.is_name(first - 1, "def") || tokens_.is_name(first - 1, "class") || tokens_.is_name(first - 1, "as")))) return;
        const std::vector<std::string> functions = functions_of(callee);
        for (const Loader& loader : loaders()) {
            if (std::find(functions.begin(), functions.end(), loader.function) == functions.end() || !fits(loader, callee)) continue;
            if (loader.names == Names::file || (of_any_library(loader) && !hub_) || (part ? false : module_.is_object(word))) return;
            // A class is handed on as a type far more often than to be called: `isinstance(x, SentenceTransformer)`.
            if (loader.function[0] >= 'A' && loader.function[0] <= 'Z' && !is_kept(first, last)) return;
            once([&] { return record_unknown(scheme_of(loader), callee, at(last), context_); });
            return;
        }
    }
    bool is_kept(std::size_t first, std::size_t last) const { return first > 0 && tokens_.is_op(first - 1, "=") && tokens_.is_line_end(last + 1); }
    /// `(AutoModel.from_pretrained)("a/b")`
    bool closes_callee(std::size_t last) const {
        std::size_t open = last + 1;
        while (tokens_.is_op(open, ")")) ++open;
        return tokens_.is_op(open, "(") && callee_of(open) == last;
    }

    static std::string_view scheme_of(const Loader& loader) {
        return loader.names == Names::dataset ? "hf-dataset" : loader.names == Names::repository ? "pkg:github" : "hf";
    }
    /// Libraries that know no hub have methods of that name too.
    static bool of_any_library(const Loader& loader) { return is_one_of(loader.function, {"from_pretrained", "load_adapter"}); }

    /// HfApi(endpoint="https://..."): the same as HF_ENDPOINT, for what this one fetches.
    void endpoint_of(const std::string& callee, std::size_t open) {
        const std::vector<std::string> functions = functions_of(callee);
        const std::vector<std::string> names = module_.full_names(callee);
        const bool client = std::any_of(functions.begin(), functions.end(), [](std::string_view function) { return is_one_of(function, {"HfApi", "HfFileSystem"}); });
        const bool hub = std::any_of(names.begin(), names.end(), [](std::string_view name) { return name.starts_with("huggingface_hub."); });
        const bool fetches = std::any_of(functions.begin(), functions.end(), [](std::string_view function) { return is_one_of(function, {"hf_hub_download", "snapshot_download", "hf_hub_url"}); });
        if (!client && !hub && !fetches) return;
        const std::vector<Range> arguments = module_.parts(open);
        for (const Range part : arguments) {
            const bool keyword = tokens_.is_name(part.begin, "endpoint") && tokens_.is_op(part.begin + 1, "=");
            const bool first = client && part.begin == arguments.front().begin && !tokens_.is_op(part.begin + 1, "=");
            if (!keyword && !first) continue;
            for (const std::string& url : module_.evaluate({part.begin + (keyword ? 2U : 0U), part.end}).constants) {
                if (is_url(url)) add_hub_endpoint(url, at(part.begin), context_);
            }
        }
    }

    void call(std::size_t open) {
        std::size_t first = 0;
        Call one;
        one.name = callee_of(open);
        one.callee = module_.chain_to(one.name, &first);
        if (is_one_of(tokens_[one.name].written, {"getattr", "attrgetter", "methodcaller"})) by_name(open);
        endpoint_of(one.callee, open);
        if (first > 0 && (tokens_.is_name(first - 1, "def") || tokens_.is_name(first - 1, "class"))) return;
        const std::vector<std::string> functions = functions_of(one.callee);
        for (const Loader& loader : loaders()) {
            if (std::find(functions.begin(), functions.end(), loader.function) == functions.end() || !fits(loader, one.callee)) continue;
            for (const Range part : module_.parts(open)) {
                if (tokens_.is_op(part.begin, "*") || tokens_.is_op(part.begin, "**")) {
                    one.starred = true;
                } else if (tokens_.is_name(part.begin) && tokens_.is_op(part.begin + 1, "=")) {
                    one.keywords.emplace_back(tokens_[part.begin].written, Range{part.begin + 2, part.end});
                } else {
                    one.positional.push_back(part);
                }
            }
            return load(loader, one);
        }
    }

    /// getattr(AutoModel, "from_pretrained"), getattr(torch.hub, "load"), methodcaller("load", ...): a loader that is handed on.
    void by_name(std::size_t open) {
        const std::vector<Range> parts = module_.parts(open);
        const bool of_object = tokens_.is_name(open - 1, "getattr");
        std::string object;                  // whose attribute it is
        if (of_object && !parts.empty() && tokens_.is_name(parts.front().end - 1)) object = module_.chain_to(parts.front().end - 1) + ".";
        for (const Range part : parts) {
            for (const std::string& name : module_.evaluate(part).constants) {
                const std::string last = name.substr(name.rfind('.') + 1);
                for (const Loader& one : loaders()) {
                    if (one.names == Names::file || one.function != last) continue;
                    const bool any = one.modules.empty() ? hub_ : of_object ? fits(one, object + name) : imports_root_of(one);
                    if (any) unknown(scheme_of(one), part, part.begin);
                }
            }
        }
    }
    /// Whoever calls a method by its name alone has the module as an object: "torch" of "torch.hub".
    bool imports_root_of(const Loader& loader) const {
        for (const std::string_view module : split(loader.modules, ' ')) {
            if (module_.imports_root(module.substr(0, module.find('.')))) return true;
        }
        return false;
    }

    /// The last part of it, or of what was imported under another name.
    std::vector<std::string> functions_of(const std::string& callee) const {
        std::vector<std::string> functions;
        if (callee.find('.') == std::string::npos) {
            for (const std::string& full : module_.full_names(callee)) functions.push_back(full.substr(full.rfind('.') + 1));
        }
        if (functions.empty()) functions.push_back(callee.substr(callee.rfind('.') + 1));
        return functions;
    }

    bool fits(const Loader& loader, const std::string& callee) const {
        const std::size_t dot = callee.rfind('.');
        if (!loader.owner.empty()) {
            const std::string receiver = dot == std::string::npos ? std::string() : callee.substr(0, dot);
            if (!std::string_view(receiver).substr(receiver.rfind('.') + 1).starts_with(loader.owner)) return false;
        }
        if (loader.modules.empty()) return true;
        const std::string_view head = std::string_view(callee).substr(0, callee.find('.'));
        const std::vector<std::string> names = module_.full_names(callee);
        const bool unbound = names.empty() && !module_.is_bound(head);
        // Without an import, and without anything else of that name: the rest of the source is elsewhere (a notebook, a star import).
        const bool telling = !is_one_of(loader.function, {"load", "list", "help", "load_model", "pipeline", "LLM", "Engine"});
        for (const std::string_view module : split(loader.modules, ' ')) {
            const std::string prefix = std::string(module) + ".";
            if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return name.starts_with(prefix); })) return true;
            if (unbound && callee.starts_with(prefix)) return true;
            // import_module("torch").hub.load
            if (head == "?" && module.find('.') != std::string_view::npos && callee.starts_with("?" + prefix.substr(module.find('.')))) return true;
            if (unbound && dot == std::string::npos && (telling || module_.imports_all_of(module))) return true;
        }
        return false;
    }

    /// super().f(x), cls.f(x): a method that hands on what it was given is read where it is called.
    bool hands_on(const Call& one) const {
        if (one.callee.starts_with("self.") || one.callee.starts_with("cls.")) return true;
        const std::size_t close = one.name - std::min<std::size_t>(one.name, 2);
        if (!one.callee.starts_with("?.") || !tokens_.is_op(close, ")")) return false;
        const std::size_t open = tokens_[close].partner;
        return open > 0 && tokens_.is_name(open - 1, "super");
    }

    bool of_modelscope(const Call& one) const {
        const std::vector<std::string> names = module_.full_names(one.callee);
        return std::any_of(names.begin(), names.end(), [](const std::string& name) { return name.starts_with("modelscope."); });
    }

    void load(const Loader& loader, const Call& one) {
        Range id = one.keyword(loader.keywords);
        const bool positional = id.empty() && loader.position >= 0 && static_cast<std::size_t>(loader.position) < one.positional.size();
        if (positional) id = one.positional[static_cast<std::size_t>(loader.position)];
        const std::string_view scheme = scheme_of(loader);
        if (id.empty()) {
            if (one.starred && !hands_on(one) && (hub_ || !of_any_library(loader))) {
                once([&] { return record_unknown(scheme, one.callee + "(**...)", at(one.name), context_); });
            }
        } else if (loader.names == Names::dataset) {
            dataset(one, id);
        } else {
            const Values values = module_.evaluate(id);
            for (const std::string& constant : values.constants) named(loader, one, constant, id.begin);
            const bool local = module_.truth(one.keyword("local_files_only")) == Truth::yes;      // nothing is fetched by that name
            const bool hidden = values.computed && !local && !hands_on(one) && (hub_ || !of_any_library(loader));
            if (hidden && (!loader.or_object || looks_like_name(module_.shown(id)))) unknown(scheme, id, id.begin);
        }
        for (const auto& [word, value] : one.keywords) {
            if (!holds(loader.also, word)) continue;
            const Values values = module_.evaluate_all(value);
            for (const std::string& constant : values.constants) {
                // A name alone is a pipeline of diffusers' community, which comes with its source.
                if (word == "custom_pipeline" && constant.find('/') == std::string::npos) {
                    if (!is_local_path(constant)) repository(one, "huggingface/diffusers", value.begin);
                } else {
                    named({{}, {}, Names::model, 0, {}}, one, constant, value.begin);
                }
            }
            if (values.computed && looks_like_name(module_.shown(value))) unknown("hf", value, value.begin);
        }
    }

    /// The one constant that a keyword is; "" for any other.
    std::string constant_of(const Call& one, std::string_view keyword) const {
        const Values values = module_.evaluate(one.keyword(keyword));
        return values.constants.size() == 1 && !values.computed ? values.constants.front() : std::string();
    }

    void named(const Loader& loader, const Call& one, const std::string& id, std::size_t token) {
        if (id.find("://") != std::string::npos) {
            if (!id.starts_with(kHubUri)) once([&] { return record_uri(id, at(token), loader.function, context_); });
            return;                              // URIs of a hub are found wherever they stand
        }
        const std::string revision = constant_of(one, "revision");
        switch (loader.names) {
            case Names::file: return;            // on disk
            case Names::repository: return repository(one, id, token);
            case Names::whisper_model: {
                const std::string_view known = whisper_repository(id);
                if (known.empty() && id.find('/') == std::string::npos) return;   // a file
                return hub("hf", known.empty() ? id : std::string(known), revision, token);
            }
            case Names::sentence_model: {
                const bool own = id.find('/') == std::string::npos && !is_local_path(id) && !is_plain_transformer(ascii_lower(id));
                return hub("hf", own ? "sentence-transformers/" + id : id, revision, token);
            }
            case Names::dataset:
            case Names::model: break;
        }
        if (of_modelscope(one)) {
            if (!is_local_path(id)) once([&] { return record_uri("modelscope://" + id + (revision.empty() ? "" : ":" + revision), at(token), "modelscope", context_); });
            return;
        }
        const std::string type = constant_of(one, "repo_type");
        if (type == "space") {
            once([&] { return not_understood_at(context_, "a Space of a hub: " + escape_terminal(id, 100), at(token)); });
        } else if (hub_ || !of_any_library(loader) || id.find('/') != std::string::npos) {
            // Other libraries have a from_pretrained too; without an organisation it is no name of a hub there.
            hub(type == "dataset" ? "hf-dataset" : "hf", id, revision, token);
        }
    }

    void hub(std::string_view scheme, const std::string& id, std::string revision, std::size_t token) {
        const std::size_t mark = id.find('@');   // pyannote's way
        if (mark != std::string::npos && revision.empty()) revision = id.substr(mark + 1);
        once([&] { return record_hub(scheme, id.substr(0, mark), revision, at(token), context_); });
    }

    /// owner/repository[:revision] of torch.hub, whose code is run.
    void repository(const Call& one, const std::string& id, std::size_t token) {
        const bool local = is_local_path(id) || constant_of(one, "source") == "local" || std::count(id.begin(), id.end(), '/') != 1;
        if (local) return;
        const std::size_t colon = id.find(':');
        const std::string revision = colon == std::string::npos ? std::string() : id.substr(colon + 1);
        once([&] { return record_repository(std::string_view(id).substr(0, colon), {}, revision, at(token), context_); });
    }

    void dataset(const Call& one, Range id) {
        const Values values = module_.evaluate(id);
        bool format = false;
        for (const std::string& constant : values.constants) {
            if (is_dataset_builder(constant)) {
                format = true;
            } else if (is_url(constant)) {
                once([&] { return record_url(constant, at(id.begin), context_); });
            } else if (!constant.starts_with(kHubUri) && !constant.ends_with(".py")) {
                hub("hf-dataset", constant, constant_of(one, "revision"), id.begin);
            }
        }
        if (values.computed && !hands_on(one)) unknown("hf-dataset", id, id.begin);
        for (const std::string_view keyword : {"data_files", "data_dir"}) {
            const Range files = one.keyword(keyword);
            if (files.empty()) continue;
            const Values named = module_.evaluate_all(files);
            for (const std::string& file : named.constants) {
                if (is_url(file)) once([&] { return record_url(file, at(files.begin), context_); });
                if (!is_url(file) && file.find("://") != std::string::npos && !file.starts_with(kHubUri)) once([&] { return record_uri(file, at(files.begin), keyword, context_); });
            }
            // Of a dataset of the hub they are files of it.
            if (named.computed && format) unknown("hf-dataset", files, files.begin);
        }
    }

    /// Where the expression that begins at a text ends; kNone: it is longer than anybody writes one.
    std::size_t end_of(std::size_t begin) const {
        std::size_t end = begin;
        for (std::size_t seen = 0; !tokens_.is_line_end(end) && tokens_[end].kind != Kind::f_end; ++seen) {
            if (seen == kLongestSum) return kNone;
            const std::string_view written = tokens_[end].written;
            if (end > begin && tokens_[end].kind == Kind::op && is_one_of(written, {",", ")", "]", "}", ":", "=", ";", "==", "!="})) break;
            if (tokens_.is_name(end) && is_one_of(written, {"if", "else", "for", "in", "and", "or", "not", "is"})) break;
            end = std::max<std::size_t>(end, tokens_[end].partner) + 1;
        }
        return end;
    }

    /// hf://... and timm's hf-hub:..., wherever they stand; in a text that is a statement of its own, nobody reads them.
    void text(std::size_t begin) {
        const bool f_string = tokens_[begin].kind == Kind::f_begin;
        const std::size_t first = f_string ? begin + 1 : begin;
        if (first >= tokens_.size() || tokens_[first].kind != Kind::text) return;
        const bool inside = begin > 0 && (tokens_[begin - 1].kind == Kind::f_begin || tokens_[begin - 1].kind == Kind::f_end || tokens_[begin - 1].kind == Kind::text || tokens_.is_op(begin - 1, "}"));
        const std::string& value = tokens_.text(first);
        if (!f_string && value == "HF_ENDPOINT") return endpoint(begin);
        const bool timm = value.starts_with("hf-hub:") || value.starts_with("hf_hub:");
        if (inside || (!timm && !value.starts_with(kHubUri))) return;
        const std::size_t end = end_of(begin);
        if (end == kNone) return unknown("hf", {begin, begin + 1}, begin);
        const bool alone = (begin == 0 || tokens_[begin - 1].kind == Kind::line_end) && tokens_.is_line_end(end);
        if (alone) return;
        const Values values = module_.evaluate({begin, end});
        for (const std::string& constant : values.constants) {
            const std::size_t prefix = timm ? 7 : kHubUri.size();
            if (constant.size() <= prefix || constant.find_first_of(" \t\n") != std::string::npos) continue;
            if (timm) {
                hub("hf", constant.substr(prefix), {}, begin);
            } else {
                once([&] { return record_hub_uri(constant, at(begin), context_); });
            }
        }
        if (values.computed && end > begin + 1) unknown("hf", {begin, end}, begin);
    }

    /// HF_ENDPOINT"] = "https://...", HF_ENDPOINT="https://...", or the argument behind it.
    void endpoint(std::size_t begin) {
        std::size_t value = begin + 1;
        if (tokens_.is_op(value, "]") && tokens_.is_op(value + 1, "=")) {
            value += 2;
        } else if (tokens_.is_op(value, ",") || tokens_.is_op(value, ":") || (tokens_.is_name(begin) && tokens_.is_op(value, "="))) {
            ++value;
        } else {
            return;
        }
        if (value >= tokens_.size()) return;
        const std::size_t end = end_of(value);
        if (end == kNone) {
            understood_ = not_understood_at(context_, "HF_ENDPOINT with a value of more parts than anybody writes", at(begin));
            return;
        }
        for (const std::string& url : module_.evaluate({value, end}).constants) add_hub_endpoint(url, at(begin), context_);
    }

    const Tokens& tokens_;
    const Locate& locate_;
    IntakeContext& context_;
    Module module_;
    std::set<std::string> seen_;
    std::size_t opaques_;
    std::size_t import_end_ = 0;         // of the import statement that was last seen
    bool hub_;                           // a library of the hub is imported
    bool understood_ = true;
};

/// PEP 263, first or second line: bytes that are not what they look like.
bool declares_foreign_encoding(std::string_view text) {
    std::size_t number = 0;
    for (const std::string_view line : split_lines(text.substr(0, 1000))) {
        if (++number > 2) return false;
        const std::size_t coding = line.find("coding");
        if (!trim(line).starts_with('#') || coding == std::string_view::npos) continue;
        const std::string_view rest = line.substr(coding + 6);
        if (!rest.starts_with(':') && !rest.starts_with('=')) continue;
        const std::string name = ascii_lower(trim(rest.substr(1)).substr(0, trim(rest.substr(1)).find_first_of(" \t;,-*")));
        const bool plain = is_one_of(name, {"utf", "utf8", "ascii", "us", "latin", "latin1", "iso", "cp1252"});
        const std::string whole = ascii_lower(trim(rest.substr(1)));
        return !plain || whole.starts_with("utf-7") || whole.starts_with("utf-16") || whole.starts_with("utf-32");
    }
    return false;
}

}  // namespace

bool read_names(const Tokens& tokens, const Locate& locate, IntakeContext& context) { return Reader(tokens, locate, context).read(); }

}  // namespace python

bool parse_python_source(ByteView bytes, IntakeContext& context) {
    constexpr std::string_view kFormat = "Python source";
    const auto text = plain_text(bytes, context, kFormat);
    if (!text) return false;
    context.format(kFormat);
    if (python::declares_foreign_encoding(*text)) return not_understood(context, "the file declares an encoding other than UTF-8", 1);
    python::Tokens tokens;
    const std::string problem = python::tokenise(*text, 1, tokens);
    if (!problem.empty()) return not_understood(context, "it is no Python that can be read: " + problem, 1);
    const bool block = !has_script_block(bytes) || read_script_block(*text, context);
    const python::Locate locate = [&](std::uint32_t line) { return context.at_line(std::max(line, 1U)); };
    return python::read_names(tokens, locate, context) && block;
}

}  // namespace headgate::intake
