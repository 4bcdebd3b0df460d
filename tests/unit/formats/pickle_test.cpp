#include <catch2/catch.hpp>

#include <algorithm>

#include "formats/pickle.hpp"
#include "formats/torch_legacy.hpp"
#include "recipes/pickle_recipe.hpp"

using namespace headgate;
using headgate::recipes::Pickle;

namespace {

struct Seen {
    Evidence evidence;
    formats::Examined examined = formats::Examined::partly;

    bool found(std::string_view id) const {
        return std::any_of(evidence.findings.begin(), evidence.findings.end(), [&](const Finding& f) { return f.id == id; });
    }
    bool imports(std::string_view name) const {
        return std::any_of(evidence.imports.begin(), evidence.imports.end(),
                           [&](const Import& i) { return i.module + "." + i.name == name; });
    }
    const Call* call(Call::How how, std::string_view callee) const {
        for (const Call& call : evidence.calls) {
            if (call.how == how && call.callee == callee) return &call;
        }
        return nullptr;
    }
    bool clean() const { return evidence.findings.empty() && examined == formats::Examined::whole; }
};

Seen see(ByteView bytes, formats::Examined (*parse)(ByteSource&, formats::ParseContext&) = formats::parse_pickle,
         Limits limits = {}) {
    Seen seen;
    Budget budget(limits);
    MemorySource source(bytes);
    formats::ParseContext context{limits, budget, seen.evidence, "model.pkl", "", 0, nullptr};
    seen.examined = parse(source, context);
    return seen;
}
Seen see(const Pickle& pickle) { return see(pickle.done()); }

bool sniffed(const Pickle& pickle, std::string_view name) {
    MemorySource source(pickle.done());
    return formats::sniff_pickle(source, name);
}

constexpr std::uint32_t kUnsized = 0xffffffff;

// numpy.dtype with its state; `fields` pushes names and fields.
struct Type {
    std::string name;
    std::uint32_t size = kUnsized;
    unsigned flags = 0;
    std::string fields = "NN";
};
Pickle& push(Pickle& p, const Type& type) {
    p.global("numpy", "dtype").long_text(type.name).integer(0).integer(1).tuple3().reduce();
    return p.mark().integer(3).long_text("<").none().raw(type.fields).integer4(type.size).integer4(kUnsized).integer(type.flags).tuple().build();
}
std::string field(const Type& type, unsigned offset = 0) {
    Pickle p;
    p.text("a").tuple1().dict().text("a");
    return std::string(push(p, type).integer(offset).tuple2().set_item().view());
}

// A wrapper whose state is whatever `more` pushes between its own items and the SETITEMS.
Pickle wrapper(const Type& type, unsigned count, std::string_view module = "joblib.numpy_pickle", std::string_view before = "", std::string_view more = "") {
    Pickle p(3);
    p.global(module, "NumpyArrayWrapper").put(0).empty_tuple().new_object().put(1).dict().raw(before).mark();
    p.long_text("shape").integer(count).tuple1();
    p.long_text("dtype");
    push(p, type);
    return p.raw(more).set_items().build();
}
Pickle wrapper(const char* dtype, unsigned count) { return wrapper(Type{dtype, kUnsized, dtype[0] == 'O' ? 63U : 0U, "NN"}, count); }

}  // namespace

TEST_CASE("an import and its call are facts, whatever opcode resolves them") {
    for (const Pickle& pickle : {Pickle(2).call("posix", "system").stop(),
                                 Pickle(4).text("posix").text("system").stack_global().text("echo headgate").tuple1().reduce().stop(),
                                 Pickle().mark().long_text("echo headgate").inst("posix", "system").stop(),
                                 Pickle(1).mark().global("posix", "system").long_text("echo headgate").object().stop()}) {
        const Seen seen = see(pickle);
        CHECK(seen.imports("posix.system"));
        REQUIRE(seen.evidence.calls.size() == 1);
        CHECK(seen.evidence.calls[0].callee == "posix.system");
        CHECK(seen.evidence.calls[0].arguments == std::vector<std::string>{"str:echo headgate"});
        CHECK(seen.clean());
    }
}

