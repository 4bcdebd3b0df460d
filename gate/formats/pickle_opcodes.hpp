// pickle_opcodes.hpp: the opcodes of pickle protocols 0 to 5 (CPython's Lib/pickletools.py).
#pragma once

#include <cstdint>

namespace headgate::formats::op {

inline constexpr std::uint8_t kInt = 0x49;
inline constexpr std::uint8_t kBinInt = 0x4a;
inline constexpr std::uint8_t kBinInt1 = 0x4b;
inline constexpr std::uint8_t kBinInt2 = 0x4d;
inline constexpr std::uint8_t kLong = 0x4c;
inline constexpr std::uint8_t kLong1 = 0x8a;
inline constexpr std::uint8_t kLong4 = 0x8b;
inline constexpr std::uint8_t kString = 0x53;
inline constexpr std::uint8_t kBinString = 0x54;
inline constexpr std::uint8_t kShortBinString = 0x55;
inline constexpr std::uint8_t kBinBytes = 0x42;
inline constexpr std::uint8_t kShortBinBytes = 0x43;
inline constexpr std::uint8_t kBinBytes8 = 0x8e;
inline constexpr std::uint8_t kByteArray8 = 0x96;
inline constexpr std::uint8_t kNextBuffer = 0x97;
inline constexpr std::uint8_t kReadonlyBuffer = 0x98;
inline constexpr std::uint8_t kNone = 0x4e;
inline constexpr std::uint8_t kNewTrue = 0x88;
inline constexpr std::uint8_t kNewFalse = 0x89;
inline constexpr std::uint8_t kUnicode = 0x56;
inline constexpr std::uint8_t kShortBinUnicode = 0x8c;
inline constexpr std::uint8_t kBinUnicode = 0x58;
inline constexpr std::uint8_t kBinUnicode8 = 0x8d;
inline constexpr std::uint8_t kFloat = 0x46;
inline constexpr std::uint8_t kBinFloat = 0x47;
inline constexpr std::uint8_t kEmptyList = 0x5d;
inline constexpr std::uint8_t kAppend = 0x61;
inline constexpr std::uint8_t kAppends = 0x65;
inline constexpr std::uint8_t kList = 0x6c;
inline constexpr std::uint8_t kEmptyTuple = 0x29;
inline constexpr std::uint8_t kTuple = 0x74;
inline constexpr std::uint8_t kTuple1 = 0x85;
inline constexpr std::uint8_t kTuple2 = 0x86;
inline constexpr std::uint8_t kTuple3 = 0x87;
inline constexpr std::uint8_t kEmptyDict = 0x7d;
inline constexpr std::uint8_t kDict = 0x64;
inline constexpr std::uint8_t kSetItem = 0x73;
inline constexpr std::uint8_t kSetItems = 0x75;
inline constexpr std::uint8_t kEmptySet = 0x8f;
inline constexpr std::uint8_t kAddItems = 0x90;
inline constexpr std::uint8_t kFrozenSet = 0x91;
inline constexpr std::uint8_t kPop = 0x30;
inline constexpr std::uint8_t kDup = 0x32;
inline constexpr std::uint8_t kMark = 0x28;
inline constexpr std::uint8_t kPopMark = 0x31;
inline constexpr std::uint8_t kGet = 0x67;
inline constexpr std::uint8_t kBinGet = 0x68;
inline constexpr std::uint8_t kLongBinGet = 0x6a;
inline constexpr std::uint8_t kPut = 0x70;
inline constexpr std::uint8_t kBinPut = 0x71;
inline constexpr std::uint8_t kLongBinPut = 0x72;
inline constexpr std::uint8_t kMemoize = 0x94;
inline constexpr std::uint8_t kExt1 = 0x82;
inline constexpr std::uint8_t kExt2 = 0x83;
inline constexpr std::uint8_t kExt4 = 0x84;
inline constexpr std::uint8_t kGlobal = 0x63;
inline constexpr std::uint8_t kStackGlobal = 0x93;
inline constexpr std::uint8_t kReduce = 0x52;
inline constexpr std::uint8_t kBuild = 0x62;
inline constexpr std::uint8_t kInst = 0x69;
inline constexpr std::uint8_t kObj = 0x6f;
inline constexpr std::uint8_t kNewObj = 0x81;
inline constexpr std::uint8_t kNewObjEx = 0x92;
inline constexpr std::uint8_t kProto = 0x80;
inline constexpr std::uint8_t kStop = 0x2e;
inline constexpr std::uint8_t kFrame = 0x95;
inline constexpr std::uint8_t kPersId = 0x50;
inline constexpr std::uint8_t kBinPersId = 0x51;

}  // namespace headgate::formats::op
