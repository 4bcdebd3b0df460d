#include "formats/chat_template.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/chat_template_parser.hpp"
#include "formats/chat_template_rules.hpp"
#include "formats/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMaxTemplate = 1U << 20U;  // the largest published ones have some 30 KB
constexpr std::size_t kMaxProblems = 32;

}  // namespace

std::vector<TemplateProblem> check_template(std::string_view text, Budget& budget) {
    if (text.size() > kMaxTemplate) {
        return {{"template.unscannable",
                 "the template has " + std::to_string(text.size()) + " bytes, the limit is 1 MiB", 0}};
    }
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos)
        return {{"template.malformed", "the template is not UTF-8 text", 0}};
    const TemplateTokens tokens = lex_template(text, budget);
    if (tokens.error) return {{tokens.error->id, tokens.error->message, tokens.error->offset}};
    const TemplateProgram program = parse_template_tokens(tokens.tokens);
    std::vector<TemplateProblem> problems;
    problems.reserve(program.forbidden.size() + 1);
    for (const TemplateSyntaxError& statement : program.forbidden)
        problems.push_back({statement.id, statement.message, statement.offset});
    if (program.error) problems.push_back({program.error->id, program.error->message, program.error->offset});
    judge_template(program, budget, problems);  // what was read before a syntax error is judged too
    std::stable_sort(problems.begin(), problems.end(),
                     [](const auto& a, const auto& b) { return a.offset < b.offset; });
    problems.erase(std::unique(problems.begin(), problems.end(),
                               [](const auto& a, const auto& b) { return a.offset == b.offset && a.id == b.id; }),
                   problems.end());
    if (problems.size() > kMaxProblems) problems.resize(kMaxProblems);
    return problems;
}

namespace {

void report(TemplateProblem problem, std::string_view label, const Location& where, ParseContext& context,
            std::optional<std::uint64_t> base) {
    const bool unread = problem.id == "template.malformed" || problem.id == "template.unscannable";
    const bool mild = unread || problem.id == "template.unbounded-loop";
    Location place = where;
    if (base) place.offset = *base + problem.offset;
    context.finding(
        std::move(problem.id), mild ? Severity::high : Severity::critical,
        std::string(label) + ": " + problem.message + " (at byte " + std::to_string(problem.offset) + ")",
        std::move(place),
        unread ? "A template that cannot be read cannot be judged, and a renderer may read it differently."
        : mild ? "Whoever renders it waits, or runs out of memory."
               : "A renderer without a sandbox runs what this reaches (CVE-2024-34359).",
        "Use the template that the model's publisher ships, or one that reads only messages and its own variables.");
}

}  // namespace

void report_template(std::string_view text, std::string_view label, const Location& where, ParseContext& context,
                     std::optional<std::uint64_t> base) {
    for (TemplateProblem& problem : check_template(text, context.budget))
        report(std::move(problem), label, where, context, base);
}

void report_embedded_template(std::string_view text, std::string_view label, bool certain, const Location& where,
                              ParseContext& context) {
    for (TemplateProblem& problem : check_template(text, context.budget)) {
        if (certain || problem.id != "template.malformed")
            report(std::move(problem), label, where, context, std::nullopt);
    }
}

bool sniff_template(ByteSource& source, std::string_view name) {
    const std::string lower = ascii_lower(name);
    return (lower.ends_with(".jinja") || lower.ends_with(".jinja2") || lower.ends_with(".j2")) &&
           looks_like_text(source);
}

Examined parse_template(ByteSource& source, ParseContext& context) {
    const auto bytes = source.size() <= kMaxTemplate ? source.all() : std::nullopt;
    if (!bytes) {
        if (!source.failure()) context.unscannable("template", "the template is larger than 1 MiB", context.whole());
        return Examined::partly;
    }
    report_template(as_text(*bytes), "template", context.whole(), context, 0);
    context.format("jinja", true);
    return Examined::whole;
}

}  // namespace headgate::formats
