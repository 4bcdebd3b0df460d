// csi_volume.hpp: volumes that a driver fills with an image, or with a model -> Requirements. What drivers are told in `volumeAttributes`.
#pragma once

#include <string>

#include "codec/tree.hpp"
#include "intake/manifest.hpp"

namespace headgate::intake::kubernetes {

enum class CsiSource {
    inline_volume,               // of a pod: made for it, from what stands there
    persistent,                  // of a PersistentVolume, whose attributes may be of what it was made in
};

/// `csi`: the volume's source, with `driver` and `volumeAttributes`; `where` is its place, and the attribute's name is put behind it. Of
/// drivers that are known to pull something, what they pull is a requirement, and a model that is only chosen later is a computed one. Of
/// others, in a pod, attributes that can only be an image, or that name a model or a store, are requirements. False, with an Opaque,
/// for what was not understood.
bool record_csi(const codec::Tree& csi, CsiSource source, const Location& where, IntakeContext& context);

/// The same of a volume of the time before CSI: `driver` and `options`.
bool record_flex(const codec::Tree& flex, const Location& where, IntakeContext& context);

}  // namespace headgate::intake::kubernetes
