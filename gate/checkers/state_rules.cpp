#include "checkers/state_rules.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>

namespace headgate::checkers {
namespace {

/// group.setdefault(name, default) and state.get(parameter, []), in __setstate__ of torch.optim.
constexpr std::string_view kCallsItsState[] = {
    "torch.optim.Adafactor",      "torch.optim._adafactor.Adafactor", "torch.optim.adadelta.Adadelta", "torch.optim.adagrad.Adagrad",
    "torch.optim.adam.Adam",      "torch.optim.adamax.Adamax",        "torch.optim.adamw.AdamW",       "torch.optim.asgd.ASGD",
    "torch.optim.nadam.NAdam",    "torch.optim.radam.RAdam",          "torch.optim.rmsprop.RMSprop",   "torch.optim.rprop.Rprop",
    "torch.optim.sgd.SGD",
};
/// Values of the lists that open a file when they are called with its name.
bool opens_files(const Import& import) {
    static constexpr std::string_view kModules[] = {"numpy", "numpy.core.memmap", "numpy._core.memmap"};
    return import.name == "memmap" && std::find(std::begin(kModules), std::end(kModules), import.module) != std::end(kModules);
}

bool calls_its_state(const Call& call) {
    return call.how == Call::How::build && std::find(std::begin(kCallsItsState), std::end(kCallsItsState), call.callee) != std::end(kCallsItsState);
}

std::string place_of(const Location& where) { return where.path + "\n" + where.member; }

}  // namespace

std::vector<Finding> judge_states(const Evidence& evidence) {
    std::unordered_map<std::string, std::string_view> callers;  // by place
    for (const Call& call : evidence.calls) {
        if (calls_its_state(call)) callers.emplace(place_of(call.where), call.callee);
    }
    std::vector<Finding> findings;
    if (callers.empty()) return findings;
    for (const Import& import : evidence.imports) {
        const auto caller = opens_files(import) ? callers.find(place_of(import.where)) : callers.end();
        if (caller == callers.end()) continue;
        findings.push_back({"serialization.argument", Severity::critical,
                            "loading it sets the state of \"" + std::string(caller->second) + "\" beside \"" + import.module + "." +
                                import.name + "\", which opens files where the state makes it a method",
                            import.where, "Setting that state calls methods of what it holds, and the file chooses what these are.",
                            "Save the state_dict of the optimizer instead, with tensors in the place of memory maps."});
    }
    return findings;
}

}  // namespace headgate::checkers
