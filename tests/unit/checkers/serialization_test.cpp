#include <catch2/catch.hpp>

#include <algorithm>

#include "checkers/serialization.hpp"

using namespace headgate;

namespace {

class Rules final : public RuleData {
  public:
    std::optional<ByteView> file(std::string_view path) const override {
        if (path == "globals/data.txt") return as_bytes(data);
        if (path == "globals/configurations.txt") return as_bytes(configurations);
        if (path == "globals/sklearn.txt") return as_bytes(sklearn);
        if (path == "globals/skops.txt") return as_bytes(skops);
        if (path == "globals/keras.txt") return as_bytes(keras);
        if (path == "globals/dangerous.txt") return as_bytes(dangerous);
        if (path == "operators/onnx.txt") return as_bytes(operators);
        if (path == "operators/tensorflow.txt") return as_bytes(tensorflow_operators);
        if (path == "operators/domains.txt") return as_bytes(domains);
        if (path == "operators/dangerous.txt") return as_bytes(dangerous_operators);
        return std::nullopt;
    }
    std::string data =
        "# comment\n\ncollections OrderedDict call,fill a dict\nm Class new,build a class\n_codecs encode call text\n"
        "copyreg _reconstructor call objects\nbuiltins object value a base\ntorch FloatStorage storage memory\n"
        "torch._tensor _rebuild_from_type_v2 call tensors\ntorch._utils _rebuild_tensor_v2 call tensors\n"
        "collections defaultdict call a dict\narray array call numbers\nbuiltins getattr call a constant\n"
        "torch.optim.adam Adam new,build an optimizer\nnumpy memmap value a type\nnumpy.core.multiarray _reconstruct call arrays\n"
        "numpy.random._pickle __bit_generator_ctor call,build numbers\nsklearn.neighbors._kd_tree newObj call,build a tree\n"
        "keras.layers Dense config a layer\nkeras.activations relu config a function\nkeras.src.ops.numpy Add config an operation\n";
    std::string configurations = "# head\n# only for configurations\nkeras.layers Dense config a layer\n";
    std::string sklearn = "sklearn.svm SVC new,build an estimator\n";
    std::string skops = "numpy log1p value a function\nnumpy.random.mtrand RandomState call numbers\n";
    std::string keras = "keras.layers Dense config a layer\nkeras.layers TimeDistributed config a layer\n";
    std::string tensorflow_operators = "MatMul\nWriteFile\n";
    std::string domains = "# comment\nonnx:com.microsoft ONNX Runtime\nonnx:lab.example a laboratory\n";
    std::string operators = "# comment\n\nai.onnx.*\nlab.example.Known\n";
    std::string dangerous_operators = "# comment\nonnx:lab.example.PyOp runs Python\ntensorflow:WriteFile writes any file\n";
    std::string dangerous = "os * runs commands\nbuiltins eval runs Python text\n";
};

struct Case {
    Evidence evidence;
    Kind kind = Kind::model;
    std::vector<std::string> allow = {"pickle", "torch", "npz"};
    std::vector<std::string> globals;
    std::vector<std::string> operators;
    std::vector<std::string> profiles = {"data"};
    Rules rules;

    Case& import(std::string module, std::string name) {
        evidence.imports.push_back({{}, std::move(module), std::move(name), ""});
        return *this;
    }
    Case& op(std::string domain, std::string name, std::string runtime = "onnx") {
        evidence.operators.push_back({{}, std::move(runtime), std::move(domain), std::move(name)});
        return *this;
    }
    Case& call(Call::How how, std::string callee, std::vector<std::string> arguments) {
        evidence.calls.push_back({{}, how, std::move(callee), std::move(arguments)});
        return *this;
    }
    Case& format(std::string member, std::string format, bool inert = false, bool code = false) {
        evidence.formats.push_back({{"f", std::move(member), std::nullopt, std::nullopt}, std::move(format), inert, code});
        return *this;
    }
    CheckRun run() const {
        Subject subject;
        subject.kind = kind;
        subject.has_bytes = true;
        Settings settings;
        settings.set("allow", allow);
        settings.set("profiles", profiles);
        settings.set("allow-globals", globals);
        settings.set("allow-operators", operators);
        const Policy policy;
        return checkers::serialization_checker().run({subject, evidence, settings, policy, rules, Instant{}});
    }
    /// Ids of the findings, joined.
    std::string ids() const {
        std::string all;
        for (const Finding& finding : run().findings) all += (all.empty() ? "" : " ") + finding.id;
        return all;
    }
};

}  // namespace

