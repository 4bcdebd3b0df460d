#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/zip_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

std::string node(const std::string& loader, const std::string& module, const std::string& name, const std::string& more = "") {
    return R"({"__class__":")" + name + R"(","__module__":")" + module + R"(","__loader__":")" + loader + "\"" + (more.empty() ? "" : "," + more) + "}";
}

Outcome archive(const std::string& schema, const std::vector<std::pair<std::string, std::string>>& members = {}) {
    ZipRecipe zip;
    zip.add("schema.json", schema);
    for (const auto& [name, content] : members) zip.add(name, content);
    Outcome outcome = examine(zip.build(), "model.skops");
    CHECK(outcome.oracle());
    return outcome;
}

bool imports(const Outcome& outcome, const std::string& module, const std::string& name) {
    return std::any_of(outcome.evidence.imports.begin(), outcome.evidence.imports.end(),
                       [&](const Import& import) { return import.module == module && import.name == name; });
}

bool calls(const Outcome& outcome, Call::How how, const std::string& callee) {
    return std::any_of(outcome.evidence.calls.begin(), outcome.evidence.calls.end(),
                       [&](const Call& call) { return call.how == how && call.callee == callee; });
}

}  // namespace

TEST_CASE("the classes of a skops archive are facts as those of a pickle are") {
    const std::string fitted = node("ObjectNode", "sklearn.linear_model._logistic", "LogisticRegression",
                                    R"("content":)" + node("DictNode", "builtins", "dict",
                                                           R"("content":{"penalty":)" + node("JsonNode", "builtins", "str", R"("content":"\"l2\"")") +
                                                               R"(,"link":)" + node("FunctionNode", "scipy.special", "expit",
                                                                                    R"("content":{"module_path":"scipy.special","function":"expit"})") + "}"));
    const Outcome outcome = archive(fitted);
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.is("skops"));
    CHECK(imports(outcome, "sklearn.linear_model._logistic", "LogisticRegression"));
    CHECK(imports(outcome, "scipy.special", "expit"));
    CHECK(calls(outcome, Call::How::new_object, "sklearn.linear_model._logistic.LogisticRegression"));
    CHECK(calls(outcome, Call::How::build, "sklearn.linear_model._logistic.LogisticRegression"));
    CHECK_FALSE(imports(outcome, "builtins", "dict"));
    CHECK(calls(archive(node("TreeNode", "os", "system")), Call::How::reduce, "os.system"));
    CHECK(imports(archive(node("TypeNode", "os", "system")), "os", "system"));
}

TEST_CASE("what a skops archive hides behind its classes") {
    CHECK(archive(node("OperatorFuncNode", "operator", "itemgetter")).has("skops.indirect"));
    CHECK(archive(node("MethodNode", "sklearn.svm", "SVC", R"("content":{"func":"fit"})")).has("skops.indirect"));
    CHECK(archive(node("PartialNode", "functools", "partial")).has("skops.indirect"));
    CHECK(archive(node("EvilNode", "builtins", "list")).has("skops.loader"));
    CHECK(archive(R"({"__loader__":"ObjectNode","__class__":"SVC"})").has("skops.node"));
    CHECK(archive(R"({"__loader__":"ObjectNode","__class__":"SVC","__module__":3})").has("skops.node"));
    CHECK(archive(node("FunctionNode", "numpy", "ufunc", R"("protocol":0)")).has("skops.node"));
    CHECK(archive(node("FunctionNode", "numpy", "ufunc", R"("content":{"module_path":"numpy"})")).has("skops.node"));
    CHECK(archive(R"({"a":1,"a":2})").has("skops.schema"));
    // A second class of the same node is a second key.
    CHECK(archive(R"({"__loader__":"TypeNode","__class__":"str","__module__":"builtins","__class__":"system"})").has("skops.schema"));
}

