#include "checkers/serialization.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"
#include "checkers/call_rules.hpp"
#include "checkers/globals.hpp"
#include "checkers/keras_names.hpp"
#include "checkers/operators.hpp"
#include "checkers/state_rules.hpp"
#include "model/layers.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 4> kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
/// What a parser can call something that is not inert by itself and that it can read whole: data first, then code.
constexpr auto kFormats = std::to_array<std::string_view>({
    "safetensors", "gguf", "onnx", "torch", "torch-legacy", "torchscript", "torchscript-code", "torchscript-debug", "npy", "npz", "pickle",
    "keras", "hdf5", "skops", "tflite", "openvino", "savedmodel", "tensorflow-graph", "coreml", "paddle",
    "mar", "wheel", "sdist", "npm-package", "crate", "html", "svg", "notebook", "python", "shell", "batch", "powershell", "javascript", "typescript", "ruby", "perl", "lua",
    "r", "julia", "php", "cuda", "rust", "go", "c", "c++", "java", "scala", "vbscript"});
constexpr std::array<SettingSpec, 4> kSettings = {{
    {"allow", SettingType::text_list, Stricter::fewer, false,
     "safetensors,gguf,onnx,torch,torch-legacy,npy,npz,pickle,keras,hdf5,skops,tflite,openvino,savedmodel,tensorflow-graph,coreml,paddle",
     "formats that may be loaded; plainly inert ones (text, JSON, images, ...) always are", kFormats},
    {"profiles", SettingType::text_list, Stricter::fewer, false, "torch-weights,python-data,keras",
     "lists of allowed globals, files in rules/globals", {}},
    {"allow-globals", SettingType::text_list, Stricter::fewer, false, "",
     "further names that pickles and Keras configurations may use, exactly: module.name", {}},
    {"allow-operators", SettingType::text_list, Stricter::fewer, false, "",
     "further operators that models may use: runtime:domain.Name, or runtime:domain.* for all of a domain (onnx:com.microsoft.*)", {}},
}};

/// Findings of one id that are listed; a megabyte can name a hundred thousand classes.
constexpr std::uint32_t kMostOfOne = 1000;
constexpr std::string_view kWhy = "Loading the file imports and calls what it names, before anybody has looked at the model.";
constexpr std::string_view kConvert = "Convert to safetensors, or load it only where running its code does no harm.";

/// Containers that are no content of their own: each of their members is judged.
constexpr std::string_view kWrappers[] = {"zip",  "tar", "7z", "gzip", "zlib", "bzip2", "xz",
                                           "lzma", "lz4", "zstd", "joblib-zfile", "oci-layout", "oci-image",
                                          "oci-modelpack", "oci-kitops", "oci-ollama", "mar",
                                          kLayer, kLayersRead, kModelLayersRead};

/// Of torch.jit._pickle: each returns its first argument.
constexpr std::string_view kTypedLists[] = {"restore_type_tag", "build_intlist", "build_doublelist", "build_boollist", "build_tensorlist"};

class Judge {
  public:
    explicit Judge(const CheckInput& input) : input_(input), keras_(input.evidence) {}

    Result<std::vector<Finding>> run() {
        findings_ = input_.evidence.findings;
        for (const Opaque& region : input_.evidence.opaques) {
            add("serialization.unscannable", Severity::high, (region.bytes == 0 ? "a part" : std::to_string(region.bytes) + " bytes") + " cannot be read: " + region.why,
                region.where, "What nobody can read, nobody can vouch for.",
                "Publish the content in a format that can be read, or unpack it.");
        }
        formats();
        if (!input_.evidence.imports.empty() || !input_.evidence.calls.empty()) {
            for (const std::string& profile : input_.settings.get<std::vector<std::string>>("profiles")) {
                TRY_VOID(allowed_.add_profile(input_.data, profile, !keras_.empty()));
            }
            if (const auto* names = input_.settings.find<std::vector<std::string>>("allow-globals")) {
                for (const std::string& name : *names) allowed_.add_name(name);
            }
            classes_of_scripts();
            TRY_VOID(allow_for_skops());
            TRY_VOID(imports());
            calls();
            for (Finding& finding : judge_states(input_.evidence)) add(std::move(finding));
            for (Finding& finding : TRY(judge_keras_names(input_.evidence, keras_, allowed_, input_.data))) {
                add(std::move(finding));
            }
        }
        static const std::vector<std::string> kNone;
        const auto* const operators = input_.settings.find<std::vector<std::string>>("allow-operators");
        TRY_VOID(check_operators(input_.evidence, operators == nullptr ? kNone : *operators, input_.data, findings_));
        say_what_is_left_out();
        return std::move(findings_);
    }

