// pickle_vm.hpp: the symbolic pickle machine: one object runs one stream as CPython's C unpickler would (value stack, marks
// with their fence, memo, frames), with symbolic values (pickle_value.hpp), and tells PickleFacts what it saw.
//
// Files: pickle_vm.cpp the loop and the stack, pickle_calls.cpp whatever resolves or calls, pickle_containers.cpp whatever
// fills, pickle_arrays.cpp joblib's inline arrays, pickle_nested.cpp pickles and programs inside literals.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "formats/pickle_facts.hpp"
#include "formats/pickle_value.hpp"

namespace headgate::formats {

/// How a stream ended.
struct StreamEnd {
    enum class Status {
        stopped,     // at its STOP
        broken,      // no unpickler gets further: `why`
        limit,       // the budget or a limit of the machine: `why`
        unreadable,  // the source failed
    };
    Status status = Status::broken;
    std::uint64_t at = 0;       // behind STOP, or the opcode that broke it
    std::string why;            // one clause
    Value result;               // what STOP returns
};

class PickleVm {
  public:
    static constexpr std::size_t kMaxStack = 8U << 20U;
    static constexpr std::size_t kMaxMemo = 32U << 20U;
    static constexpr std::uint32_t kMaxTupleDepth = 1000;
    static constexpr std::uint32_t kMaxLong = 4096;       // bytes of a LONG4, digits of a text integer

    /// `level`: pickles inside literals above this one.
    PickleVm(ByteSource& source, PickleFacts& facts, std::uint32_t level = 0)
        : source_(source), cursor_(source), facts_(facts), level_(level) {}

    /// Runs one stream; memo and stack are its own.
    StreamEnd run(std::uint64_t begin);

    /// Plain pickle.load, which knows no joblib arrays.
    void without_arrays() { plain_ = true; }
    /// Whether the run has passed over an array of joblib's, which pickle.load would run as opcodes.
    bool passed_arrays() const { return passed_arrays_; }
    /// Only to find out what an unpickler would do: memo indexes that cost it gigabytes or that picklers do not write do not end the run,
    /// and what it raises a TypeError or ValueError for does.
    void guess() { guessing_ = true; }
    /// Strings appended to lists, for the key list of legacy torch files.
    void collect_list_items() { collect_ = true; }
    const std::vector<std::string>& list_items() const { return list_items_; }
    /// Text of a str literal that `run` returned.
    std::optional<std::string> text_of(Value value) const;

  private:
    using Kind = Value::Kind;

    // pickle_vm.cpp
    bool step(std::uint8_t opcode);
    bool step_rare(std::uint8_t opcode);
    StreamEnd end(StreamEnd::Status status, std::string why);
    // What ends a run stands in functions of its own: the texts that they build would cost every opcode its stack frame.
    [[gnu::cold, gnu::noinline]] bool broken(std::string why);
    [[gnu::cold, gnu::noinline]] bool underflow();
    [[gnu::cold, gnu::noinline]] bool truncated();
    [[gnu::cold, gnu::noinline]] bool too_many(std::string_view verb, std::size_t most, std::string_view things = "values");
    [[gnu::cold, gnu::noinline]] bool no_entry(std::uint64_t index);
    [[gnu::cold, gnu::noinline]] bool large_index(std::uint64_t index);
    bool push(Value value) {
        if (stack_.size() >= kMaxStack) return too_many("stacks", kMaxStack);
        stack_.push_back(value);
        return true;
    }
    bool pop(Value& value);
    bool top_is_there() const { return stack_.size() > fence_; }
    bool mark();
    /// Pops the topmost mark: where the values above it begin.
    bool pop_mark(std::size_t& begin);
    bool pop_opcode();
    void cut(std::size_t size) { stack_.resize(size); }
    bool remember(std::uint64_t index);
    bool recall(std::uint64_t index);
    bool text_index(std::uint64_t& index);
    bool remember_sparse(std::uint64_t index);
    bool protocol();
    bool frame();
    void leave_frame();
    bool literal(Kind kind, std::uint64_t length);
    bool large_literal(Kind kind, std::uint64_t length);
    bool line_literal(Kind kind);
    bool text_number(bool is_long);
    bool long_literal(std::uint64_t length);
    bool stop();