TEST_CASE("what a list names passes, the rest does not") {
    CHECK(Case().import("collections", "OrderedDict").call(Call::How::reduce, "collections.OrderedDict", {}).ids().empty());
    CHECK(Case().import("m", "Other").ids() == "serialization.unknown-global");
    CHECK(Case().import("m", "Class.method").ids() == "serialization.unknown-global");
    CHECK(Case().import("collections", "OrderedDict").call(Call::How::build, "collections.OrderedDict", {"dict"}).ids() ==
          "serialization.call-not-allowed");
    CHECK(Case().import("m", "Class").call(Call::How::new_object, "m.Class", {}).call(Call::How::build, "m.Class", {"dict"}).ids().empty());
    CHECK(Case().import("m", "Class").call(Call::How::reduce, "m.Class", {}).ids() == "serialization.call-not-allowed");
    Case named;
    named.globals = {"m.Other"};
    CHECK(named.import("m", "Other").call(Call::How::reduce, "m.Other", {}).ids().empty());
}

TEST_CASE("a dangerous import is critical, called or not, and the message says what") {
    const CheckRun run = Case().import("os", "system").call(Call::How::reduce, "os.system", {"str:echo headgate"}).run();
    REQUIRE(run.findings.size() == 1);
    CHECK(run.findings[0].id == "serialization.executes-code");
    CHECK(run.findings[0].severity == Severity::critical);
    CHECK(run.findings[0].message == "loading it calls \"os.system\" with \"echo headgate\": runs commands");
    CHECK(Case().import("os.path", "os.system").ids() == "serialization.executes-code");
    CHECK(Case().import("builtins", "eval").ids() == "serialization.executes-code");
    CHECK(Case().import("oscar", "system").ids() == "serialization.unknown-global");
}

TEST_CASE("trampolines are judged by their arguments") {
    const auto ids = [](std::string module, std::string name, std::vector<std::string> arguments) {
        const std::string callee = module + "." + name;
        return Case().import(module, name).call(Call::How::reduce, callee, std::move(arguments)).ids();
    };
    const std::string bad = "serialization.argument";
    CHECK(ids("_codecs", "encode", {"str:x", "str:latin1"}).empty());
    CHECK(ids("_codecs", "encode", {"str", "str:latin1"}).empty());
    CHECK(ids("_codecs", "encode", {"str:x", "str:rot13"}) == bad);
    CHECK(ids("_codecs", "encode", {"?"}) == bad);
    CHECK(ids("copyreg", "_reconstructor", {"global:m.Class", "global:builtins.object", "none"}).empty());
    CHECK(ids("copyreg", "_reconstructor", {"global:m.Class", "global:builtins.dict", "dict"}).empty());
    CHECK(ids("copyreg", "_reconstructor", {"global:m.Class", "global:m.Class", "none"}) == bad);
    CHECK(ids("torch._tensor", "_rebuild_from_type_v2", {"global:torch._utils._rebuild_tensor_v2", "global:m.Class", "tuple", "dict"}).empty());
    CHECK(ids("torch._tensor", "_rebuild_from_type_v2", {"global:m.Class", "global:m.Class", "tuple", "dict"}) == bad);
}

