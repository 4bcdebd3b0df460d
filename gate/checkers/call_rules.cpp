#include "checkers/call_rules.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace headgate::checkers {
namespace {

using Arguments = std::vector<std::string>;

/// Argument `index`, "" when there is none.
std::string_view at(const Arguments& arguments, std::size_t index) {
    return index < arguments.size() ? std::string_view(arguments[index]) : std::string_view();
}

bool one_of(std::string_view shape, std::initializer_list<std::string_view> shapes) {
    return std::find(shapes.begin(), shapes.end(), shape) != shapes.end();
}

std::string no(std::string_view what, std::string_view shape) {
    return std::string(what) + " is " + (shape.empty() ? "missing" : std::string(shape));
}

/// Nothing can be said about arguments that are not a plain tuple.
bool opaque(const Arguments& arguments) { return std::find(arguments.begin(), arguments.end(), "?") != arguments.end(); }

std::string rebuild_from_type(const Arguments& a) {
    // It calls func(*args): func is one of torch's own functions, which get tensors and numbers.
    if (!at(a, 0).starts_with("global:torch._utils._rebuild_")) return no("the function that it calls", at(a, 0));
    if (!at(a, 1).starts_with("global:")) return no("the type that it makes", at(a, 1));
    return {};
}

std::string reconstructor(const Arguments& a) {
    if (!at(a, 0).starts_with("global:")) return no("the class that it makes", at(a, 0));
    // dict: of scipy's dok matrices before 1.11; its __init__ copies what it gets.
    if (!one_of(at(a, 1), {"global:builtins.object", "global:builtins.dict"})) return no("the base whose __init__ it calls", at(a, 1));
    return {};
}

std::string encode(const Arguments& a) {
    if (!at(a, 0).starts_with("str")) return no("the text", at(a, 0));
    if (!one_of(at(a, 1), {"str:latin1", "str:latin-1", "str:utf-8", "str:utf8", "str:ascii"})) return no("the encoding", at(a, 1));
    return {};
}

std::string defaultdict(const Arguments& a) {
    if (a.empty() || one_of(at(a, 0), {"none", "global:builtins.list", "global:builtins.dict", "global:builtins.set",
                                       "global:builtins.int", "global:builtins.float", "global:builtins.str",
                                       "global:builtins.bool", "global:builtins.tuple", "global:collections.OrderedDict"})) {
        return {};
    }
    return no("the factory that later look-ups call", at(a, 0));
}

std::string numpy_reconstruct(const Arguments& a) {
    if (one_of(at(a, 0), {"global:numpy.ndarray", "global:numpy.matrix", "global:numpy.matrixlib.defmatrix.matrix",
                          "global:numpy.ma.core.MaskedArray", "global:numpy.ma.MaskedArray", "global:numpy.memmap",
                          "global:numpy.core.memmap.memmap", "global:numpy.recarray",
                          "global:numpy.rec.recarray", "global:numpy.core.records.recarray", "global:numpy._core.records.recarray",
                          "global:numpy.chararray", "global:numpy.char.chararray", "global:numpy.core.defchararray.chararray",
                          "global:numpy._core.defchararray.chararray"})) {
        return {};
    }
    return no("the array type that it makes", at(a, 0));
}

std::string numpy_dtype(const Arguments& a) {
    // numpy.record: of arrays of records, whose fields the state tells.
    if (at(a, 0).starts_with("str") || one_of(at(a, 0), {"global:numpy.record", "global:numpy.rec.record", "global:numpy.core.records.record",
                                                         "global:numpy._core.records.record"})) {
        return {};
    }
    return no("the type that it describes", at(a, 0));
}

std::string generator(const Arguments& a) {
    if (a.size() < 2 || at(a, 1) == "global:numpy.random._pickle.__bit_generator_ctor") return {};
    return no("the function that it calls", at(a, 1));
}

std::string bit_generator(const Arguments& a) {
    // A class is called, without arguments.
    if (a.empty() || at(a, 0).starts_with("str:") || at(a, 0).starts_with("global:numpy.random._")) return {};
    return no("the bit generator that it makes", at(a, 0));
}

std::string distance_or_tree(const Arguments& a) {
    // obj.__new__(obj), and what comes of it may get a state: only a class of the same compiled modules.
    for (const std::string_view module : {"global:sklearn.metrics._dist_metrics.", "global:sklearn.neighbors._dist_metrics.",
                                          "global:sklearn.neighbors._kd_tree.", "global:sklearn.neighbors._ball_tree."}) {
        if (at(a, 0).starts_with(module)) return {};
    }
    return no("the class that it makes", at(a, 0));
}

/// Made of what stands in the file. A number would reserve that much memory, and an object may be a number, or a range that fills it.
std::string from_content(const Arguments& a) {
    const std::string_view first = at(a, 0);
    if (first.starts_with("int")) return "its argument is a number: it would reserve that much memory";
    if (a.empty() || first.starts_with("str") || one_of(first, {"bytes", "list", "tuple", "dict", "set"})) return {};
    return no("what it is filled from", first);
}

std::string fraction(const Arguments& a) {
    // "1e9999999999" is a number of so many digits.
    if (at(a, 0).starts_with("str:") && at(a, 0).find_first_of("eE", 4) != std::string_view::npos) return no("its number, with an exponent,", at(a, 0));
    return {};
}

std::string array_reconstructor(const Arguments& a) {
    if (at(a, 0) != "global:array.array") return no("the type that it makes", at(a, 0));
    return {};
}

std::string numbers(const Arguments& a) {
    if (!at(a, 0).starts_with("str:")) return no("the type of its numbers", at(a, 0));
    if (a.size() > 1 && !one_of(at(a, 1), {"list", "bytes"}) && !at(a, 1).starts_with("str")) return no("what it is filled from", at(a, 1));
    return {};
}

std::string enum_member(const Arguments& a) {
    // How Python 3.11 pickles a member of an enum: getattr(class, "NAME"). Names of constants reach no method and no module.
    const std::string_view name = at(a, 1);
    const bool constant = name.starts_with("str:") && name.size() > 4 && name[4] >= 'A' && name[4] <= 'Z' &&
                          name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", 4) == std::string_view::npos;
    if (!at(a, 0).starts_with("global:") || a.size() != 2) return no("what it reaches into", at(a, 0));
    return constant ? std::string() : no("the name that it reaches for", name);
}

struct Rule {
    std::string_view callee;
    std::string (*check)(const Arguments&);
};
constexpr Rule kRules[] = {
    {"torch._tensor._rebuild_from_type_v2", rebuild_from_type},
    {"copyreg._reconstructor", reconstructor},
    {"_codecs.encode", encode},
    {"collections.defaultdict", defaultdict},
    {"numpy.core.multiarray._reconstruct", numpy_reconstruct},
    {"numpy._core.multiarray._reconstruct", numpy_reconstruct},
    {"numpy.dtype", numpy_dtype},
    {"numpy.random._pickle.__generator_ctor", generator},
    {"numpy.random._pickle.__randomstate_ctor", generator},
    {"numpy.random._pickle.__bit_generator_ctor", bit_generator},
    {"sklearn.metrics._dist_metrics.newObj", distance_or_tree},
    {"sklearn.neighbors._dist_metrics.newObj", distance_or_tree},
    {"sklearn.neighbors._kd_tree.newObj", distance_or_tree},
    {"sklearn.neighbors._ball_tree.newObj", distance_or_tree},
    {"array.array", numbers},
    {"builtins.getattr", enum_member},
    {"builtins.bytearray", from_content},
    {"builtins.bytes", from_content},
    {"builtins.list", from_content},
    {"builtins.tuple", from_content},
    {"builtins.set", from_content},
    {"builtins.frozenset", from_content},
    {"collections.deque", from_content},
    {"collections.Counter", from_content},
    {"fractions.Fraction", fraction},
    {"array._array_reconstructor", array_reconstructor},
};

/// ("storage", class, key, location, elements[, view]) or, of old whole-module files, ("module", class, file, source).
std::string persistent_problem(const Arguments& a) {
    const bool storage = at(a, 0) == "str:storage" && (a.size() == 5 || a.size() == 6) && at(a, 1).starts_with("global:") &&
                         at(a, 2).starts_with("str:") && at(a, 3).starts_with("str") && at(a, 4).starts_with("int:");
    const bool module = at(a, 0) == "str:module" && a.size() == 4 && at(a, 1).starts_with("global:");
    return storage || module ? std::string() : std::string("it is no storage of torch.save");
}

}  // namespace

std::string argument_problem(const Call& call) {
    if (call.how == Call::How::persistent) return persistent_problem(call.arguments);
    if (call.how == Call::How::build || call.how == Call::How::extend) return {};
    for (const Rule& rule : kRules) {
        if (rule.callee != call.callee) continue;
        if (opaque(call.arguments)) return "its arguments cannot be told";
        return rule.check(call.arguments);
    }
    return {};
}

}  // namespace headgate::checkers