  private:
    void add(std::string id, Severity severity, std::string message, Location where, std::string_view why = kWhy,
             std::string_view fix = kConvert) {
        add({std::move(id), severity, std::move(message), std::move(where), std::string(why), std::string(fix)});
    }
    void add(Finding finding) {
        LeftOut& of = left_out_[finding.id];
        if (++of.count <= kMostOfOne) {
            findings_.push_back(std::move(finding));
        } else {
            of.severity = std::max(of.severity, finding.severity);
        }
    }

    // One more finding for each id, which a waiver covers as it covers the others (it names ids).
    void say_what_is_left_out() {
        for (const auto& [id, of] : left_out_) {
            if (of.count <= kMostOfOne) continue;
            findings_.push_back({id, of.severity, "and " + std::to_string(of.count - kMostOfOne) + " more like these, which are not listed", {},
                                 "So many names are hardly a model's.", std::string(kConvert)});
        }
    }

    void formats() {
        const auto& allow = input_.settings.get<std::vector<std::string>>("allow");
        const bool code_expected = input_.subject.kind == Kind::package || input_.subject.kind == Kind::container;
        std::unordered_map<std::string, std::string_view> containers;
        for (const FormatFact& fact : input_.evidence.formats) {
            containers.emplace(fact.where.path + "\n" + fact.where.member, fact.format);
        }
        for (const FormatFact& fact : input_.evidence.formats) {
            const bool wrapper = std::find(std::begin(kWrappers), std::end(kWrappers), fact.format) != std::end(kWrappers);
            const bool listed = std::find(allow.begin(), allow.end(), fact.format) != allow.end();
            if (fact.code) {
                if (code_expected || listed) continue;
                add("serialization.code-file", Severity::high,
                    "it brings code: " + name_of(fact.where) + " is " + fact.format, fact.where,
                    "A model or dataset is data; code in it is there to be run by whoever loads it.",
                    "Take the code from a reviewed package, and the weights alone from here.");
                continue;
            }
            if (fact.inert || wrapper || listed) continue;
            const auto container = containers.find(fact.where.path + "\n" + parent_of(fact.where.member));
            if (!fact.where.member.empty() && container != containers.end() &&
                part_of(fact, container->second, allow)) {
                continue;
            }
            add("serialization.format-not-allowed", Severity::high,
                name_of(fact.where) + " is " + fact.format + ", a format that is not allowed", fact.where,
                "Only formats that the policy names are judged well enough to be loaded.",
                "Convert to an allowed format, best safetensors, or add it to `allow` of the rule.");
        }
    }

    /// A TorchScript archive names classes of its own code (`__torch__.*`), and functions that give back the list that they get;
    /// where the policy takes the code, it takes these names.
    void classes_of_scripts() {
        const auto& allow = input_.settings.get<std::vector<std::string>>("allow");
        if (std::find(allow.begin(), allow.end(), "torchscript") == allow.end()) return;
        for (const Import& import : input_.evidence.imports) {
            const bool own = import.module == "__torch__" || import.module.starts_with("__torch__.");
            const bool list = import.module == "torch.jit._pickle" &&
                              std::find(std::begin(kTypedLists), std::end(kTypedLists), import.name) != std::end(kTypedLists);
            if (!own && !list) continue;
            const auto archive = [&](const FormatFact& fact) {
                return fact.format == "torchscript" && fact.where.path == import.where.path &&
                       fact.where.member == parent_of(import.where.member);
            };
            const auto& formats = input_.evidence.formats;
            if (std::any_of(formats.begin(), formats.end(), archive)) allowed_.add_name(import.module + "." + import.name);
        }
    }

    /// A format that is the inside of an allowed one: data.pkl of a torch archive, the arrays of an npz, the weights of a
    /// Keras archive.
    static bool part_of(const FormatFact& fact, std::string_view container, const std::vector<std::string>& allow) {
        if (std::find(allow.begin(), allow.end(), container) == allow.end()) return false;
        if (container == "npz") return fact.format == "npy";
        if (container == "keras") return fact.format == "hdf5" || fact.format == "npz";
        if (container == "skops") return fact.format == "npy" || fact.format == "npz";
        return (container == "torch" || container == "torchscript") && fact.format == "pickle" &&
               (fact.where.member.ends_with("/data.pkl") || fact.where.member.ends_with("/constants.pkl") ||
                fact.where.member.ends_with("/traced_inputs.pkl"));
    }
    static std::string parent_of(const std::string& member) {
        const std::size_t bang = member.rfind('!');
        return bang == std::string::npos ? std::string() : member.substr(0, bang);
    }
    std::string name_of(const Location& where) const {
        if (!where.member.empty()) return where.member;
        return where.path.empty() ? input_.subject.ref : where.path;
    }

