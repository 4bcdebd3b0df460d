// CBOR: a parse is whole and bounded; an error says why.
#include "codec/cbor.hpp"

#include "fuzz/oracle.hpp"

namespace {

std::uint64_t count(const headgate::codec::Cbor& item) {
    std::uint64_t sum = 1;
    for (const auto& inner : item.items) sum += count(inner);
    for (const auto& [key, value] : item.members) sum += count(key) + count(value);
    return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    const codec::CborLimits limits;
    const auto item = codec::parse_cbor({data, size}, limits);
    if (!item.ok()) {
        ORACLE(!item.error().message.empty());
        return 0;
    }
    ORACLE(count(*item) <= limits.values && size >= 1);
    return 0;
}