TEST_CASE("plain data has no imports and no findings") {
    const Seen seen = see(Pickle(4).dict().memoize().mark().text("a").integer(1).text("b").list().mark().integer(1).yes().none()
                              .appends().set_items().stop());
    CHECK(seen.clean());
    CHECK(seen.evidence.imports.empty());
    CHECK(seen.evidence.calls.empty());
    REQUIRE(seen.evidence.formats.size() == 1);
    CHECK(seen.evidence.formats[0].format == "pickle");
}

TEST_CASE("rule 1: POP takes a MARK away when nothing stands above it") {
    CHECK(see(Pickle(2).none().mark().pop().stop()).clean());
    CHECK(see(Pickle(2).pop().stop()).found("pickle.broken"));
    CHECK(see(Pickle(2).none().mark().dup().stop()).found("pickle.broken"));
    CHECK(see(Pickle(2).none().mark().integer(1).pop_mark().stop()).clean());
    // A value below a MARK is out of reach.
    CHECK(see(Pickle(2).integer(1).mark().integer(2).tuple2().stop()).found("pickle.broken"));
}

TEST_CASE("rule 2: the memo holds the top of the stack") {
    // PUT stores what is on top, not what the opcode before it pushed.
    const Seen seen = see(Pickle(4).text("posix").put(0).text("system").text("x").pop().put(1).get(0).get(1).stack_global().stop());
    CHECK(seen.imports("posix.system"));
    // MEMOIZE numbers by how many there are.
    CHECK(see(Pickle(4).text("posix").put(5).text("system").memoize().get(5).get(1).stack_global().stop()).imports("posix.system"));
    CHECK(see(Pickle(2).get(3).stop()).found("pickle.broken"));
    CHECK(see(Pickle().raw("I1\np0x1\n.")).found("pickle.memo-index"));
    CHECK(see(Pickle(2).none().raw("r").little(0x7fffffff, 4).stop()).found("pickle.memo-index"));
    CHECK(see(Pickle().raw("I1\np0\ng0\n.")).clean());
}

TEST_CASE("rule 3: names are read as Python reads their literals") {
    CHECK(see(Pickle(4).raw("V\\u0070osix\n").text("system").stack_global().stop()).imports("posix.system"));
    CHECK(see(Pickle(4).raw("S'\\x70osix'\n").raw("U\x06system").stack_global().stop()).imports("posix.system"));
    CHECK(see(Pickle(4).raw("S'os'\nS'sys\\164em'\n").stack_global().stop()).imports("os.system"));
}

TEST_CASE("rule 4: GLOBAL keeps a carriage return, STACK_GLOBAL takes literals only") {
    CHECK(see(Pickle(2).global("os\r", "system").stop()).imports("os\r.system"));
    const Seen computed = see(Pickle(4).global("_codecs", "encode").text("bf").text("rot13").tuple2().reduce().text("system")
                                  .stack_global().stop());
    CHECK(computed.found("pickle.computed-global"));
    CHECK_FALSE(see(Pickle(4).text("os").text("system").stack_global().stop()).found("pickle.computed-global"));
}

TEST_CASE("rule 5: Python 2 names are mapped below protocol 3") {
    const Seen seen = see(Pickle(2).global("__builtin__", "eval").pop().global("commands", "getoutput").stop());
    CHECK(seen.imports("builtins.eval"));
    CHECK(seen.imports("subprocess.getoutput"));
    CHECK(seen.evidence.imports[0].written == "__builtin__ eval");
    CHECK(see(Pickle(3).global("__builtin__", "eval").stop()).imports("__builtin__.eval"));
}

TEST_CASE("rule 7: extension codes cannot be told") {
    CHECK(see(Pickle(2).raw("\x82\x01").stop()).found("pickle.extension"));
    CHECK(see(Pickle(2).raw("\x83\x01").byte(0).stop()).found("pickle.extension"));
    CHECK(see(Pickle(2).raw("\x84").little(1, 4).stop()).found("pickle.extension"));
}