    /// skops makes objects by loaders of its own and refuses whatever a node's class would call, so the estimators that a pickle needs
    /// a profile for are allowed there, as skops itself allows them.
    Result<void> allow_for_skops() {
        for (const FormatFact& fact : input_.evidence.formats) {
            if (fact.format == "skops") skops_.insert(fact.where.path + "\n" + fact.where.member);
        }
        if (skops_.empty()) return {};
        allowed_in_skops_ = allowed_;
        TRY_VOID(allowed_in_skops_.add_profile(input_.data, "sklearn", false));
        return allowed_in_skops_.add_profile(input_.data, "skops", false);
    }
    const AllowedGlobals& allowed_at(const Location& where) const {
        const bool inside = !skops_.empty() && skops_.contains(where.path + "\n" + parent_of(where.member));
        return inside ? allowed_in_skops_ : allowed_;
    }

    Result<void> imports() {
        std::unordered_map<std::string_view, const Call*> called;
        for (const Call& call : input_.evidence.calls) {
            if (!call.callee.empty() && !keras_.contains(call.where)) called.emplace(call.callee, &call);
        }
        std::optional<DangerousGlobals> dangerous;
        for (const Import& import : input_.evidence.imports) {
            const std::string name = import.module + "." + import.name;
            if (is_allowed(import, name) || keras_.contains(import.where)) continue;
            if (!dangerous) dangerous = TRY(DangerousGlobals::load(input_.data));
            std::string what = "\"" + name + "\"";
            if (!import.written.empty()) what += " (written \"" + import.written + "\")";
            const auto use = called.find(name);
            what = use == called.end() ? "loading it imports " + what : "loading it calls " + what + words_of(*use->second);
            const std::string_view reason = dangerous->reason(import.module, import.name);
            if (!reason.empty()) {
                add("serialization.executes-code", Severity::critical, what + ": " + std::string(reason), import.where);
            } else {
                add("serialization.unknown-global", Severity::high, what + ", which no profile of the policy allows", import.where,
                    kWhy, "If the name is harmless, allow its profile or the name itself (`allow-globals`); else convert to "
                          "safetensors.");
            }
        }
        return {};
    }

    /// models.md 2.2 rule 6: a dot in the name or an odd module only by an exact entry.
    bool is_allowed(const Import& import, const std::string& name) const {
        if (!allowed_at(import.where).allows(name)) return false;
        // "a.b" + "c" and "a" + "b.c" spell the same; lists mean the first.
        if (import.name.find('.') == std::string::npos) return true;
        const auto* names = input_.settings.find<std::vector<std::string>>("allow-globals");
        return names != nullptr && std::find(names->begin(), names->end(), name) != names->end();
    }

    static std::string words_of(const Call& call) {
        std::string text;
        for (const std::string& argument : call.arguments) {
            if (!argument.starts_with("str:")) continue;
            text += (text.empty() ? " with \"" : "\", \"") + argument.substr(4);
        }
        return text.empty() ? text : text + "\"";
    }

    void calls() {
        for (const Call& call : input_.evidence.calls) {
            if (keras_.contains(call.where)) continue;
            if (call.how == Call::How::persistent) {
                persistent(call);
                continue;
            }
            if (call.callee.empty()) {
                add("serialization.computed-call", Severity::critical,
                    std::string("loading it ") + verb_of(call.how) + " something that is no plain import", call.where,
                    "What a chain of calls returns can be anything; picklers write plain names.");
                continue;
            }
            if (!allowed_at(call.where).allows(call.callee)) continue;  // said once, with the import
            if (!allowed_at(call.where).allows(call.callee, use_of(call))) {
                add("serialization.call-not-allowed", Severity::high,
                    std::string("loading it ") + verb_of(call.how) + " \"" + call.callee + "\", which is allowed for other uses only",
                    call.where);
                continue;
            }
            const std::string problem = argument_problem(call);
            if (!problem.empty()) {
                add("serialization.argument", Severity::critical,
                    "loading it calls \"" + call.callee + "\" with what it must not get: " + problem, call.where,
                    "This helper calls or looks up what its arguments name.");
            }
        }
    }