    // pickle_calls.cpp
    bool global_lines(std::uint32_t& number);
    bool global();
    bool stack_global();
    bool reduce();
    bool new_object(bool keywords);
    bool object();
    bool instance();
    bool build();
    bool persistent(Value id);
    bool extension(std::size_t bytes);
    void record(Call::How how, Value callee, const std::vector<Value>& items);
    void record(Call::How how, Value callee, Value arguments);
    PickleFacts::Argument shape(Value value) const;
    std::string name_of(Value value) const;
    bool make(Value callee, Value arguments);
    bool make(Value callee, const std::vector<Value>& items, bool known);

    // pickle_containers.cpp
    bool tuple(std::size_t count);
    bool tuple_from_mark();
    bool container_from_mark(Kind kind);
    bool append(std::size_t begin);
    bool set_items(std::size_t begin);
    bool add_items();
    bool fill(Value target, Kind proper, std::string_view verb);
    void note_keys(Value target, std::size_t begin);
    void share(Value container, std::size_t begin);
    Value fresh(Kind kind) { return {kind, ++serial_}; }

    // pickle_arrays.cpp
    struct ArrayType {
        char letter = 0;
        bool object = false;
        bool known = false;
        std::uint64_t item_size = 0;
    };
    void note_dtype(Value object, const std::vector<Value>& arguments);
    void note_dtype_state(Value object, Value state);
    void note_field(Value dict, Value field);
    bool is_plain_state(Value state, std::initializer_list<std::string_view> keys) const;
    std::optional<Value> state_entry(std::string_view key) const;
    bool inline_array(Value state);
    bool object_array();
    void array_in_file(Value state);
    void contradiction(std::string_view what);

    // pickle_nested.cpp
    /// Whether a literal that begins so is worth a look.
    static bool begins_something(std::uint8_t first, Kind kind);
    void look_inside(Kind kind, std::uint64_t offset, std::uint64_t length);
    void look_at_bytes(ByteSource& content, std::string_view how);
    bool look_for_pickle(ByteSource& content, std::string_view how);

    ByteSource& source_;
    Cursor cursor_;
    PickleFacts& facts_;
    std::uint32_t level_;

    std::vector<Value> stack_;
    std::vector<std::size_t> marks_;
    std::size_t fence_ = 0;          // values below the topmost mark are out of reach
    std::vector<Value> memo_;        // Kind::unknown with payload 0: empty
    std::uint64_t memo_count_ = 0;
    TupleRing tuples_;
    std::uint64_t begin_ = 0;
    std::uint64_t at_ = 0;           // of the opcode that runs
    std::uint64_t opcodes_ = 0;
    std::uint64_t frame_end_ = UINT64_MAX;
    int protocol_ = 0;
    std::uint64_t serial_ = 0;
    std::uint32_t objects_ = 0;
    bool stopped_ = false;
    bool guessing_ = false;
    bool plain_ = false;
    bool collect_ = false;
    std::vector<std::string> list_items_;
    StreamEnd end_;

    std::unordered_map<std::uint64_t, bool> dunder_;        // containers with "__" keys; true: __setstate__ among them
    bool dunder_full_ = false;
    std::unordered_set<std::uint64_t> rebuilt_;             // objects whose state held such keys
    std::unordered_map<std::uint64_t, double> paths_;       // containers -> paths to shared containers below them
    bool arrays_ = false;                                   // one of joblib's wrappers was imported
    bool passed_arrays_ = false;
    std::unordered_map<std::uint64_t, ArrayType> dtypes_;   // numpy.dtype objects
    struct Fields {
        std::size_t count = 0;
        bool known = true;                                  // the types of all
        bool object = false;                                // one of them is an object
        std::uint64_t end = 0;                              // of the last
    };
    std::unordered_map<std::uint64_t, Fields> fields_;      // dicts with (dtype, offset) in them
    std::unordered_set<std::uint64_t> refilled_;            // dicts that more than one opcode filled
    std::unordered_map<std::uint64_t, Value> sparse_;       // memo of a guess, beyond what it keeps in memo_
    Value last_dict_;                                       // dict that SETITEMS filled last, and with what
    std::vector<Value> last_items_;
    std::vector<Value> scratch_;
};

}  // namespace headgate::formats
