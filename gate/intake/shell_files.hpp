// shell_files.hpp: files that commands write, so that who runs one of them is known to run what was written there. Private to
// intake/shell_installs.cpp and dockerfile.cpp.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "intake/shell.hpp"

namespace headgate::intake::shell {

/// What was written since somebody last looked at it.
struct WrittenFile {
    enum Use : unsigned { kShell = 1, kCode = 2, kList = 4, kCat = 8 };

    std::vector<Word> places;            // what was fetched into it
    bool fetched = false;                // maybe from a place that is not told
    bool decoded = false;                // it is what a program made of something else
    std::string script;                  // what is known of its text
    unsigned looked = 0;                 // who has: once is enough for each

    bool empty() const { return places.empty() && !fetched && !decoded && script.empty(); }
};

/// Of all scripts of one file, by the path that they use. Bounded.
class WrittenFiles {
  public:
    /// Behind what is there already; nobody has looked at it then. `what` may be a file that find() found. False, once: there are more of
    /// them, or they are longer, than anybody writes; it is not kept.
    bool add(std::string_view path, const WrittenFile& what);
    /// nullptr: nothing is known of it. Of paths that are not absolute the last parts are compared: where they begin, nobody knows here.
    WrittenFile* find(std::string_view path);
    /// The file, or all that are known below the folder, to a file or into a folder of that name. The answer of add().
    bool copy(std::string_view from, std::string_view to);
    /// Paths that a pattern of the shell ("/tmp/*.sh") may stand for, or, with `below`, that lie in a folder. Not all of them when spent().
    std::vector<std::string> matching(std::string_view pattern, bool below);
    /// Work that is done for all scripts. False when there is more of it than anybody's files need.
    bool spend(std::size_t steps);
    bool spent() const { return left_ == 0; }

  private:
    std::map<std::string, WrittenFile, std::less<>> files_;
    std::map<std::string, std::string, std::less<>> names_;   // the path that was written last, by its last part
    std::size_t bytes_ = 0;
    std::size_t left_ = 1U << 24U;       // steps: words and bytes that are looked at
    bool full_ = false;
};

/// It brings what another host sends, and no argument tells as a URL what that is.
bool brings_in(std::string_view program);
/// What it writes is (made of) what it reads, and no name or sum of it.
bool passes_on(std::string_view program);
/// What a command writes to its output, as far as it shows. Of texts beyond what anybody writes only that they are not known.
void add_content(const Command& one, WrittenFile& what);
/// Files that a fetcher ("curl", "wget", ...) writes what it fetches to, by its arguments from the word `first` on.
std::vector<std::string> fetched_files(std::string_view program, const std::vector<Word>& words, std::size_t first);

}  // namespace headgate::intake::shell
