#include "cli/attach.hpp"

#include <cstdio>
#include <set>

#include "attest/statement.hpp"
#include "base/text.hpp"
#include "pipeline/layout_reference.hpp"
#include "pipeline/oci.hpp"
#include "pipeline/oci_attach.hpp"

namespace headgate::cli {
namespace {

void say(const std::string& what) { std::fprintf(stderr, "headgate: %s\n", escape_terminal(what).c_str()); }

// The verdict about that image which no argument before has got; nullptr when there is none.
const SubjectVerdict* verdict_about(const Report& report, const std::string& digest, std::set<const SubjectVerdict*>& taken) {
    for (const SubjectVerdict& verdict : report.subjects) {
        if ("sha256:" + verdict.subject.digest.sha256 == digest && verdict.subject.is_folder && taken.insert(&verdict).second) return &verdict;
    }
    return nullptr;
}

// `frame`: the report without its subjects.
Result<std::string> bundle_of(Report& frame, const SubjectVerdict& verdict, const attest::StatementSigner& sign, const attest::EmitOptions& options) {
    frame.subjects = {verdict};
    std::string bundle = TRY(attest::emit(frame, sign, options));
    while (bundle.ends_with('\n')) bundle.pop_back();
    return bundle;
}

}  // namespace

Result<void> attach_verdicts(const Report& report, const pipeline::Request& request, const attest::StatementSigner& sign, attest::EmitOptions options) {
    options.format = attest::AttestFormat::bundle;
    options.simple_result = options.test_result = false;
    std::set<const SubjectVerdict*> taken;
    Report frame = report;
    std::size_t layouts = 0;
    std::optional<Error> problem;
    for (const auto& argument : request.arguments) {
        if (!argument.text.starts_with(pipeline::kLayoutScheme)) continue;
        ++layouts;
        const pipeline::LayoutReference layout = pipeline::split_layout_reference(argument.text);
        const auto image = pipeline::read_attached_image(layout.folder, layout.image, request.limits);
        const std::string digest = image.ok() ? image->attached.digest : "";
        const SubjectVerdict* const verdict = digest.empty() ? nullptr : verdict_about(report, digest, taken);
        if (verdict == nullptr) {
            say("not attached: there is no verdict about the image that " + argument.text + " names" +
                (image.ok() && !image->problem.empty() ? ": " + image->problem : ""));
            continue;
        }
        const pipeline::ReferrerBundle bundle{TRY(bundle_of(frame, *verdict, sign, options)), std::string(attest::kVsaPredicate),
                                              format_instant(report.evaluated_at)};
        const auto outcome = pipeline::attach_to_layout(layout.folder, digest, bundle, request.limits);
        if (!outcome.ok()) {
            say("not attached: " + outcome.error().message);
            problem = outcome.error();
            continue;
        }
        say("attached to " + argument.text + ": " + outcome->manifest + " about " + digest);
    }
    if (layouts == 0) return Error{ErrorCode::usage, "--attach: no subject is an image of a layout (oci-layout:DIR[:tag])"};
    if (const std::size_t others = report.subjects.size() - taken.size(); others > 0) {
        say("not attached: the verdicts about " + std::to_string(others) + " other subjects, which are not named as images of a layout (oci-layout:DIR[:tag])");
    }
    if (problem) return *problem;
    return {};
}

}  // namespace headgate::cli