TEST_CASE("rule 8: every way to call is a fact, and what is no object is not built or filled") {
    const Seen made = see(Pickle(2).global("m", "C").empty_tuple().new_object().dict().build().stop());
    CHECK(made.call(Call::How::new_object, "m.C") != nullptr);
    CHECK(made.call(Call::How::build, "m.C") != nullptr);
    CHECK(made.clean());
    CHECK(see(Pickle(2).global("m", "C").empty_tuple().reduce().mark().none().appends().stop()).call(Call::How::extend, "m.C") != nullptr);
    CHECK(see(Pickle(2).global("m", "C").dict().build().stop()).found("pickle.build-on-global"));
    CHECK(see(Pickle(2).global("m", "C").text("k").none().set_item().stop()).found("pickle.wrong-container"));
    CHECK(see(Pickle(2).list().text("k").none().set_item().stop()).found("pickle.wrong-container"));
    CHECK(see(Pickle(2).dict().text("k").none().set_item().stop()).clean());
    const Seen persistent = see(Pickle(2).text("id").persistent().stop());
    REQUIRE(persistent.call(Call::How::persistent, "") != nullptr);
    CHECK(persistent.call(Call::How::persistent, "")->arguments[0] == "str:id");
}

TEST_CASE("the class in the persistent id of a whole module is the class that is made") {
    const auto module = [](std::string_view kind) {
        return see(Pickle(2).mark().text(kind).global("m", "Net").text("net.py").text("source").tuple().persistent().empty_tuple().new_object()
                       .dict().build().stop());
    };
    CHECK(module("module").call(Call::How::new_object, "m.Net") != nullptr);
    CHECK(module("module").call(Call::How::build, "m.Net") != nullptr);
    CHECK(module("storage").call(Call::How::new_object, "m.Net") == nullptr);
    CHECK(module("storage").call(Call::How::new_object, "") != nullptr);
}

TEST_CASE("rule 8: a state that plants __setstate__ is found, other states are not") {
    const auto state = [](std::string_view key) { return Pickle().dict().text(key).integer(1).set_item(); };
    const auto object = [] { return Pickle(4).global("m", "C").empty_tuple().new_object(); };
    CHECK(see(object().raw(state("__setstate__").view()).build().text("x").build().stop()).found("pickle.planted-setstate"));
    CHECK(see(object().raw(state("__reduce__").view()).build().text("x").build().stop()).found("pickle.planted-setstate"));
    CHECK(see(object().raw(state("weight").view()).build().stop()).clean());
    CHECK(see(object().raw(state("__version__").view()).build().stop()).clean());
}

TEST_CASE("rule 11: frames and protocols as picklers write them, or a finding") {
    CHECK(see(Pickle(4).frame(2).none().stop()).clean());
    CHECK(see(Pickle(4).frame(1).none().stop()).clean());
    CHECK(see(Pickle(4).frame(3).text("abc").stop()).found("pickle.bad-frame"));
    CHECK(see(Pickle(4).frame(11).frame(2).none().stop()).found("pickle.bad-frame"));
    CHECK(see(Pickle(4).frame(900).none().stop()).found("pickle.bad-frame"));
    CHECK(see(Pickle(3).frame(2).none().stop()).found("pickle.bad-frame"));
    CHECK(see(Pickle(4).frame(3).none().stop().none()).found("pickle.bad-frame"));
    CHECK(see(Pickle(2).none().raw("\x80\x04").stop()).found("pickle.protocol"));
    CHECK(see(Pickle(9).none().stop()).found("pickle.protocol"));
}

TEST_CASE("rule 12: what follows STOP is a finding and is read all the same") {
    const Seen second = see(Pickle(2).none().stop().raw(Pickle(2).call("os", "system").stop().view()));
    CHECK(second.found("pickle.trailing-bytes"));
    CHECK(second.imports("os.system"));
    const Seen junk = see(Pickle(2).none().stop().raw(std::string(200, '\xff')).raw(Pickle(2).call("os", "system").stop().view()));
    CHECK(junk.imports("os.system"));
    CHECK(junk.found("pickle.trailing-bytes"));
}

