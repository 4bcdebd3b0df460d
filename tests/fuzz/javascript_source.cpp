// JavaScript: its tokens end; the traits of a source are as package_oracle.hpp says; other files say less than those that hooks run.
#include "formats/javascript_source.hpp"

#include "codec/javascript_tokens.hpp"
#include "fuzz/package_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    using Kind = codec::JavaScriptToken::Kind;
    codec::JavaScriptTokens tokens(as_text({data, size}));
    std::uint32_t line = 1;
    std::size_t count = 0;
    for (codec::JavaScriptToken one = tokens.next(); one.kind != Kind::end; one = tokens.next()) {
        ORACLE(one.line >= line && ++count <= size);
        line = one.line;
    }
    for (const bool hook : {true, false}) {
        fuzz::run_source({data, size}, "a.js", [&](ByteView bytes, const formats::PackageWords& words, formats::ParseContext& context) {
            const auto loads = formats::examine_javascript(bytes, hook, words, context);
            for (const std::string& one : loads) ORACLE(one.starts_with('.'));
            for (const Trait& trait : context.evidence.traits) ORACLE(hook || !trait.trait.ends_with("-at-install"));
        });
    }
    return 0;
}
