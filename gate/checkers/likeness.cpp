#include "checkers/likeness.hpp"

namespace headgate::checkers {

Severity severity_of(const Likeness& likeness, std::string_view ecosystem) {
    const bool curated = ecosystem == "hf" || ecosystem == "oci";  // few names, and clean ones (no honest near misses)
    const std::size_t length = likeness.target_length;
    // Siblings such as aws-sdk-sns and aws-sdk-sqs; of npm's, malicious ones are as many.
    const bool in_short_word = ecosystem != "npm" && likeness.word_length < 4 && likeness.word_length < length;
    const auto warn_from = [&](std::size_t shortest) {
        return length < shortest || likeness.combined ? Severity::low : Severity::medium;
    };
    switch (likeness.kind) {
        case EditKind::repetition:
        case EditKind::transposition:
            if (length < 5 || likeness.word_length < 3 || likeness.combined) return Severity::medium;
            return Severity::high;
        case EditKind::omission:
            if (length < 7 || likeness.word_length < 5 || likeness.at_edge || likeness.combined) return warn_from(5);
            return Severity::high;
        case EditKind::look_alike: return curated && length >= 5 ? Severity::high : Severity::medium;
        case EditKind::confusable:
        case EditKind::alias: return Severity::high;
        case EditKind::keyboard: return in_short_word ? Severity::low : warn_from(5);
        case EditKind::substitution: return in_short_word ? Severity::low : warn_from(curated ? 5 : 6);
        case EditKind::insertion: return warn_from(curated ? 5 : 6);
        case EditKind::moved: return length < 5 ? Severity::low : Severity::medium;
        // npm's registry takes no new name that differs in separators alone, and its plurals are honest.
        case EditKind::separator:
        case EditKind::plural: return ecosystem == "npm" ? Severity::low : warn_from(5);
        case EditKind::reorder: return ecosystem == "pypi" ? warn_from(5) : Severity::low;
        case EditKind::suffix:
        case EditKind::scope_drop:
        case EditKind::host_swap: return Severity::medium;
        case EditKind::version:
        case EditKind::affix:
        case EditKind::added_word:
        case EditKind::scope_flatten: return Severity::low;
        case EditKind::re_upload: return Severity::info;   // one honest upload in ten: it denies under no pack
    }
    return Severity::low;
}

}  // namespace headgate::checkers
