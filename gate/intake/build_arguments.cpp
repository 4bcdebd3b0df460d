#include "intake/build_arguments.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "intake/dockerfile_lines.hpp"
#include "model/reference.hpp"

namespace headgate::intake {
namespace {

/// Nothing that a Dockerfile reads in another way than it stands there.
bool is_plain(std::string_view value) {
    return std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("._/:@+-").find(c) != std::string_view::npos;
    });
}

/// "ARG A=1 B" with the values that are given; "" where none of its names is.
std::string replaced(const dockerfile::Instruction& instruction, const BuildArguments& given) {
    std::string line = "ARG";
    bool any = false;
    for (const std::string& word : dockerfile::words(instruction.rest)) {
        const std::string_view name = std::string_view(word).substr(0, word.find('='));
        const auto value = given.find(name);
        if (value == given.end()) {
            line += " " + word;
            continue;
        }
        any = true;
        line += " " + std::string(name);
        if (value->second && is_plain(*value->second)) line += "=" + *value->second;
    }
    return any ? line : std::string();
}

}  // namespace

std::string with_build_arguments(const std::string& dockerfile, const BuildArguments& given, const Limits& limits) {
    if (given.empty()) return dockerfile;
    Evidence nobody;           // what is said of it is said when it is read
    IntakeContext context{limits, nobody, {}};
    const auto document = dockerfile::read(as_bytes(dockerfile), context);
    if (!document) return dockerfile;
    const auto written = split(dockerfile, '\n');
    std::vector<std::string> lines(written.begin(), written.end());
    for (std::size_t i = 0; i < document->instructions.size(); ++i) {
        const dockerfile::Instruction& one = document->instructions[i];
        const std::string line = one.name == "ARG" ? replaced(one, given) : std::string();
        if (line.empty() || one.line == 0 || one.line > lines.size()) continue;
        lines[one.line - 1] = line;
        // Lines that continue it.
        const std::size_t next = i + 1 < document->instructions.size() ? document->instructions[i + 1].line : lines.size() + 1;
        for (std::size_t at = one.line; at + 1 < next && at < lines.size(); ++at) lines[at].clear();
    }
    std::string result;
    for (const std::string& line : lines) result += line + "\n";
    return result;
}

bool names_image_of_host(std::string_view text) {
    static constexpr std::array<std::string_view, 7> kCode = {"www.github.com", "github.com", "gitlab.com", "bitbucket.org", "golang.org", "gopkg.in", "k8s.io"};
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || text.find("://") != std::string_view::npos) return false;
    const std::string host = ascii_lower(text.substr(0, slash));
    const bool named = host.find_first_of(".:") != std::string::npos || host == "localhost";
    if (!named || host.starts_with('.') || std::find(kCode.begin(), kCode.end(), host) != kCode.end()) return false;
    return parse_reference("oci:" + std::string(text)).ok();
}

}  // namespace headgate::intake
