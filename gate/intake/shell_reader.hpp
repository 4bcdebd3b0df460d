// shell_reader.hpp: the reader of one shell script, or of a substitution in one: commands, groups and redirections in shell.cpp, what words
// are made of in shell_words.cpp. Private to them.
#pragma once

#include "intake/here_document.hpp"
#include "intake/shell_variables.hpp"

namespace headgate::intake::shell {

inline constexpr int kDeepest = 8;        // substitutions within each other

/// What they know, and of which variables: that the script sets them to constants alone, which make one word.
struct Shared : Known {
    std::map<std::string, bool, std::less<>> constant = {};

    void remember_constants(const std::vector<Word>& words);
    /// "$NAME" or "${NAME}", as it is written.
    bool is_constant(std::string_view written) const;
};

/// `depth`: substitutions around the text. `input`: as that of a command.
class Reader {
  public:
    Reader(std::string_view text, Shared& known, std::vector<Command>& commands, int depth, std::size_t input)
        : text_(text), known_(known), commands_(commands), depth_(depth), begin_(commands.size()), outer_input_(input), input_(input) {}

    bool read();

  private:
    // Groups: what is piped to one is the input of its commands, and what it is piped to reads the output of them all.
    struct Group {
        char kind = '(';                  // first letter of its opening word
        std::size_t first = 0;            // number of its first command
        std::size_t input = 0;            // of what stands around it
        std::size_t body = 0;             // of a loop over words: the separator behind them
        std::string variable = {};
        std::vector<std::string> values = {};   // those that are still to come, the last first
    };

    void open(char kind);
    void close(char kind);
    void close_word(std::string_view word);
    void loop();
    bool repeats(Group& group);
    bool again();
    void repeat();
    void separate(char c);
    bool redirect();

    struct Pending {
        std::string end;
        bool strips = false;
        bool glued = false;               // to a word: nobody has taken it out
        bool expands = false;             // its end is not quoted: substitutions in it run
        std::size_t first = 0;            // numbers of its commands: more than one of a group
        std::size_t last = 0;
    };

    void bodies();
    void expand(const std::string& body);
    void end_word();
    void end_command(bool piped);
    void give(std::size_t command, const std::string& document, bool again);
    void writes(std::size_t command, const std::string& file);
    void feed(std::size_t command, const Command& redirections);

    // Parts of words (shell_words.cpp). False: what begins there does not end, or there is too much of it.
    void start_word();
    bool escapes();
    void escape();
    bool part_of_word(char c);
    bool quoted();
    bool expansion(bool quoted_here);
    std::optional<std::size_t> arithmetic_end(std::size_t from) const;
    bool arithmetic(std::size_t end);
    bool substitutions_to(std::size_t end);
    bool braces(bool quoted_here);
    bool braces_end(bool quoted_here);
    bool word_assigns();
    bool put(std::string_view value, bool quoted_here);
    bool put(const Word& value, bool quoted_here);
    bool parameter(char name, bool quoted_here);
    void gap();
    bool substitution(char close);

    enum class Skip { none, word, output, input, descriptor, string, document, glued_document };

    std::string_view text_;
    Shared& known_;
    std::vector<Command>& commands_;
    int depth_;
    std::size_t begin_;                   // number of the first command within the one at hand
    std::size_t outer_input_;             // of the group at hand
    std::size_t input_;                   // of the command at hand
    std::vector<Group> groups_ = {};
    std::optional<std::size_t> closed_ = {};   // the first command of the group that has just ended
    std::vector<Pending> opened_ = {};    // here-documents of the command at hand
    std::vector<Pending> pending_ = {};   // and of the line
    HereDocuments here_documents_;
    std::optional<std::size_t> again_ = {};    // where a loop is read again
    int arithmetic_ = 0;
    int sums_ = 0;                        // "$((...))" around what is read
    bool quoted_ = false;                 // something in the word at hand is
    bool splits_ = false;                 // something in it that is not known may make several words of it
    bool listed_ = false;                 // "&&", "||" or "|" stands before the command at hand
    bool assigns_ = true;                 // the words of the command at hand do nothing else
    bool strips_ = false;
    bool broken_ = false;
    std::size_t word_begin_ = 0;
    std::size_t named_ = 0;               // characters of a name that the word at hand begins with
    std::size_t at_ = 0;
    Word word_;
    Command command_;
    bool in_word_ = false;
    Skip skip_ = Skip::none;              // the next word is that of a redirection
};

}  // namespace headgate::intake::shell
