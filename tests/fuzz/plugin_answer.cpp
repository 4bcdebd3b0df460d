// What a plugin answers: to describe, to check, to a batch.
#include "external/protocol.hpp"

#include "external/settings_schema.hpp"
#include "fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    using namespace headgate::external;
    static const std::string kId(32, '0');
    static const std::string kOther(32, '1');
    static const std::vector<std::string> kTaken = {"policy"};
    static const Subject kSubject;
    static const Description kDescribed = [] {
        Description described;
        described.name = "acme";
        described.version = "1";
        described.rules.push_back({"acme.thing", Severity::high, "W", "F"});
        return described;
    }();
    const CheckRequest request{kId, &kSubject, "any", "{}", {{"m.bin", 1, std::string(64, 'a'), 4}}};
    const std::vector<CheckRequest> requests = {request, {kOther, &kSubject, "any", "{}", {}}};

    const auto described = read_description({data, size}, kId, kTaken);
    if (described.ok()) {
        ORACLE(!described->name.empty() && described->name != "policy" && !described->kinds.empty() && !described->rules.empty());
        for (const PluginRule& rule : described->rules) ORACLE(rule.id.starts_with(described->name + "."));
        if (check_schema(described->settings_schema).ok()) static_cast<void>(check_settings(codec::Json::object(), described->settings_schema));
    } else {
        ORACLE(!described.error().message.empty());
    }
    const auto check_answer = [&](const Answer& answer, const CheckRequest& asked) {
        ORACLE(answer.id == asked.id && answer.findings.size() <= kMaxFindings && answer.examined <= asked.files.size());
        for (const Finding& finding : answer.findings) {
            ORACLE(finding.id == "acme.thing" && !finding.message.empty() && finding.message.size() <= kMaxText);
            ORACLE(finding.where.path.empty() || (!asked.files.empty() && finding.where.path == "m.bin"));
        }
        ORACLE(answer.status != Status::not_applicable || answer.findings.empty());
    };
    const auto answer = read_answer({data, size}, request, kDescribed);
    if (answer.ok()) check_answer(*answer, request);
    ORACLE(answer.ok() || !answer.error().message.empty());
    const auto answers = read_answers({data, size}, requests, kDescribed);
    if (answers.ok()) {
        ORACLE(answers->size() == 2);
        for (std::size_t i = 0; i < 2; ++i) check_answer((*answers)[i], requests[i]);
    }
    return 0;
}