TEST_CASE("rule 13: a broken stream keeps what was found before") {
    for (const Pickle& pickle : {Pickle(2).call("os", "system"), Pickle(2).call("os", "system").raw("\xff").stop(),
                                 Pickle(2).call("os", "system").raw("X").little(1000, 4).stop()}) {
        const Seen seen = see(pickle);
        CHECK(seen.imports("os.system"));
        CHECK(seen.found("pickle.broken"));
        CHECK(seen.examined == formats::Examined::partly);
    }
}

TEST_CASE("rule 14: out-of-band buffers are a finding") {
    CHECK(see(Pickle(5).raw("\x97").stop()).found("pickle.buffer"));
    CHECK(see(Pickle(5).none().raw("\x98").stop()).found("pickle.buffer"));
}

TEST_CASE("rule 15: limits are findings") {
    Limits small;
    small.steps = 2000;
    Pickle many(2);
    for (int i = 0; i < 5000; ++i) many.none().pop();
    CHECK(see(many.none().stop().done(), formats::parse_pickle, small).found("pickle.unscannable"));
    Limits few;
    few.facts = 3;
    Pickle imports(2);
    for (int i = 0; i < 10; ++i) imports.global("m", "n" + std::to_string(i)).pop();
    CHECK(see(imports.none().stop().done(), formats::parse_pickle, few).found("pickle.unscannable"));
    CHECK(see(Pickle(2).raw("\x8b").little(5000, 4).raw(std::string(5000, '\1')).stop()).found("pickle.large-integer"));
    Pickle deep(2);
    deep.none();
    for (int i = 0; i < 2000; ++i) deep.tuple1();
    CHECK(see(deep.stop()).found("pickle.unscannable"));
    Pickle laughs(4);
    laughs.list().put(0).mark().none().appends();
    for (unsigned level = 1; level < 12; ++level) {
        laughs.list().put(level).mark();
        for (int i = 0; i < 10; ++i) laughs.get(level - 1);
        laughs.appends();
    }
    CHECK(see(laughs.stop()).found("pickle.memo-amplification"));
    Pickle shared(4);
    shared.list().put(0).pop().list().mark();
    for (int i = 0; i < 1000; ++i) shared.get(0);
    CHECK(see(shared.appends().stop()).clean());
}

TEST_CASE("rule 16: a pickle, archive or program inside a literal is found, plain text is not") {
    const std::string inner(Pickle(4).text("os").text("system").stack_global().stop().view());
    for (const Pickle& pickle :
         {Pickle(4).bytes(inner).stop(), Pickle(4).bytes(Pickle().call("os", "system").stop().view()).stop(),
          Pickle(4).text("8004" "8c026f73" "8c0673797374656d" "93" "2e").stop(), Pickle(4).text("gASMAm9zjAZzeXN0ZW2TLg==").stop(),
          Pickle(2).long_text("\xc2\x80\x04\xc2\x8c\x02os\xc2\x8c\x06system\xc2\x93.").stop()}) {
        const Seen seen = see(pickle);
        CHECK(seen.found("pickle.nested-stream"));
        CHECK(seen.imports("os.system"));
    }
    const std::string elf = std::string("\x7f" "ELF\x02\x01\x01", 7) + std::string(57, '\0');
    CHECK(see(Pickle(4).bytes(elf).stop()).found("pickle.nested-program"));
    const std::string zip = "PK\x03\x04" + std::string(30, '\0') + "PK\x05\x06" + std::string(18, '\0');
    CHECK(see(Pickle(4).bytes(zip).stop()).found("pickle.nested-archive"));
    CHECK(see(Pickle(4).text("PKD, Philip").text("cat.").text("gAme of life, 16 letters").text("8004 Zurich").mark().tuple().stop()).clean());
}

