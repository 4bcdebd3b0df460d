#include <array>
#include <map>

#include "codec/javascript_tokens.hpp"
#include "formats/javascript_source.hpp"
#include "formats/package_plain.hpp"

namespace headgate::formats {
namespace {

using codec::JavaScriptToken;
using Kind = JavaScriptToken::Kind;

constexpr std::uint64_t kLongest = 16ULL << 20U;
constexpr std::size_t kMostNames = 32;           // behind `then(` and in its braces
constexpr std::size_t kMostPromised = 32;        // modules

/// Tokens that came last, the newest last: patterns are short.
class Window {
  public:
    void push(const JavaScriptToken& token) {
        for (std::size_t at = 0; at + 1 < tokens_.size(); ++at) tokens_[at] = tokens_[at + 1];
        tokens_.back() = token;
    }
    /// 0: the newest.
    const JavaScriptToken& back(std::size_t at) const { return tokens_[tokens_.size() - 1 - at]; }

  private:
    std::array<JavaScriptToken, 8> tokens_{};
};

class Plain {
  public:
    explicit Plain(std::string_view source) : source_(source) {}

    void read() {
        codec::JavaScriptTokens tokens(source_);
        for (JavaScriptToken token = tokens.next(); token.kind != Kind::end; token = tokens.next()) {
            if (promised_.empty()) {
                window_.push(token);
                handed_on();
                promise();
            } else {
                parameters(token);
            }
        }
    }
    bool changed() const { return !edits_.empty() || !declared_.empty(); }

    std::string text() const {
        std::string out;
        // Behind the line that says which program runs the file, which is none of the language.
        std::size_t at = source_.starts_with("#!") ? std::min(source_.find('\n'), source_.size()) : 0;
        out += source_.substr(0, at);
        if (!declared_.empty()) out += at == 0 ? declared_ : "\n" + declared_;
        if (at != 0 && at < source_.size() && !declared_.empty()) ++at;
        for (const auto& [begin, called] : edits_) {
            if (begin < at) continue;
            out += source_.substr(at, begin - at);
            out += "_=>" + called + "(_)";
            at = begin + called.size();
        }
        out += source_.substr(at);
        return out;
    }

  private:
    /// .then(eval), .on("data", eval) -> .then(_=>eval(_))
    void handed_on() {
        const JavaScriptToken& function = window_.back(1);
        const bool code = function.is_name("eval") || function.is_name("Function");
        const bool begins = window_.back(2).is_op("(") || window_.back(2).is_op(",");
        if (code && begins && (window_.back(0).is_op(")") || window_.back(0).is_op(","))) edits_[offset(function)] = std::string(function.text);
    }

    /// import("module").then(
    void promise() {
        const bool then = window_.back(0).is_op("(") && window_.back(1).is_name("then") && window_.back(2).is_op(".") && window_.back(3).is_op(")");
        const JavaScriptToken& module = window_.back(4);
        if (!then || module.kind != Kind::text || !window_.back(5).is_op("(") || !window_.back(6).is_name("import")) return;
        if (module.value.find_first_of("\"'\\\n\r") == std::string_view::npos && declared_count_ < kMostPromised) promised_ = module.value;
    }

    /// m => ..., (m) => ..., async ({ exec }) => ..., function (m) { ... }: its first parameter is the module.
    void parameters(const JavaScriptToken& token) {
        const bool open = token.is_op("{") || token.is_op(":") || (token.is_op(",") && braces_);
        if (token.is_op("{")) braces_ = true;
        const bool word = token.is_name("async") || token.is_name("function");
        const bool name = token.kind == Kind::name && !word;
        if (names_ == 0 && (word || token.is_op("("))) return;
        if ((open || name) && names_ < kMostNames && (names_ == 0 || braces_)) {
            ++names_;
            parameter_ += std::string(token.text) + " ";
            if (name && !braces_) declare();
            return;
        }
        if (token.is_op("}") && braces_) {
            parameter_ += "}";
            declare();
        }
        end();
    }

    void declare() {
        declared_ += "const " + parameter_ + "=require(\"" + std::string(promised_) + "\");";
        ++declared_count_;
        end();
    }
    void end() {
        promised_ = {};
        parameter_.clear();
        names_ = 0;
        braces_ = false;
    }

    std::size_t offset(const JavaScriptToken& token) const { return static_cast<std::size_t>(token.text.data() - source_.data()); }

    std::string_view source_;
    Window window_;
    std::map<std::size_t, std::string> edits_;   // where a function stands that is handed on, and its name
    std::string_view promised_;                  // module whose `then` is being read
    std::string parameter_;
    std::size_t names_ = 0;
    bool braces_ = false;
    std::string declared_;                       // for the beginning of the source, on its first line
    std::size_t declared_count_ = 0;
};

}  // namespace

std::vector<std::string> examine_javascript_plainly(ByteView source, bool run_by_hook, const PackageWords& words, ParseContext& context) {
    const std::string_view text = as_text(source);
    // Only what a hook runs is followed that far; where it is not read here, examine_javascript() says why.
    const bool roundabout = text.find("eval") != std::string_view::npos || text.find("Function") != std::string_view::npos || text.find("import") != std::string_view::npos;
    const bool looked_at = run_by_hook && roundabout && source.size() <= kLongest && context.budget.step(source.size() / 8 + 1);
    if (!looked_at) return examine_javascript(source, run_by_hook, words, context);
    Plain plain(text);
    plain.read();
    const std::string rewritten = plain.changed() ? plain.text() : std::string();
    return examine_javascript(plain.changed() ? as_bytes(rewritten) : source, run_by_hook, words, context);
}

}  // namespace headgate::formats
