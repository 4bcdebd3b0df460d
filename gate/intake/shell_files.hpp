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

  private:
    std::map<std::string, WrittenFile, std::less<>> files_;
    std::map<std::string, std::string, std::less<>> names_;   // the path that was written last, by its last part
    std::size_t bytes_ = 0;
    bool full_ = false;
};

/// What a command writes to its output, as far as it shows.
void add_content(const Command& one, WrittenFile& what);
/// Files that a fetcher ("curl", "wget", ...) writes what it fetches to, by its arguments from the word `first` on.
std::vector<std::string> fetched_files(std::string_view program, const std::vector<Word>& words, std::size_t first);

}  // namespace headgate::intake::shell
