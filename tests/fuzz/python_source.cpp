// Python: its tokens end and their lines grow; the traits of a source are as package_oracle.hpp says. The first byte chooses the role.
#include "formats/python_source.hpp"

#include "codec/python_tokens.hpp"
#include "fuzz/package_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    using Kind = codec::PythonToken::Kind;
    if (size == 0) return 0;
    const std::string_view source = as_text({data + 1, size - 1});
    codec::PythonTokens tokens(source);
    std::uint32_t line = 1;
    std::size_t depth = 0;
    std::size_t count = 0;
    for (codec::PythonToken one = tokens.next(); one.kind != Kind::end; one = tokens.next()) {
        ORACLE(one.line >= line && ++count <= 3 * size + 3);
        line = one.line;
        if (one.kind == Kind::indent) ++depth;
        if (one.kind == Kind::dedent) ORACLE(depth-- > 0);
        if (one.kind != Kind::newline && one.kind != Kind::indent && one.kind != Kind::dedent && one.kind != Kind::text) ORACLE(!one.text.empty());
    }
    ORACLE(tokens.failed() || depth == 0);
    const formats::PythonRole roles[] = {{"import", false, false}, {"install", true, true}, {"start", true, false}};
    fuzz::run_source(as_bytes(source), "m.py", [&](ByteView bytes, const formats::PackageWords& words, formats::ParseContext& context) {
        formats::examine_python(bytes, roles[data[0] % 3], words, context);
    });
    return 0;
}
