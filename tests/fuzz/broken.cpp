// Not a parser: proves that this build can find something. run.sh gives it one input for each kind of alarm and wants
// each to end in an abort: 'o' a false oracle, 'a' an abort() of the code under test, 'r' a read behind the end of a
// buffer, 'u' a signed overflow, 'v' an index that libstdc++ checks.
#include <vector>

#include "base/result.hpp"
#include "fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    if (size != 1) return 0;
    const std::vector<int> numbers(2, 0x7FFFFFFF);
    volatile int sink = 0;  // what is written here is not optimised away
    switch (data[0]) {
        case 'o': ORACLE(size == 2); break;
        case 'a': sink = Result<int>(Error{ErrorCode::malformed, "not a value"}).value(); break;
        case 'r': sink = data[size]; break;
        case 'u': sink = numbers[0] + numbers[1]; break;
        case 'v': sink = numbers[numbers.size()]; break;
        default: break;
    }
    return sink == 1 ? -1 : 0;
}
