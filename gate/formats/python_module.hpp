// python_module.hpp: a Python module as it is read once, statement by statement: what it calls, from which function, with what; which
// names stand for what. Nothing is run and nothing judged; python_source.hpp makes traits of it.
//
// Names are resolved as far as their spelling shows: imports and their aliases, `x = os.system`, __import__("os").system,
// getattr(os, "sys" + "tem"), objects that a call gives back (`s = socket.socket()` makes s.connect "socket.socket().connect").
// One pass, linear in the source; no recursion.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "codec/python_tokens.hpp"
#include "formats/package_words.hpp"

namespace headgate::formats {

inline constexpr std::uint32_t kNoIndex = UINT32_MAX;
/// Functions in functions. What is nested deeper counts as the code of the innermost that is followed.
inline constexpr std::uint32_t kMostScopes = 100;

/// What an expression is made of: deeds of the calls in it, and the names that it reads.
struct PythonValue {
    unsigned deeds = 0;
    std::vector<std::uint32_t> names;
};

/// A call that does one of the deeds, or of something that the module itself defines (one for all of a callee in a scope, with what
/// all of them get).
struct PythonCall {
    unsigned deeds = 0;
    std::string callee;              // resolved
    std::uint32_t line = 0;
    std::uint32_t scope = 0;         // whose code calls it
    PythonValue arguments;
    std::string text;                // the literals among its arguments, one blank between them; shortened
    bool literal = false;            // its first argument is a text and nothing else: `text` is that one, whole
    std::uint32_t calls_scope = kNoIndex;   // of a lambda that is called where it stands
};

/// `target` gets a value.
struct PythonFlow {
    std::uint64_t target = 0;        // key of scope and name
    std::uint32_t scope = 0;         // in which the value is read
    PythonValue value;
};

struct PythonScope {
    std::uint32_t parent = kNoIndex;
    std::uint32_t name = kNoIndex;   // of the function; kNoIndex for the module, lambdas without a name, and what stands under
                                     // `if __name__ == "__main__"` or `if TYPE_CHECKING`, which nothing calls
    std::uint32_t of_class = kNoIndex;
    std::vector<std::uint32_t> parameters;
    std::uint32_t depth = 0;         // of scopes around it, at most kMostScopes
    bool of_main = false;            // of `if __name__ == "__main__"`: a script enters it
};

struct PythonClass {
    std::uint32_t name = kNoIndex;
    std::uint32_t line = 0;
    unsigned deeds = 0;              // of its bases
    std::string bases;
};

class PythonModule {
  public:
    explicit PythonModule(const PackageWords& words) : words_(words) { scopes_.emplace_back(); }

    /// Once. The source must outlive it.
    void read(std::string_view source);

    /// Why the source could be followed no further; "" when it was read to its end.
    const std::string& problem() const { return problem_; }
    std::span<const PythonCall> calls() const { return calls_; }
    std::span<const PythonFlow> flows() const { return flows_; }
    std::span<const PythonScope> scopes() const { return scopes_; }     // the first is the module's
    std::span<const PythonClass> classes() const { return classes_; }
    std::string_view name(std::uint32_t id) const { return id < names_.size() ? names_[id] : std::string_view(); }
    std::uint32_t id_of(std::string_view name) const;                    // kNoIndex: the module never says it
    bool assigned(std::uint64_t key) const { return assigned_.contains(key); }
    static std::uint64_t key(std::uint32_t scope, std::uint32_t name) { return std::uint64_t{scope} << 32U | name; }

    /// Line of code that stands far to the right of another; 0 when there is none.
    std::uint32_t far_right() const { return far_right_; }
    /// Line of a literal of thousands of letters that encode something; 0 when there is none.
    std::uint32_t encoded_literal() const { return encoded_literal_; }
    /// Line of a statement that is too long to be read at once, and more than numbers and texts; 0 when there is none.
    std::uint32_t oversized() const { return oversized_; }

  private:
    using Token = codec::PythonToken;
    using Tokens = std::span<const Token>;

    struct Block {
        std::uint32_t scope = 0;
        std::uint32_t of_class = kNoIndex;
    };
    enum class Guard : std::uint8_t { none, main, types };
    struct Guarded {
        std::uint32_t scope = 0;
        std::uint32_t outer = 0;
        std::uint32_t line = 0;
        Guard guard = Guard::none;
    };
    friend class PythonWalk;             // through the tokens of an expression

    void logical_line(Tokens tokens);
    void decorator(Tokens tokens);
    void run_by_name(std::string callee, std::uint32_t line, std::uint32_t lambda = kNoIndex);
    void statements(Tokens tokens);
    void simple(Tokens tokens);
    void compound(Tokens header);
    void define(Tokens header);
    // python_guards.cpp
    Guard guard_of(Tokens condition);
    bool take_guard(Tokens header);
    void note_rebinding(Tokens before, const Token& token);
    void note_rebound(std::uint32_t name);
    void enter_guards();
    void flow_to(const std::vector<std::uint32_t>& names, std::uint32_t scope, const PythonValue& value, std::uint32_t from);
    void match_case(Tokens header);
    std::uint32_t new_scope(std::uint32_t name);
    void add_call(PythonCall call);
    void define_class(Tokens header);
    void loop(Tokens header);
    void with(Tokens header);
    void import_names(Tokens tokens);
    void import_from(Tokens tokens);
    void assign(Tokens tokens, const std::vector<std::size_t>& equals);
    void bind(Tokens targets, const PythonValue& value, const std::string& primary);
    std::string resolve(std::uint32_t name, bool& imported) const;
    void import(std::uint32_t name, std::string_view module);
    unsigned deeds_of(const std::string& callee) const;
    void alias(std::uint32_t name, std::string meaning);
    std::uint32_t intern(std::string_view name);
    void note_text(const Token& token, unsigned& deeds);

    const PackageWords& words_;
    std::vector<std::string_view> names_;
    std::unordered_map<std::string_view, std::uint32_t> ids_;
    std::unordered_map<std::uint64_t, std::string> aliases_;
    std::unordered_set<std::uint64_t> assigned_;
    std::unordered_set<std::uint64_t> imported_;
    std::vector<std::string> stars_;     // modules of `from m import *`
    std::vector<PythonCall> calls_;
    std::unordered_map<std::string, std::size_t> own_calls_;   // by scope and callee: of what does no deed, each once
    std::vector<PythonFlow> flows_;
    std::vector<PythonScope> scopes_;
    std::vector<PythonClass> classes_;
    std::vector<Block> blocks_ = {Block{}};
    Block pending_;                      // of the block that the next indentation opens
    bool has_pending_ = false;
    bool decorated_ = false;             // a decorator calls the function that is still to come
    bool handed_ = false;                // the same of the line at hand
    std::uint32_t scope_ = 0;            // in which tokens are read: that of the block, or a lambda's
    std::uint32_t far_right_ = 0;
    std::uint32_t encoded_literal_ = 0;
    std::uint32_t oversized_ = 0;
    std::vector<Guarded> guards_;
    bool main_changed_ = false;          // `__name__` gets another value,
    bool types_changed_ = false;         // TYPE_CHECKING does
    std::string problem_;
};

}  // namespace headgate::formats
