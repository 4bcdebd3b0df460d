#include "pipeline/parsing.hpp"

#include "crypto/sha256.hpp"
#include "formats/parser.hpp"
#include "formats/tar_layer.hpp"
#include "pipeline/layout.hpp"
#include "pipeline/package_lists.hpp"
#include "pipeline/registry_hosts.hpp"

namespace headgate::pipeline {
namespace {

Parsed parse_artifact(const ParseOrder& order, io::HoldingSource& source) {
    Parsed parsed;
    Budget budget(order.limits);
    formats::ParseContext context{order.limits, budget, parsed.facts, order.path, {}, 0};
    context.sha256_hex = crypto::sha256_hex;
    context.package_words = package_words;
    if (is_of_layer(order.task)) {
        const formats::LayerUse use = order.task == ParseOrder::Task::layer ? formats::LayerUse::runs : formats::LayerUse::model;
        parsed.yes = formats::parse_layer(source, use, context) == formats::Examined::whole;
    } else {
        parsed.yes = formats::examine(source, context) == formats::Examined::whole;
    }
    if (source.exhausted()) {
        context.unscannable("file", "parsing needs more of the file in memory than the limit allows", context.whole());
        parsed.yes = false;
    }
    const bool explained = !parsed.facts.opaques.empty() || !parsed.facts.findings.empty();
    if (!parsed.yes && !explained) context.opaque("not every byte was understood", source.size());
    return parsed;
}

}  // namespace

Parsed parse(const ParseOrder& order, io::HoldingSource& source) {
    if (order.task == ParseOrder::Task::artifact || is_of_layer(order.task)) return parse_artifact(order, source);
    Parsed parsed;
    if (order.task == ParseOrder::Task::is_artifact) {
        parsed.yes = formats::is_artifact_format(formats::detect(source, order.path));
        return parsed;
    }
    const auto bytes = source.all();
    if (!bytes) return parsed;           // source.failure() says why; there is nothing to say about what was not seen
    if (order.task == ParseOrder::Task::manifest) {
        intake::IntakeContext context{order.limits, parsed.facts, order.path};
        context.build_tools = published_build_tools;
        parsed.yes = order.manifest->parse(*bytes, context);
    } else {
        parsed.yes = answer_about(order.task == ParseOrder::Task::is_network ? SmallFile::network : SmallFile::model_config, *bytes);
    }
    return parsed;
}

}  // namespace headgate::pipeline
