#include "report/kubernetes_manifests.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::report {
namespace {

constexpr std::size_t kMaxConfigMap = 1000U << 10U;   // the API server takes 1 MiB with all names
constexpr std::string_view kOwnNamespace = "headgate-system";
constexpr std::string_view kExcluded = "values: [headgate-system, kube-system]";
constexpr std::string_view kStaticSuffix = ".static.k8s.io";

constexpr std::array<std::string_view, 8> kWorkloads = {
    "base/namespace.yaml", "base/serviceaccount.yaml", "base/configmap.yaml", "base/deployment.yaml", "base/service.yaml",
    "base/poddisruptionbudget.yaml", "base/horizontalpodautoscaler.yaml", "base/networkpolicy.yaml"};
constexpr std::string_view kValidating = "overlays/armed/validatingwebhook.yaml";
constexpr std::string_view kMutating = "overlays/armed/mutatingwebhook.yaml";

// One template on its way out. A place that is not there is a mistake of the template, and no output.
class Filling {
  public:
    Filling(std::string_view path, std::string_view text) : path_(path), text_(text) {}

    /// The first `place` becomes `value`.
    void first(std::string_view place, std::string_view value) {
        const std::size_t at = text_.find(place);
        if (at == std::string::npos) {
            if (missing_.empty()) missing_ = place;
        } else {
            text_.replace(at, place.size(), value);
        }
    }
    void every(std::string_view place, std::string_view value) {
        for (std::size_t at = 0; (at = text_.find(place, at)) != std::string::npos; at += value.size()) text_.replace(at, place.size(), value);
    }
    /// `change` gets each line, and answers what stands in its place.
    template <typename Change>
    void lines(Change change) {
        std::string changed;
        for (const std::string_view line : split_lines(text_)) changed += change(line);
        text_ = std::move(changed);
    }
    bool has(std::string_view place) const { return text_.find(place) != std::string::npos; }
    void append(std::string_view more) { text_ += more; }

    Result<std::string> take() {
        if (!missing_.empty()) return Error{ErrorCode::internal, "ci-templates/kubernetes/" + std::string(path_) + " has no '" + std::string(missing_) + "'"};
        return std::move(text_);
    }

  private:
    std::string_view path_;
    std::string text_;
    std::string_view missing_;
};

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// YAML reads some labels as numbers, truth values or nothing.
std::string yaml_name(std::string_view name) {
    constexpr std::array<std::string_view, 9> kWords = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
    const bool plain = !name.empty() && name.front() >= 'a' && name.front() <= 'z' && std::find(kWords.begin(), kWords.end(), name) == kWords.end();
    return plain ? std::string(name) : "\"" + std::string(name) + "\"";
}

bool is_image_name(std::string_view image) {
    return !image.empty() && image.size() <= 512 && image.front() != '-' && std::all_of(image.begin(), image.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
               std::string_view("._-/:@").find(letter) != std::string_view::npos;
    });
}

bool is_file_key(std::string_view name) {
    return !name.empty() && name.size() <= 253 && name != "." && name != ".." && std::all_of(name.begin(), name.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '.' ||
               letter == '_' || letter == '-';
    });
}

bool is_static_url(std::string_view url) {
    constexpr std::string_view kScheme = "https://";
    if (!url.starts_with(kScheme) || url.size() > 256) return false;
    const std::string_view rest = url.substr(kScheme.size());
    return !rest.empty() && rest.back() != '/' && std::all_of(rest.begin(), rest.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || std::string_view(".-:[]").find(letter) != std::string_view::npos;
    });
}

Result<void> check(const ManifestOptions& options) {
    const auto names = [&](const std::string& option, const std::vector<std::string>& values) -> Result<void> {
        for (const std::string& value : values) {
            if (!is_namespace_name(value)) return Error{ErrorCode::usage, option + " " + value + ": no name of a namespace"};
        }
        return {};
    };
    TRY_VOID(names("--namespace", {options.name_space}));
    TRY_VOID(names("--exclude-namespace", options.excluded));
    TRY_VOID(names("--skip-namespace", options.skippable));
    if (options.failure_policy != "Fail" && options.failure_policy != "Ignore") return Error{ErrorCode::usage, "--failure-policy: Fail or Ignore"};
    if (options.static_url.empty() && !is_image_name(options.image)) return Error{ErrorCode::usage, "--image " + options.image + ": no name of an image"};
    if (!options.static_url.empty() && !is_static_url(options.static_url)) {
        return Error{ErrorCode::usage, "--static " + options.static_url + ": expected https:// with a host and a port, and nothing behind them"};
    }
    if (!options.static_url.empty() && options.ca_bundle.empty()) return Error{ErrorCode::usage, "--static needs --ca-bundle: nobody puts it there later"};
    std::size_t bytes = 0;
    for (const auto& [name, content] : options.policy_files) {
        bytes += content.size();
        if (!is_file_key(name)) return Error{ErrorCode::usage, name + ": no key of a ConfigMap can be called that"};
        const bool plain = is_utf8(content) && std::all_of(content.begin(), content.end(), [](char letter) {
            return static_cast<unsigned char>(letter) >= 0x20 ? letter != 0x7f : letter == '\n' || letter == '\t';
        });
        if (!plain) return Error{ErrorCode::usage, name + ": holds bytes that are no text; mount it from a Secret or ConfigMap of your own"};
    }
    if (bytes > kMaxConfigMap) return Error{ErrorCode::usage, "the policy and its files are larger than a ConfigMap may be (1 MiB)"};
    return {};
}