TEST_CASE("what real frameworks call is let in by its arguments, and only so") {
    const auto ids = [](std::string module, std::string name, std::vector<std::string> arguments) {
        const std::string callee = module + "." + name;
        return Case().import(module, name).call(Call::How::reduce, callee, std::move(arguments)).ids();
    };
    const std::string bad = "serialization.argument";
    CHECK(ids("collections", "defaultdict", {"global:collections.OrderedDict"}).empty());
    CHECK(ids("collections", "defaultdict", {"global:m.Class"}) == bad);
    CHECK(ids("array", "array", {"str:f", "list"}).empty());
    CHECK(ids("array", "array", {"str:b", "bytes"}).empty());
    CHECK(ids("array", "array", {"str:b", "object"}) == bad);
    CHECK(ids("array", "array", {"global:m.Class", "list"}) == bad);
    CHECK(ids("numpy.random._pickle", "__bit_generator_ctor", {"global:numpy.random._pcg64.PCG64"}).empty());
    CHECK(ids("numpy.random._pickle", "__bit_generator_ctor", {"str:MT19937"}).empty());
    CHECK(ids("numpy.random._pickle", "__bit_generator_ctor", {"global:m.Class"}) == bad);
    CHECK(ids("sklearn.neighbors._kd_tree", "newObj", {"global:sklearn.neighbors._kd_tree.KDTree64"}).empty());
    CHECK(ids("sklearn.neighbors._kd_tree", "newObj", {"global:m.Class"}) == bad);
    CHECK(ids("builtins", "getattr", {"global:m.Class", "str:LINEAR"}).empty());
    CHECK(ids("builtins", "getattr", {"global:m.Class", "str:mro"}) == bad);
    CHECK(ids("builtins", "getattr", {"global:m.Class", "str:__BASES__"}) == bad);
    CHECK(ids("builtins", "getattr", {"global:m.Class", "str:A.mro"}) == bad);
    CHECK(ids("builtins", "getattr", {"global:m.Class", "str"}) == bad);
    CHECK(ids("builtins", "getattr", {"object", "str:LINEAR"}) == bad);
    for (const char* type : {"numpy.rec.recarray", "numpy._core.records.recarray", "numpy.char.chararray"}) {
        CHECK(ids("numpy.core.multiarray", "_reconstruct", {std::string("global:") + type, "tuple", "bytes"}).empty());
    }
    CHECK(ids("numpy.core.multiarray", "_reconstruct", {"global:m.Class", "tuple", "bytes"}) == bad);
}

TEST_CASE("an optimizer calls methods of its state, and so stands beside nothing that opens files") {
    const auto optimizer = [] {
        return Case().import("torch.optim.adam", "Adam").call(Call::How::new_object, "torch.optim.adam.Adam", {})
            .call(Call::How::build, "torch.optim.adam.Adam", {"dict"});
    };
    CHECK(optimizer().ids().empty());
    CHECK(Case().import("numpy", "memmap").ids().empty());
    CHECK(optimizer().import("numpy", "memmap").ids() == "serialization.argument");
    Case elsewhere = optimizer();
    elsewhere.evidence.imports.push_back({{"other.pkl", "", std::nullopt, std::nullopt}, "numpy", "memmap", ""});
    CHECK(elsewhere.ids().empty());
}

TEST_CASE("persistent ids are storages of listed types") {
    const auto ids = [](std::vector<std::string> arguments) {
        return Case().import("torch", "FloatStorage").import("m", "Class").call(Call::How::persistent, "", std::move(arguments)).ids();
    };
    CHECK(ids({"str:storage", "global:torch.FloatStorage", "str:0", "str:cpu", "int:4"}).empty());
    CHECK(ids({"str:storage", "global:m.Class", "str:0", "str:cpu", "int:4"}) == "serialization.persistent-id");
    CHECK(ids({"str:other"}) == "serialization.persistent-id");
    CHECK(Case().call(Call::How::reduce, "", {}).ids() == "serialization.computed-call");
}