TEST_CASE("equal calls are recorded once, many different ones by their shape") {
    Pickle equal(2);
    equal.global("m", "f").put(0).pop();
    for (int i = 0; i < 500; ++i) equal.get(0).integer(1).tuple1().reduce().pop();
    CHECK(see(equal.none().stop()).evidence.calls.size() == 1);
    Pickle different(2);
    different.global("m", "f").put(0).pop();
    for (unsigned i = 0; i < 250; ++i) different.get(0).integer(i).tuple1().reduce().pop();
    CHECK(see(different.none().stop()).evidence.calls.size() == 65);
}

TEST_CASE("bytes of protocols 0 to 2 are bytes to whatever they are given to") {
    Pickle p(2);
    p.global("__builtin__", "bytearray").global("_codecs", "encode").long_text("x").long_text("latin1").tuple2().reduce().tuple1().reduce();
    const Seen seen = see(p.stop());
    REQUIRE(seen.evidence.calls.size() == 2);
    CHECK(seen.evidence.calls[1].callee == "builtins.bytearray");
    CHECK(seen.evidence.calls[1].arguments == std::vector<std::string>{"bytes"});
}

TEST_CASE("joblib's inline arrays are passed over, and their bytes run no code unseen") {
    Pickle good = wrapper("f8", 2);
    good.raw(std::string(16, '\0')).stop();
    CHECK(see(good).clean());
    Pickle broken = wrapper("f8", 200);
    CHECK(see(broken.raw(std::string(16, '\0')).stop()).found("pickle.broken"));
    Pickle unknown = wrapper("V8", 2);
    CHECK(see(unknown.raw(std::string(16, '\0')).stop()).found("pickle.unscannable"));
    const std::string code(Pickle().call("os", "system").stop().view());
    Pickle hidden = wrapper("f8", static_cast<unsigned>(code.size() / 8 + 1));
    CHECK(see(hidden.raw(code).raw(std::string(8 - code.size() % 8, '\0')).stop()).found("pickle.code-in-array"));
    Pickle objects = wrapper("O8", 1);
    const Seen nested = see(objects.raw(Pickle(2).call("os", "system").stop().view()).stop());
    CHECK(nested.imports("os.system"));
    CHECK(nested.examined == formats::Examined::whole);
}

TEST_CASE("pickle.load runs an array's bytes to its own end, whatever joblib makes of them") {
    const std::string code(Pickle().call("os", "system").stop().view());
    const auto filled = [](std::string bytes) {
        bytes.resize((bytes.size() + 7) / 8 * 8, 'N');
        Pickle p = wrapper("f8", static_cast<unsigned>(bytes.size() / 8));
        return p.raw(bytes).stop();
    };
    CHECK(see(filled(std::string("r\0\0\x10\0", 5) + code)).found("pickle.code-in-array"));   // a memo index that costs 16 MB
    std::string long_way;
    for (int i = 0; i < 900; ++i) long_way += "N0";
    CHECK(see(filled(long_way + code)).found("pickle.code-in-array"));
    // From one array into the middle of the next.
    Pickle two = wrapper("f8", 2);
    two.raw("B").little(11 + 200, 4).raw(std::string(11, '\xff')).raw(std::string(200, '\0'));
    CHECK(see(two.raw(code)).found("pickle.code-in-array"));
    CHECK(see(filled(std::string("\x8c\x02os\x8c\x06system\x93)R.", 17))).found("pickle.code-in-array"));
    // What was imported before, called from there.
    Pickle reached(2);
    reached.global("m", "f").put(200).pop().raw(std::string(wrapper("f8", 1).view()).substr(2));
    CHECK(see(reached.raw(std::string("h\xc8N\x85R.N0", 8)).stop()).found("pickle.code-in-array"));
    for (const std::string& numbers : {std::string(16, '\0'), std::string(16, '\x93'), std::string("}b}b}b}b"), std::string(")R)R)R)R"), std::string(64, 'N'),
                                       std::string("\x82\x01\x82\x01\x82\x01\x82\x01", 8), std::string("cat\ndog\n").substr(0, 4) + "....", std::string("(lp0\nI1.")}) {
        CAPTURE(numbers);
        CHECK(see(filled(numbers)).clean());
    }
}

