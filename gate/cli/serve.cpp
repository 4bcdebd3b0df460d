// serve.cpp: `headgate serve`: the process becomes headgate-serve, the program beside this one.
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <vector>

#include "cli/serve_options.hpp"

namespace headgate::cli {

int run_serve(const Arguments& arguments) {
    if (arguments.show) {
        CLI::App app("", "headgate serve");
        ServeArguments serve;
        add_serve_options(app, serve);
        arguments.show(app);
        return kAllow;
    }
    char self[PATH_MAX];
    const ssize_t length = ::readlink("/proc/self/exe", self, sizeof self);
    if (length <= 0) return fail({ErrorCode::io, "cannot tell where this program lies (/proc/self/exe)"});
    std::string program(self, static_cast<std::size_t>(length));
    program.resize(program.rfind('/') + 1);
    program += "headgate-serve";
    std::vector<char*> words(arguments.words, arguments.words + arguments.count);
    words.push_back(nullptr);
    ::execv(program.c_str(), words.data());
    return fail({ErrorCode::io, program + ": cannot be started: " + std::strerror(errno) + "; install it beside headgate"});
}

}  // namespace headgate::cli