TEST_CASE("names in configurations of Keras are judged by rows of their own") {
    const auto in_config = [](std::string module, std::string name, std::string written = "") {
        Case result;
        const Location where{"m.keras", "config.json", std::nullopt, std::nullopt};
        result.evidence.formats.push_back({where, "keras-config", true, false});
        result.evidence.imports.push_back({where, module, name, std::move(written)});
        result.evidence.calls.push_back({where, Call::How::instance, module + "." + name, {"str:/config/layers/1", "int:3"}});
        return result;
    };
    CHECK(in_config("keras.layers", "Dense").ids().empty());
    CHECK(in_config("keras", "Dense").ids().empty());          // by its bare name
    CHECK(in_config("builtins", "relu").ids().empty());        // a function of Keras, written so
    CHECK(in_config("builtins", "Dense").ids() == "serialization.unknown-global");
    CHECK(in_config("builtins", "eval").ids() == "serialization.executes-code");
    CHECK(in_config("keras.other", "Dense").ids() == "serialization.unknown-global");
    CHECK(in_config("keras.src.ops.numpy", "Add").ids().empty());
    // What pickles may use, a configuration may not, and the reverse.
    CHECK(in_config("collections", "OrderedDict").ids() == "serialization.unknown-global");
    CHECK(Case().import("keras.layers", "Dense").ids() == "serialization.unknown-global");
    CHECK(Case().import("keras", "Dense").ids() == "serialization.unknown-global");

    const CheckRun run = in_config("os", "system").run();
    REQUIRE(run.findings.size() == 1);
    CHECK(run.findings[0].message ==
          "its configuration makes \"os.system\" at /config/layers/1, in 3 places in all: runs commands");
    Case own = in_config("Custom", "Mine", "Custom>Mine");
    const CheckRun unknown = own.run();
    REQUIRE(unknown.findings.size() == 1);
    CHECK(unknown.findings[0].message.find("(written \"Custom>Mine\") at /config/layers/1") != std::string::npos);
    CHECK(unknown.findings[0].fix.find("\"Custom.Mine\" to `allow-globals`") != std::string::npos);
    own.globals = {"Custom.Mine"};
    CHECK(own.ids().empty());
}

TEST_CASE("what looks like an object of Keras is judged where a name is Keras's or dangerous") {
    const auto at = [](const std::string& format, std::initializer_list<std::pair<const char*, const char*>> names) {
        Case result;
        const Location where{"m.json", "", std::nullopt, std::nullopt};
        result.evidence.formats.push_back({where, format, true, false});
        for (const auto& [module, name] : names) {
            result.evidence.imports.push_back({where, module, name, ""});
            result.evidence.calls.push_back({where, Call::How::instance, std::string(module) + "." + name, {"str:/a", "int:1"}});
        }
        return result.ids();
    };
    for (const char* format : {"keras-objects", "jsonl"}) {
        CAPTURE(format);
        CHECK(at(format, {{"keras", "Planner"}, {"keras", "Truck"}}).empty());       // another program's
        CHECK(at(format, {{"keras", "Dense"}}).empty());
        CHECK(at(format, {{"keras", "Dense"}, {"keras", "Mine"}}) == "serialization.unknown-global");
        CHECK(at(format, {{"keras", "Planner"}, {"os", "system"}}) == "serialization.unknown-global serialization.executes-code");
    }
    CHECK(at("keras-config", {{"keras", "Planner"}}) == "serialization.unknown-global");
    Case without;                                                                    // whatever profiles the policy has
    without.profiles = {};
    const Location where{"m.json", "", std::nullopt, std::nullopt};
    without.evidence.formats.push_back({where, "keras-objects", true, false});
    without.evidence.imports.push_back({where, "keras", "Dense", ""});
    CHECK(without.ids() == "serialization.unknown-global");
}

TEST_CASE("who takes the code of a TorchScript archive takes the classes that it names, there and nowhere else") {
    Case script;
    script.format("", "torchscript", false, true);
    script.evidence.imports.push_back({{"f", "m/data.pkl", 2, std::nullopt}, "__torch__.net", "Net", ""});
    script.evidence.calls.push_back({{"f", "m/data.pkl", 9, std::nullopt}, Call::How::new_object, "__torch__.net.Net", {}});
    CHECK(script.ids() == "serialization.code-file serialization.unknown-global");
    script.allow = {"torchscript"};
    CHECK(script.ids().empty());
    script.evidence.imports[0].where.path = "other.pkl";
    CHECK(script.ids() == "serialization.unknown-global");
    script.evidence.imports[0].where.path = "f";
    script.import("os", "system");
    CHECK(script.ids() == "serialization.executes-code");
}

