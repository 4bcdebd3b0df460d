// isolation: is a workload kept apart from its node, from its neighbours, and from what it loads?
#include "checkers/isolation.hpp"

#include <algorithm>
#include <array>

#include "checkers/contained.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 1> kKinds = {Kind::container};
constexpr std::array<std::string_view, 2> kLevels = {"restricted", "baseline"};
constexpr std::array<std::string_view, 12> kLoader = {"read-only-root", "no-token", "limits", "image-digest", "read-only-model", "no-secrets",
                                                      "offline", "sandbox", "network-policy", "no-sharing", "own-users", "no-devices"};
constexpr std::array<std::string_view, 2> kLoaderFor = {"all", "loading"};
constexpr std::array<std::string_view, 2> kNetworkPolicy = {"required", "assumed"};
constexpr std::array<SettingSpec, 5> kSettings = {{
    {"level", SettingType::text, Stricter::earlier, false, "baseline", "Pod Security Standard, as the API server judges it: `restricted` or `baseline`", kLevels},
    {"loader", SettingType::text_list, Stricter::more, false, "", "what pods must be besides, since they load models", kLoader},
    {"loader-for", SettingType::text, Stricter::earlier, false, "all", "which pods `loader` is for: `all`, or those whose object names a model, a dataset or an image volume (`loading`)", kLoaderFor},
    {"runtime-classes", SettingType::text_list, Stricter::fewer, false, kUsualSandboxes, "for `sandbox`: runtime classes that are sandboxes; a name that ends in * stands for all that begin so", {}},
    {"network-policy", SettingType::text, Stricter::earlier, false, "required",
     "for `network-policy`: a NetworkPolicy of the same manifest must deny by default (`required`), or the operator vouches for one in each namespace (`assumed`)", kNetworkPolicy},
}};

constexpr std::string_view kKubernetes = "manifest:Kubernetes";

CheckRun run(const CheckInput& input) {
    if (is_member(input.subject)) return CheckRun::skipped("how it is isolated, the workload says that names it");
    const auto& formats = input.evidence.formats;
    const bool objects = std::any_of(formats.begin(), formats.end(), [](const FormatFact& fact) { return fact.format == kKubernetes; });
    if (input.evidence.workloads.empty() && !objects) return CheckRun::skipped("there is no workload of Kubernetes");
    std::vector<Finding> findings;
    const bool restricted = input.settings.get<std::string>("level") == "restricted";
    for (const Workload& workload : input.evidence.workloads) {
        check_pod_security(workload, restricted, findings);
        check_loader(input, workload, findings);
    }
    return CheckRun::complete(std::move(findings));
}

std::string problem(const Settings& settings, std::string_view key, const RuleData*) {
    const auto* loader = settings.find<std::vector<std::string>>("loader");
    const auto asks = [&](std::string_view what) { return loader != nullptr && std::find(loader->begin(), loader->end(), what) != loader->end(); };
    // What stands there anyway asks for nothing: `policy show` writes it out.
    const auto is = [&](std::string_view value) {
        const auto* const text = settings.find<std::string>(key);
        return text != nullptr && *text == value;
    };
    if (key == "loader-for" && (loader == nullptr || loader->empty()) && !is("all")) return "`loader` asks for nothing";
    if (key == "runtime-classes" && !asks("sandbox") && !are_usual_sandboxes(settings.find<std::vector<std::string>>(key))) return "`loader` does not ask for `sandbox`";
    if (key == "network-policy" && !asks("network-policy") && !is("required")) return "`loader` does not ask for `network-policy`";
    return {};
}

}  // namespace

const Checker& isolation_checker() {
    static constexpr Checker kChecker = {
        "isolation", "Is a workload kept apart from its node, from its neighbours, and from what it loads?",
        "What a container or a model does when it is hostile ends where its isolation does.",
        "Set what the finding names in the specification of the pod.", kKinds, false, kSettings, run, nullptr, problem};
    return kChecker;
}

}  // namespace headgate::checkers
