#include "io/registry_challenge.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::io {
namespace {

Error bad(const std::string& what) { return {ErrorCode::malformed, "WWW-Authenticate: " + what}; }

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool in_token(char c) { return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos; }
bool in_token68(char c) { return is_alnum(c) || std::string_view("-._~+/").find(c) != std::string_view::npos; }

class ChallengeReader {
  public:
    explicit ChallengeReader(std::string_view text) : text_(text) {}

    Result<std::vector<AuthChallenge>> read() {
        for (;;) {
            while (skip_space() || take(',')) {}
            if (at_end()) break;
            TRY_VOID(element());
            skip_space();
            if (!at_end() && peek() != ',') return bad("expected a comma at byte " + std::to_string(at_));
        }
        if (challenges_.empty()) return bad("it is empty");
        return std::move(challenges_);
    }

  private:
    bool at_end() const { return at_ == text_.size(); }
    char peek() const { return text_[at_]; }
    bool take(char c) {
        if (at_end() || peek() != c) return false;
        ++at_;
        return true;
    }
    bool skip_space() {
        const std::size_t before = at_;
        while (!at_end() && (peek() == ' ' || peek() == '\t')) ++at_;
        return at_ != before;
    }
    std::string_view word(bool (*belongs)(char)) {
        const std::size_t begin = at_;
        while (!at_end() && belongs(peek())) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    // A parameter of the challenge before, or the next challenge with the first of its own.
    Result<void> element() {
        const std::string_view name = word(in_token);
        if (name.empty()) return bad("no name stands at byte " + std::to_string(at_));
        const std::size_t behind = at_;
        skip_space();
        if (take('=')) return parameter(name);
        at_ = behind;
        if (challenges_.size() == kMaxChallenges) return bad("over " + std::to_string(kMaxChallenges) + " challenges");
        challenges_.emplace_back().scheme = ascii_lower(name);
        if (!skip_space() || at_end() || peek() == ',') return {};
        if (read_token68()) return {};
        const std::string_view first = word(in_token);
        skip_space();
        if (first.empty() || !take('=')) return bad("no parameter stands behind " + escape_terminal(name, 40));
        return parameter(first);
    }
    bool read_token68() {
        const std::size_t begin = at_;
        const bool any = !word(in_token68).empty();
        while (take('=')) {}
        const std::string_view read = text_.substr(begin, at_ - begin);
        skip_space();
        if (any && (at_end() || peek() == ',')) {
            challenges_.back().token68 = read;
            return true;
        }
        at_ = begin;
        return false;
    }
    Result<void> parameter(std::string_view name) {
        if (challenges_.empty()) return bad("a parameter stands before any scheme");
        AuthChallenge& challenge = challenges_.back();
        std::string key = ascii_lower(name);
        if (challenge.find(key) != nullptr) return bad("the parameter " + escape_terminal(key, 40) + " stands twice");
        if (!challenge.token68.empty()) return bad("parameters beside a token");
        if (challenge.parameters.size() == kMaxChallengeParameters) return bad("over " + std::to_string(kMaxChallengeParameters) + " parameters");
        skip_space();
        std::string value;
        if (take('"')) {
            TRY_VOID(quoted(value));
        } else {
            value = word(in_token);
            if (value.empty()) return bad("the parameter " + escape_terminal(key, 40) + " has no value");
        }
        challenge.parameters.emplace_back(std::move(key), std::move(value));
        return {};
    }
    Result<void> quoted(std::string& value) {
        while (!at_end()) {
            char c = text_[at_++];
            if (c == '"') return {};
            if (c == '\\') {
                if (at_end()) break;
                c = text_[at_++];
            }
            if (c < 0x20 || c > 0x7e) return bad("a character outside visible ASCII");
            value += c;
        }
        return bad("a quote that does not end");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<AuthChallenge> challenges_;
};

}  // namespace

const std::string* AuthChallenge::find(std::string_view name) const {
    const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& one) { return one.first == name; });
    return found == parameters.end() ? nullptr : &found->second;
}

Result<std::vector<AuthChallenge>> parse_challenges(std::string_view field) {
    if (field.size() > kMaxChallenge) return bad("over " + std::to_string(kMaxChallenge) + " bytes");
    return ChallengeReader(field).read();
}

}  // namespace headgate::io