TEST_CASE("formats must be allowed, inert or containers of such; code is no model") {
    CHECK(Case().format("", "pickle").format("a", "text", true).format("b", "zip").ids().empty());
    CHECK(Case().format("", "rds").ids() == "serialization.format-not-allowed");
    CHECK(Case().format("", "npz").format("a.npy", "npy").ids().empty());
    CHECK(Case().format("", "npy").ids() == "serialization.format-not-allowed");
    Case torch;
    torch.allow = {"torch"};
    CHECK(torch.format("", "torch").format("archive/data.pkl", "pickle").ids().empty());
    CHECK(torch.format("archive/extra.pkl", "pickle").ids() == "serialization.format-not-allowed");
    CHECK(Case().format("a.py", "source", false, true).ids() == "serialization.code-file");
    Case keras;
    keras.allow = {"keras"};
    CHECK(keras.format("", "keras").format("config.json", "keras-config", true).format("model.weights.h5", "hdf5").ids().empty());
    CHECK(keras.format("assets/a.pkl", "pickle").ids() == "serialization.format-not-allowed");
    Case package;
    package.kind = Kind::package;
    CHECK(package.format("a.py", "source", false, true).ids().empty());
}

TEST_CASE("estimators need a profile in pickles and none in skops archives") {
    const auto estimator = [](const std::string& member, const std::string& format) {
        Case one;
        one.allow = {"pickle", "skops", "zip"};
        one.format(member, format);
        const Location where{"f", member.empty() ? "schema.json" : member + "!schema.json", std::nullopt, std::nullopt};
        one.evidence.imports.push_back({where, "sklearn.svm", "SVC", ""});
        one.evidence.calls.push_back({where, Call::How::new_object, "sklearn.svm.SVC", {}});
        return one;
    };
    CHECK(estimator("", "skops").ids().empty());
    CHECK(estimator("inner.skops", "skops").ids().empty());
    CHECK(estimator("", "zip").ids() == "serialization.unknown-global");
    Case elsewhere = estimator("inner.skops", "skops");
    elsewhere.evidence.imports.push_back({{"f", "other.pkl", std::nullopt, std::nullopt}, "sklearn.svm", "SVC", ""});
    CHECK(elsewhere.ids() == "serialization.unknown-global");
    Case called = estimator("", "skops");
    called.evidence.calls[0].how = Call::How::reduce;
    CHECK(called.ids() == "serialization.call-not-allowed");
    Case random = estimator("", "skops");
    const Location inside = random.evidence.imports[0].where;
    random.evidence.imports.push_back({inside, "numpy", "log1p", ""});
    random.evidence.imports.push_back({inside, "numpy.random.mtrand", "RandomState", ""});
    random.evidence.calls.push_back({inside, Call::How::reduce, "numpy.random.mtrand.RandomState", {}});
    CHECK(random.ids().empty());
    CHECK(Case().import("numpy", "log1p").ids() == "serialization.unknown-global");
}

TEST_CASE("what parsers found and what nobody read are findings") {
    Case broken;
    broken.evidence.findings.push_back({"pickle.broken", Severity::high, "m", {}, "w", "f"});
    broken.evidence.opaques.push_back({{}, "no parser", 7});
    CHECK(broken.ids() == "pickle.broken serialization.unscannable");
}

TEST_CASE("a profile that does not exist or does not parse is an error, not a pass") {
    Case none;
    none.profiles = {"nothing"};
    CHECK(none.import("m", "Class").run().status == RunStatus::error);
    Case bad;
    bad.rules.data = "m Class sometimes a reason\n";
    CHECK(bad.import("m", "Class").run().status == RunStatus::error);
    Case reasonless;
    reasonless.rules.data = "m Class new\n";
    CHECK(reasonless.import("m", "Class").run().status == RunStatus::error);
}

TEST_CASE("a list that is only for configurations is read where there is one") {
    const auto with = [](bool configuration, const std::string& more) {
        Case one;
        one.profiles = {"data", "configurations"};
        one.rules.configurations += more;
        if (configuration) one.format("config.json", "keras-config", true);
        return one.import("m", "Class").call(Call::How::new_object, "m.Class", {});
    };
    CHECK(with(false, "").ids().empty());
    CHECK(with(true, "").ids().empty());
    CHECK(with(false, "m Other new no configuration\n").import("m", "Other").ids() == "serialization.unknown-global");
    CHECK(with(true, "m Other new no configuration\n").run().status == RunStatus::error);
}