TEST_CASE("a function is what a reader of any protocol takes for it") {
    const Outcome now = archive(node("FunctionNode", "numpy", "log1p", R"("protocol":2)"));
    CHECK(now.whole());
    CHECK(imports(now, "numpy", "log1p"));
    // What the content says is not what a reader of today looks up.
    const Outcome both = archive(node("FunctionNode", "os", "system", R"("protocol":2,"content":{"module_path":"numpy","function":"ndarray"})"));
    CHECK(imports(both, "os", "system"));
    CHECK(imports(both, "numpy", "ndarray"));
    CHECK(imports(archive(node("FunctionNode", "os", "system", R"("protocol":0,"content":{"module_path":"numpy","function":"ndarray"})")), "os", "system"));
    const Outcome first = archive(node("FunctionNode", "scipy.special", "ufunc", R"("protocol":0,"content":{"module_path":"scipy.special","function":"expit"})"));
    CHECK(first.whole());
    CHECK(imports(first, "scipy.special", "expit"));
    CHECK_FALSE(imports(first, "scipy.special", "ufunc"));
    CHECK(imports(archive(node("FunctionNode", "scipy.special", "ufunc", R"("protocol":1,"content":{"module_path":"scipy.special","function":"expit"})")), "scipy.special", "ufunc"));
}

TEST_CASE("random numbers: the class is called, and the bit generator by its name") {
    const Outcome state = archive(node("RandomStateNode", "numpy.random.mtrand", "RandomState", R"("content":{})"));
    CHECK(state.whole());
    CHECK(calls(state, Call::How::reduce, "numpy.random.mtrand.RandomState"));
    CHECK(calls(archive(node("RandomStateNode", "os", "getcwd", R"("content":{})")), Call::How::reduce, "os.getcwd"));
    const auto generator = [](const std::string& name, const std::string& more = "") {
        const std::string text = node("JsonNode", "builtins", "str", R"("content":)" + name);
        return archive(node("RandomGeneratorNode", "numpy.random._generator", "Generator",
                            R"("content":{"bit_generator":)" + node("DictNode", "builtins", "dict", R"("content":{"bit_generator":)" + text + "}") + "}" + more));
    };
    const Outcome honest = generator(R"("\"PCG64\"")");
    INFO(honest.ids());
    CHECK(honest.whole());
    CHECK(calls(honest, Call::How::reduce, "numpy.random._generator.Generator"));
    CHECK(calls(honest, Call::How::reduce, "numpy.random.PCG64"));
    CHECK(imports(generator(R"("\"set_bit_generator\"")"), "numpy.random", "set_bit_generator"));
    CHECK(generator("\"7\"").has("skops.node"));
    CHECK(generator("3").has("skops.node"));
    CHECK(archive(node("RandomGeneratorNode", "numpy.random._generator", "Generator", R"("content":{"bit_generator":{"bit_generator":"PCG64"}})")).has("skops.node"));
    CHECK(imports(archive(node("RandomGeneratorNode", "numpy.random._generator", "Generator", R"("protocol":0,"content":{"bit_generator":{"bit_generator":"PCG64"}})")),
                  "numpy.random", "PCG64"));
    const Outcome made = archive(node("ConstructorFromReduceNode", "datetime", "timedelta", R"("content":)" + node("TupleNode", "builtins", "tuple", R"("content":[])")));
    CHECK(made.whole());
    CHECK(calls(made, Call::How::reduce, "datetime.timedelta"));
}

TEST_CASE("members of a skops archive are those that its nodes refer to") {
    const std::string array = tiny_npy();
    const std::string schema = node("NdArrayNode", "numpy", "ndarray", R"("type":"numpy","file":"1.npy")");
    const Outcome outcome = archive(schema, {{"1.npy", array}});
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.is("npy"));
    CHECK(archive(schema).has("skops.missing-member"));
    CHECK(archive(schema, {{"1.npy", array}, {"2.npy", array}}).has("skops.unlisted-member"));
}