// A literal block whose indentation is said, so that the first line may begin with spaces.
std::string config_entry(const std::string& name, const std::string& content) {
    std::string entry = "  " + name + ": |2" + (content.empty() || content.back() == '\n' ? "+" : "-") + "\n";
    for (const std::string_view line : split_lines(content)) entry += line.empty() ? "\n" : "    " + std::string(line) + "\n";
    return entry;
}

void fill_policy(Filling& file, const ManifestOptions& options) {
    if (options.policy_files.empty()) return;
    bool data = false;
    file.lines([&](std::string_view line) {
        if (data) return std::string();
        data = line == "data:";
        return std::string(line) + "\n";
    });
    for (const auto& [name, content] : options.policy_files) file.append(config_entry(name, content));
}

void fill_deployment(Filling& file, const ManifestOptions& options) {
    file.first("replicas: 2\n", "replicas: " + std::to_string(options.replicas) + "\n");
    file.first("image: headgate\n", "image: \"" + options.image + "\"\n");
    std::string more = "            - --drain=10s\n";
    if (options.mutate) more += "            - --mutate\n";
    for (const std::string& name : options.skippable) more += "            - --skip-namespace=" + name + "\n";
    file.first("            - --drain=10s\n", more);
}

// The webhook configurations: who answers, under what authority, and about what.
void fill_webhook(Filling& file, const ManifestOptions& options) {
    file.first("failurePolicy: Fail\n", "failurePolicy: " + options.failure_policy + "\n");
    file.first(kExcluded, "values: " + yaml_names(excluded_namespaces(options)));

    const std::string bundle = options.ca_bundle.empty() ? "" : "      caBundle: " + to_base64(as_bytes(options.ca_bundle)) + "\n";
    enum class Inside { nothing, rules, service } inside = Inside::nothing;
    file.lines([&](std::string_view line) -> std::string {
        const std::size_t indent = indent_of(line);
        if (inside == Inside::rules && (indent > 4 || line.empty())) return "";
        if (inside == Inside::service && indent > 6) {
            constexpr std::string_view kPath = "path: ";
            const std::size_t path = line.find(kPath);
            return path == std::string_view::npos ? "" : "      url: " + options.static_url + std::string(line.substr(path + kPath.size())) + "\n";
        }
        inside = Inside::nothing;
        if (line == "    clientConfig:") return std::string(line) + "\n" + bundle;
        if (line == "    rules:" && !options.armed) {
            inside = Inside::rules;
            return "    rules: []\n";
        }
        if (line == "      service:" && !options.static_url.empty()) {
            inside = Inside::service;
            return "";
        }
        return std::string(line) + "\n";
    });
    if (!options.static_url.empty()) file.first("  name: headgate\n", "  name: headgate" + std::string(kStaticSuffix) + "\n");
}

}  // namespace

std::vector<std::string> excluded_namespaces(const ManifestOptions& options) {
    std::vector<std::string> excluded = {options.name_space};
    if (options.name_space != "kube-system") excluded.emplace_back("kube-system");
    for (const std::string& name : options.excluded) {
        if (std::find(excluded.begin(), excluded.end(), name) == excluded.end()) excluded.push_back(name);
    }
    return excluded;
}

bool is_namespace_name(std::string_view name) {
    const auto letter_or_digit = [](char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9'); };
    return !name.empty() && name.size() <= 63 && letter_or_digit(name.front()) && letter_or_digit(name.back()) &&
           std::all_of(name.begin(), name.end(), [&](char letter) { return letter_or_digit(letter) || letter == '-'; });
}

std::string yaml_names(std::span<const std::string> names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + yaml_name(name);
    return "[" + list + "]";
}

Result<std::string> write_manifests(std::span<const ManifestTemplate> templates, const ManifestOptions& options, std::string_view static_policy) {
    TRY_VOID(check(options));
    std::vector<std::string_view> wanted;
    if (options.static_url.empty()) wanted.assign(kWorkloads.begin(), kWorkloads.end());
    wanted.push_back(kValidating);
    if (options.mutate) wanted.push_back(kMutating);

    std::string stream;
    for (const std::string_view path : wanted) {
        const auto found = std::find_if(templates.begin(), templates.end(), [&](const ManifestTemplate& one) { return one.path == path; });
        if (found == templates.end()) return Error{ErrorCode::internal, "ci-templates/kubernetes/" + std::string(path) + " is missing"};
        Filling file(path, found->text);
        if (path == "base/configmap.yaml") fill_policy(file, options);
        if (path == "base/deployment.yaml") fill_deployment(file, options);
        if (path == "base/horizontalpodautoscaler.yaml") {
            file.first("minReplicas: 2\n", "minReplicas: " + std::to_string(options.replicas) + "\n");
            file.first("maxReplicas: 8\n", "maxReplicas: " + std::to_string(std::max<std::uint32_t>(8, options.replicas)) + "\n");
        }
        if (path == kValidating || path == kMutating) fill_webhook(file, options);
        if (path != "base/configmap.yaml" || options.policy_files.empty()) {
            file.every(kOwnNamespace, yaml_name(options.name_space));
        } else {
            file.first("namespace: headgate-system", "namespace: " + yaml_name(options.name_space));
        }
        stream += "---\n" + TRY(file.take());
    }
    if (!static_policy.empty()) stream += "---\n" + std::string(static_policy);
    return stream;
}

}  // namespace headgate::report
