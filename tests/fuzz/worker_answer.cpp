// Oracle: what a worker says is either an answer that is written as the same bytes again, and of which every fact is about the file
// that was ordered and none of a kind that only the host finds, or an Error{malformed}.
#include "fuzz/oracle.hpp"
#include "pipeline/parse_wire.hpp"

using namespace headgate;
using pipeline::ParseOrder;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto task = static_cast<ParseOrder::Task>(data[0] % ParseOrder::kTasks);
    const ParseOrder order{task, "dir/a.bin", nullptr, {}};
    const ByteView bytes(data + 1, size - 1);
    const auto answer = pipeline::read_answer(bytes, order);
    if (!answer.ok()) {
        ORACLE(answer.error().code == ErrorCode::malformed);
        ORACLE(!answer.error().message.empty());
        return 0;
    }
    const std::string again = pipeline::write_answer(*answer);
    ORACLE(again == as_text(bytes));
    const Evidence& facts = answer->parsed.facts;
    ORACLE(facts.files.empty() && facts.signatures.empty() && facts.statements.empty() && facts.provenances.empty() && facts.comparisons.empty());
    for (const Finding& finding : facts.findings) ORACLE(finding.where.path == order.path);
    for (const Tensor& tensor : facts.tensors) ORACLE(tensor.where.path == order.path && !tensor.statistics);
    return 0;
}