TEST_CASE("where joblib's array ends is told only by what joblib writes") {
    const std::string bytes(16, '\0');
    const auto unread = [&](Pickle p) {
        const Seen seen = see(p.raw(bytes).stop());
        return seen.found("pickle.unscannable") && seen.examined == formats::Examined::partly;
    };
    const Type f8{"f8", kUnsized, 0, "NN"};
    const std::string again(Pickle().long_text("shape").integer(1).tuple1().view());
    CHECK(unread(wrapper(f8, 2, "joblib.numpy_pickle", "", again)));
    CHECK(unread(wrapper(f8, 2, "joblib.numpy_pickle", Pickle().long_text("numpy_array_alignment_bytes").integer(16).set_item().view())));
    CHECK(unread(wrapper(f8, 2, "joblib.numpy_pickle", "", Pickle().long_text("__class__").none().view())));
    CHECK(unread(wrapper({"S8", 64, 0, "NN"}, 2)));
    CHECK(unread(wrapper({"f8", 100, 0, field(f8)}, 2)));
    for (const char* module : {"joblib.numpy_pickle", "sklearn.externals.joblib.numpy_pickle"}) {
        CHECK(see(wrapper(f8, 2, module).raw(bytes).stop()).clean());
        CHECK(see(wrapper({"S8", 8, 0, "NN"}, 2, module).raw(bytes).stop()).clean());
        CHECK(see(wrapper({"U2", 8, 8, "NN"}, 2, module).raw(bytes).stop()).clean());
        CHECK(see(wrapper({"V8", 8, 0, field(f8)}, 2, module).raw(bytes).stop()).clean());
    }
}

TEST_CASE("a numpy.dtype whose flags deny what it holds is found out") {
    const auto alone = [](const Type& type) {
        Pickle p(2);
        push(p, type);
        return see(p.stop());
    };
    const Type object{"O8", kUnsized, 63, "NN"}, number{"f8", kUnsized, 0, "NN"};
    CHECK(alone({"f8", kUnsized, 1, "NN"}).found("pickle.dtype"));
    CHECK(alone({"O8", kUnsized, 0, "NN"}).found("pickle.dtype"));
    CHECK(alone({"V8", 8, 0, field(object)}).found("pickle.dtype"));
    CHECK(alone({"V8", 8, 27, field(number)}).found("pickle.dtype"));
    CHECK(alone({"V8", 8, 0, field(number, 4)}).found("pickle.dtype"));
    for (const Type& honest : {object, number, Type{"V8", 8, 0, field(number)}, Type{"V8", 8, 27, field(object)}, Type{"V16", 16, 0, field(number, 8)},
                               Type{"V8", 8, 0, "NN"}}) {
        CAPTURE(honest.name);
        CHECK(alone(honest).clean());
    }
}

TEST_CASE("joblib's arrays in files of their own are files beside it") {
    const auto state = [](std::string_view module, std::string_view name, const Pickle& items) {
        Pickle p(2);
        p.global(module, name).empty_tuple().new_object().dict();
        return see(p.raw(items.view()).build().stop());
    };
    const auto named = [](std::string_view file) {
        Pickle p;
        return p.mark().long_text("filename").long_text(file).long_text("allow_mmap").yes().set_items();
    };
    for (const char* module : {"joblib.numpy_pickle", "joblib.numpy_pickle_compat", "sklearn.externals.joblib.numpy_pickle"}) {
        for (const char* name : {"NDArrayWrapper", "ZNDArrayWrapper"}) {
            CAPTURE(module, name);
            CHECK(state(module, name, named("model.pkl_01.npy")).clean());
            for (const char* file : {"/tmp/x.npy", "../x.npy", ".x", "a\\b", "C:x", ""}) CHECK(state(module, name, named(file)).found("pickle.external-file"));
            Pickle twice = named("a.npy");
            CHECK(state(module, name, twice.long_text("filename").long_text("/x").set_item()).found("pickle.external-file"));
            Pickle pair = named("/x");
            CHECK(state(module, name, pair.none().tuple2()).found("pickle.external-file"));
        }
    }
}

