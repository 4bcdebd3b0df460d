#include "formats/sentencepiece.hpp"

#include "base/text.hpp"
#include "formats/protobuf.hpp"

namespace headgate::formats {
namespace {

using enum ProtoType;
constexpr bool once = false;
constexpr bool many = true;
constexpr std::uint32_t kExtensions = 200;

const ProtoRow kPieceRows[] = {{1, "piece", text}, {2, "score", fixed32}, {3, "type", integer}};
const ProtoSchema kPiece{"SentencePiece", kPieceRows, kExtensions};
const ProtoRow kModelRows[] = {{1, "pieces", message, many, &kPiece}, {2, "trainer_spec", bytes}, {3, "normalizer_spec", bytes},
                               {4, "self_test_data", bytes}, {5, "denormalizer_spec", bytes, once}};
const ProtoSchema kModel{"ModelProto", kModelRows, kExtensions};

bool has_text(ProtoInput& input, ByteRange piece) {
    ProtoMessage fields(input, piece);
    while (const auto field = fields.next()) {
        if (field->number == 1) return true;
    }
    return false;
}

}  // namespace

bool sniff_sentencepiece(ByteSource& source, std::string_view name) {
    const std::string lower = ascii_lower(name);
    if (!lower.ends_with(".model") && !lower.ends_with(".spm")) return false;
    Budget budget({});
    ProtoInput input(source, budget);
    const auto first = ProtoMessage(input, input.whole()).next();
    return first && first->number == 1 && first->wire == ProtoWire::bytes && check_message(input, first->bytes, kPiece) &&
           has_text(input, first->bytes);
}

Examined parse_sentencepiece(ByteSource& source, ParseContext& context) {
    ProtoInput input(source, context.budget);
    if (check_message(input, input.whole(), kModel)) {
        ProtoMessage model(input, input.whole());
        while (const auto field = model.next()) {
            if (field->number == 1 && !has_text(input, field->bytes)) input.fail(field->at, "a piece has no text");
        }
    }
    if (!input.ok()) return refuse_protobuf(input, "sentencepiece", context);
    context.format("sentencepiece", true);
    return Examined::whole;
}

}  // namespace headgate::formats
