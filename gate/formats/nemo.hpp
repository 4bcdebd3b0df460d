// nemo.hpp: NVIDIA NeMo's archives (.nemo: a tar with model_config.yaml beside the weights). The configuration names the
// classes that loading instantiates (Hydra's `_target_`, NeMo's `target`; CVE-2025-23304): only names below nemo, torch.optim
// and lightning are taken, anything else is a finding `nemo.target` (models.md 7).
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// Is this member of an archive NeMo's configuration?
bool is_nemo_config(std::string_view member_name);

/// Adds findings for `content` (what nobody can read as YAML is one, too); `whole` if there are none.
Examined check_nemo_config(ByteView content, ParseContext& context);

}  // namespace headgate::formats
