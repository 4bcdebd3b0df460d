// result.hpp: Result<T>, the second of the three kinds of failure (README.md, "Three kinds of failure").
//
// An Error is our fault or the operator's: an unreadable file, a bad policy, a missing key. What is wrong with an
// *artifact* is never an Error; it is a Finding (model/finding.hpp). A bug is an assert.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace headgate {

enum class ErrorCode {
    internal,     // should not happen, but is not worth an abort
    io,           // a file could not be read or written, or changed while it was read
    not_found,    // a path or name that was given does not exist
    usage,        // the command line or request is wrong
    policy,       // the policy is invalid
    key,          // a key is missing, unreadable or of a kind we do not take
    malformed,    // bytes that the operator gave us (not an artifact) do not parse
    deadline,     // the time that the caller allowed is over
    unsupported,  // asked for something that this build cannot do
};

struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;  // one sentence: what, where, what was expected. May hold hostile text: escape on output.
};

/// The value or the Error. `[[nodiscard]]`: an ignored failure does not compile.
template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    // To ask for what is not there is a bug, and ends every build.
    T& value() & { return *there(std::get_if<0>(&state_)); }
    const T& value() const& { return *there(std::get_if<0>(&state_)); }
    T&& value() && { return std::move(*there(std::get_if<0>(&state_))); }
    const Error& error() const { return *there(std::get_if<1>(&state_)); }

    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }

  private:
    template <typename Part>
    static Part* there(Part* part) {
        if (part == nullptr) std::abort();
        return part;
    }

    std::variant<T, Error> state_;
};

/// Success without a value.
template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}
    bool ok() const { return !error_.has_value(); }
    explicit operator bool() const { return ok(); }
    const Error& error() const {
        if (!error_) std::abort();
        return *error_;
    }

  private:
    std::optional<Error> error_;
};

}  // namespace headgate

// Every use gets a variable of its own: TRY(f(TRY(g()))) must not shadow.
#define HEADGATE_JOIN_(a, b) a##b
#define HEADGATE_JOIN(a, b) HEADGATE_JOIN_(a, b)
#define HEADGATE_TRY_(expression, name)                             \
    __extension__({                                                 \
        auto name = (expression);                                   \
        if (!name.ok()) return ::headgate::Error(name.error());     \
        std::move(name).value();                                    \
    })
#define HEADGATE_TRY_VOID_(expression, name)                        \
    do {                                                            \
        auto name = (expression);                                   \
        if (!name.ok()) return ::headgate::Error(name.error());     \
    } while (false)

/// `TRY(expression)`: the value of a Result, or return its Error from the enclosing function.
#define TRY(expression) HEADGATE_TRY_(expression, HEADGATE_JOIN(headgate_try_, __COUNTER__))
/// The same for Result<void>.
#define TRY_VOID(expression) HEADGATE_TRY_VOID_(expression, HEADGATE_JOIN(headgate_try_, __COUNTER__))