TEST_CASE("every prefix of a stream ends in a finding") {
    Pickle whole = wrapper("f8", 2);
    whole.raw(std::string(16, '\0')).stop();
    for (std::size_t length = 2; length < whole.done().size(); ++length) {
        const Seen seen = see(ByteView(whole.done()).first(length));
        CHECK_FALSE(seen.evidence.findings.empty());
        CHECK(seen.examined == formats::Examined::partly);
    }
}

TEST_CASE("a stream without PROTO is guessed by what it does, not by its letters") {
    CHECK(sniffed(Pickle().call("os", "system").stop(), "x"));
    CHECK(sniffed(Pickle().call("os", "system"), "x"));
    CHECK(sniffed(Pickle(2).none().stop(), "readme.txt"));
    CHECK_FALSE(sniffed(Pickle().raw("cat\ndog\nmouse\n"), "vocab.txt"));
    CHECK_FALSE(sniffed(Pickle().raw("class Net:\n    pass\n"), "net.py"));
    CHECK_FALSE(sniffed(Pickle().raw("Name,Age\n"), "people.csv"));
    CHECK(sniffed(Pickle().raw("I1\n."), "one.pkl"));
    // Memo indexes in every form that an unpickler takes.
    for (const char* index : {"+1", " 1", "\t3", "1\r", "1_0", "0000000000000000000001", "1000000"}) {
        CAPTURE(index);
        CHECK(sniffed(Pickle().raw("Np").raw(index).raw("\n0").call("os", "system").stop(), "notes.md"));
        CHECK(sniffed(Pickle().raw("Vos\np").raw(index).raw("\n0Vsystem\np208\n0g").raw(index).raw("\ng208\n").stack_global().empty_tuple().reduce().raw(".text"), "notes.md"));
    }
    CHECK_FALSE(sniffed(Pickle().raw("Np-1\n0").call("os", "system").stop(), "notes.md"));
    CHECK_FALSE(sniffed(Pickle().raw("NNR more letters"), "sequence.fasta"));
    CHECK_FALSE(sniffed(Pickle().raw("First Citizen:\n(.....)"), "shakespeare.txt"));
}

TEST_CASE("legacy torch files are read to their last byte") {
    const auto file = [](std::uint64_t elements, std::string_view tail) {
        Pickle p;
        p.raw(std::string_view("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15));
        p.raw("\x80\x02").raw("M\xe9\x03").stop();
        p.raw("\x80\x02").dict().stop();
        p.raw("\x80\x02").global("torch._utils", "_rebuild_tensor_v2").mark().mark().long_text("storage").global("torch", "FloatStorage")
            .long_text("7").long_text("cpu").integer(2).none().tuple().persistent().integer(0).integer(2).tuple1().integer(1).tuple1()
            .raw("\x89").global("collections", "OrderedDict").empty_tuple().reduce().tuple().reduce().stop();
        p.raw("\x80\x02").list().long_text("7").append().stop();
        return p.little(elements, 8).raw(std::string(8, '\0')).raw(tail);
    };
    const Pickle good = file(2, "");
    MemorySource source(good.done());
    CHECK(formats::sniff_torch_legacy(source, "model.pt"));
    const Seen seen = see(good.done(), formats::parse_torch_legacy);
    CHECK(seen.clean());
    REQUIRE(seen.evidence.tensors.size() == 1);
    CHECK(seen.evidence.tensors[0].dtype == "FloatStorage");
    CHECK(see(file(2, "x").done(), formats::parse_torch_legacy).found("torch-legacy.trailing-bytes"));
    CHECK(see(file(3, "").done(), formats::parse_torch_legacy).found("torch-legacy.storage-size"));
    for (std::size_t length = 15; length < good.done().size(); ++length) {
        CHECK_FALSE(see(ByteView(good.done()).first(length), formats::parse_torch_legacy).evidence.findings.empty());
    }
}
