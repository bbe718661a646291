#ifndef BURSAR_CZLIB_SHIM_H
#define BURSAR_CZLIB_SHIM_H

#include <zlib.h>

// zlib's initialisers are macros that pass the header's version and the size of the structure, which Swift cannot call.

/// Begins compressing; `window_bits` 31 asks for the gzip format with a window of 32 KiB.
static inline int bursar_deflate_init(z_stream *stream, int level, int window_bits, int memory_level) {
    return deflateInit2(stream, level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY);
}

/// Begins decompressing; `window_bits` 31 accepts the gzip format only.
static inline int bursar_inflate_init(z_stream *stream, int window_bits) {
    return inflateInit2(stream, window_bits);
}

#endif
