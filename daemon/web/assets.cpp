#include "daemon/web/assets.h"

#include <array>
#include <cstddef>

// The bytes are taken in by the assembler: a megabyte of array literal would take the compiler longer than everything else here.
__asm__(
    ".pushsection .rodata\n"
    ".global penstock_web_bytes\n"
    "penstock_web_bytes:\n"
    ".incbin \"" PENSTOCK_WEB_BYTES
    "\"\n"
    ".popsection\n");

extern "C" {
extern const char penstock_web_bytes[];  // NOLINT(modernize-avoid-c-arrays): the assembler's symbol has no other type
}

namespace penstock::web {
namespace {

struct Place {
  std::string_view path;
  std::string_view media_type;
  std::size_t offset;
  std::size_t size;
  std::string_view etag;
  bool immutable;
};

constexpr auto kPlaces = std::to_array<Place>({
#include "assets_table.inc"
});

std::array<Asset, kPlaces.size()> locate() {
  std::array<Asset, kPlaces.size()> found;
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    const Place& place = kPlaces[i];
    found[i] = {place.path, place.media_type, {penstock_web_bytes + place.offset, place.size}, place.etag, place.immutable};
  }
  return found;
}

}  // namespace

std::span<const Asset> assets() {
  static const auto located = locate();
  return located;
}

}  // namespace penstock::web