    void persistent(const Call& call) {
        const std::string problem = argument_problem(call);
        if (!problem.empty()) {
            add("serialization.persistent-id", Severity::high, "it refers to something outside by a persistent id: " + problem,
                call.where, "What the loader makes of such an id cannot be told from the file.");
            return;
        }
        if (call.arguments[0] != "str:storage") return;  // the class is an import
        const std::string name = call.arguments[1].substr(std::string_view("global:").size());
        if (allowed_.allows(name) && !allowed_.allows(name, kStorage)) {
            add("serialization.persistent-id", Severity::critical, "\"" + name + "\" is no storage type", call.where,
                "The loader calls the class of a storage.");
        }
    }

    static unsigned use_of(const Call& call) {
        switch (call.how) {
            case Call::How::reduce: return kCall;
            case Call::How::instance: return call.arguments.empty() ? kCall | kNew : kCall;
            case Call::How::new_object: return kNew;
            case Call::How::build: return kBuild;
            case Call::How::extend: return kFill;
            case Call::How::persistent: return kStorage;
        }
        return 0;
    }
    static const char* verb_of(Call::How how) {
        switch (how) {
            case Call::How::reduce: return "calls";
            case Call::How::instance:
            case Call::How::new_object: return "makes an object of";
            case Call::How::build: return "sets the state of";
            case Call::How::extend: return "fills";
            case Call::How::persistent: return "refers to";
        }
        return "uses";
    }

    const CheckInput& input_;
    KerasPlaces keras_;
    AllowedGlobals allowed_;
    AllowedGlobals allowed_in_skops_;
    std::unordered_set<std::string> skops_;      // "path\nmember" of the archives
    struct LeftOut {
        std::uint64_t count = 0;                 // of all, those that are listed among them
        Severity severity = {};
    };
    std::map<std::string, LeftOut> left_out_;    // by id
    std::vector<Finding> findings_;
};

CheckRun run(const CheckInput& input) {
    auto findings = Judge(input).run();
    if (!findings.ok()) return CheckRun::error(findings.error().message);
    return CheckRun::complete(std::move(findings).value());
}

constexpr std::string_view kProfiles = "globals/";
constexpr std::string_view kNoProfile = "globals/dangerous.txt";

std::string problem_of_profile(const std::string& profile, const RuleData& data) {
    const std::string path = std::string(kProfiles) + profile + ".txt";
    if (path != kNoProfile && data.file(path)) return "";
    const std::vector<std::string> paths = data.below(kProfiles);
    std::vector<std::string_view> known;
    for (const std::string_view file : paths) {
        if (file != kNoProfile && file.ends_with(".txt")) known.push_back(file.substr(kProfiles.size(), file.size() - kProfiles.size() - 4));
    }
    const auto near = nearest(profile, known);
    return "unknown profile '" + profile + "'; " +
           (near ? "did you mean '" + std::string(*near) + "'?" : "`headgate checkers serialization` lists them");
}

/// "module.name", as Python spells it.
bool names_a_global(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, '.');
    return parts.size() > 1 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c < 0;
               });
           });
}

std::string problem(const Settings& settings, std::string_view key, const RuleData* data) {
    const auto* const list = settings.find<std::vector<std::string>>(key);
    if (list == nullptr) return "";
    for (const std::string& item : *list) {
        if (key == "profiles" && data != nullptr) {
            if (std::string found = problem_of_profile(item, *data); !found.empty()) return found;
        }
        if (key == "allow-operators") {
            if (std::string found = problem_of_operator(item, data); !found.empty()) return found;
        }
        if (key == "allow-globals" && !names_a_global(item)) {
            return "'" + item + "' is no global: expected module.name, exactly, like numpy.ndarray";
        }
    }
    return "";
}

}  // namespace

Checker serialization_checker() {
    Checker checker;
    checker.id = "serialization";
    checker.question = "Can loading it run code, escape its folder, or crash the loader? Is it really the format it claims to be?";
    checker.why = kWhy;
    checker.fix = kConvert;
    checker.kinds = kKinds;
    checker.needs_bytes = true;
    checker.settings = kSettings;
    checker.run = run;
    checker.problem = problem;
    checker.reads_layers = true;
    return checker;
}

}  // namespace headgate::checkers
