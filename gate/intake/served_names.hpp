// served_names.hpp: what a command names, in the form that its program takes -> Requirements. Private to intake/served.cpp.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "intake/named.hpp"
#include "intake/server_arguments.hpp"

namespace headgate::intake::served {

/// Of one container, service or line: what it names twice is recorded once.
class NameRecorder {
  public:
    NameRecorder(const Location& where, IntakeContext& context) : where_(where), context_(context) {}

    /// Everything that is named, and what cannot be told. False, with an Opaque, for what is not understood.
    bool record(const servers::Arguments& read, const servers::Server& server);
    /// A URI of a hub, wherever it stands.
    bool record_uri_of_hub(const std::string& uri);
    /// What would be a name, and is not known.
    bool record_not_known(std::string_view written);

  private:
    bool one(const servers::Named& named, const servers::Server& server);
    bool hub(std::string_view scheme, std::string_view id, std::string_view revision);
    bool adapter(std::string_view word);
    bool json(std::string_view text, std::string_view revision);
    bool settings(std::string_view text);
    bool ollama(std::string_view name, const std::string& host);
    bool place(std::string_view uri);
    bool parts(std::string_view text, char separator, bool of_adapters, std::string_view revision);
    bool seen(std::string_view form, std::string_view value, std::string_view revision);

    const Location& where_;
    IntakeContext& context_;
    std::set<std::string> seen_ = {};
    bool scope_ = false;                 // names of the hub are ModelScope's
};

}  // namespace headgate::intake::served