TEST_CASE("operators: what the runtime brings passes, the rest by name alone") {
    CHECK(Case().op("ai.onnx", "Conv").op("lab.example", "Known").ids().empty());
    CHECK(Case().op("ai.onnx.ml", "Scaler").ids() == "serialization.unknown-operator");  // a domain is not those below it
    CHECK(Case().op("lab.example", "Other").ids() == "serialization.unknown-operator");
    CHECK(Case().op("", "Conv").ids() == "serialization.unknown-operator");
    const CheckRun run = Case().op("lab.example", "PyOp").run();
    REQUIRE(run.findings.size() == 1);
    CHECK(run.findings[0].id == "serialization.dangerous-operator");
    CHECK(run.findings[0].severity == Severity::critical);
    CHECK(run.findings[0].message == "running it uses the operator onnx:lab.example.PyOp: runs Python");
    Case named;
    named.operators = {"onnx:lab.example.*", "onnx:other.example.Gelu"};
    CHECK(named.op("lab.example", "Other").op("other.example", "Gelu").ids().empty());
    CHECK(named.op("lab.example", "PyOp").ids() == "serialization.dangerous-operator");  // not by its domain
    named.operators.emplace_back("onnx:lab.example.PyOp");
    CHECK(named.ids().empty());
    CHECK(Case().op("ai.onnx", "Conv", "other").run().status == RunStatus::error);  // no list of that runtime
}

TEST_CASE("a function of the model's own goes without saying, unless a runtime brings an operator of that name") {
    CHECK(Case().op("", "__inference_call_7", "tensorflow-function").op("", "MatMul", "tensorflow-function").ids().empty());
    CHECK(Case().op("", "__inference_call_7", "tensorflow").ids() == "serialization.unknown-operator");
    const CheckRun run = Case().op("", "WriteFile", "tensorflow-function").run();
    REQUIRE(run.findings.size() == 1);
    CHECK(run.findings[0].id == "serialization.dangerous-operator");
    CHECK(run.findings[0].message == "running it uses the operator tensorflow:WriteFile: writes any file; the function of that name in "
                                     "the model may be passed over");
    Case named;
    named.operators = {"tensorflow:WriteFile", "onnx:com.microsoft.*"};
    CHECK(named.op("", "WriteFile", "tensorflow-function").op("com.microsoft", "Gelu", "onnx-function").ids().empty());

    CHECK(Case().op("pkg.onnxscript.torch_lib", "aten_gelu", "onnx-function").op("ai.onnx", "Relu", "onnx-function").ids().empty());
    CHECK(Case().op("com.microsoftish", "Gelu", "onnx-function").op("com", "Gelu", "onnx-function").op("", "Gelu", "onnx-function").ids().empty());
    CHECK(Case().op("com.microsoft", "Gelu", "onnx-function").ids() == "serialization.unknown-operator");
    CHECK(Case().op("com.microsoft.nchwc", "Conv", "onnx-function").ids() == "serialization.unknown-operator");
    CHECK(Case().op("lab.example", "PyOp", "onnx-function").ids() == "serialization.dangerous-operator");
    CHECK(Case().op("lab.example", "Known", "onnx-function").ids().empty());
}

TEST_CASE("of very many names a thousand are listed, and how many more there are") {
    Case many;
    for (int i = 0; i < 1500; ++i) many.import("m", "c" + std::to_string(i));
    const CheckRun run = many.run();
    REQUIRE(run.findings.size() == 1001);
    CHECK(run.findings.back().id == "serialization.unknown-global");
    CHECK(run.findings.back().severity == Severity::high);
    CHECK(run.findings.back().message == "and 500 more like these, which are not listed");
    Case few;
    for (int i = 0; i < 1000; ++i) few.import("m", "c" + std::to_string(i));
    CHECK(few.run().findings.size() == 1000);
}
