// python_walk.hpp: one expression of a Python module, or several in a row, token by token: its value, and the calls in it, which the
// module gets. Private to python_module.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/python_module.hpp"

namespace headgate::formats {

inline constexpr std::size_t kMostPythonText = 4096;         // of the literals of a call, kept to be shown
inline constexpr std::size_t kLongestPythonName = 200;       // resolved

bool is_python_keyword(std::string_view word);
bool opens_bracket(const codec::PythonToken& token);
bool closes_bracket(const codec::PythonToken& token);
/// Each name once, and no more than an expression of a person has: false when one too many was dropped.
bool add_python_name(std::vector<std::uint32_t>& names, std::uint32_t name);
/// The same; a value of which names were dropped is hidden.
void add_python_name(PythonValue& into, std::uint32_t name);
/// Behind a blank, or right behind the text before it, up to kMostPythonText.
void add_python_text(std::string& into, std::string_view text, bool joined = false);

/// One expression, or several: their values, and the calls in them, which the module gets. `primary` is the operand that was read last,
/// as long as what follows may belong to it: "os.environ", then ".copy", then "(".
class PythonWalk {
  public:
    using Token = codec::PythonToken;
    using Tokens = std::span<const Token>;

    PythonWalk(PythonModule& module, Tokens tokens) : module_(module), tokens_(tokens), outer_scope_(module.scope_) { frames_.emplace_back(); }

    void run();
    const PythonValue& value() const { return frames_.front().value; }
    /// What the whole of it is by name; "" when it is no single operand.
    std::string sole() const { return frames_.front().operands == 1 ? frames_.front().sole : std::string(); }
    bool sole_is_text() const { return frames_.front().pure && !frames_.front().literal.empty(); }
    const std::string& literal() const { return frames_.front().literal; }
    /// The lambda that all of it is.
    std::uint32_t lambda() const { return frames_.front().lambda; }

  private:
    struct Frame {
        char bracket = '\0';             // '\0': the statement itself
        bool applied = false;            // '(' or '[' behind `callee`
        std::string callee;
        std::uint32_t line = 0;
        PythonValue value;
        std::string texts;               // the literals inside
        std::string literal;             // of the argument that is being read
        bool pure = true;                // that argument is nothing but literals so far
        std::uint32_t argument = 0;
        std::string first_literal;
        std::string second_literal;
        bool first_pure = false;
        std::string first_sole;
        std::string sole;                // of the argument that is being read
        std::uint32_t operands = 0;      // of the argument that is being read
        std::uint32_t numbers = 0;       // of all
        std::string shape;               // of a subscript: its first tokens
        std::uint32_t lambda = kNoIndex;
        std::vector<std::uint32_t> called;   // names behind `target=`
        bool loops = false;              // "BODY for TARGETS in ITEMS": then `value` is of the items, ...
        bool targets = false;            // (its targets are being read)
        PythonValue body;                // ... this of the body, ...
        std::vector<std::uint32_t> looped;   // ... and these are the targets
        std::uint32_t callee_root = kNoIndex;
    };
    struct Lambda {
        std::size_t depth = 0;           // frames that were open when it began
        std::uint32_t outer = 0;         // scope around it
        std::uint32_t scope = 0;         // its own
        bool parameters = true;          // its ':' is still to come
        bool defaults = false;           // some of them have one
    };

    Frame& top() { return frames_.back(); }

    void token(const Token& token);
    void name(const Token& token);
    void text(const Token& token);
    void other_operand();
    void op(const Token& token);
    void next_argument();
    static void end_argument(Frame& frame);
    void open(const Token& token);
    void close();
    void subscript(const Frame& frame);
    void call(Frame& frame);
    /// The operand is whole: nothing that follows belongs to it.
    void finish();
    std::string imported(const Frame& frame) const;
    void begin_loop();
    void end_loop(Frame& frame);
    bool in_parameters() const;
    bool is_parameter() const;
    void begin_lambda();
    bool begins_body();
    void end_bodies();
    void end_lambdas();
    void end_lambdas_above();
    void end_lambda();

    PythonModule& module_;
    Tokens tokens_;
    std::size_t at_ = 0;
    std::uint32_t outer_scope_;
    std::vector<Frame> frames_;
    std::vector<Lambda> lambdas_;
    std::string primary_;
    std::uint32_t root_ = kNoIndex;      // its name, where that is no import
    bool has_primary_ = false;
    bool was_called_ = false;            // it is what a call or a bracket gave
    bool target_ = false;
    std::uint32_t line_ = 0;
    std::uint32_t applied_lambda_ = kNoIndex;
};

}  // namespace headgate::formats
