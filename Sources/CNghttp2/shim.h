#ifndef BURSAR_CNGHTTP2_SHIM_H
#define BURSAR_CNGHTTP2_SHIM_H

#include <nghttp2/nghttp2.h>

// Two guards that libnghttp2 gained in security releases, and that distributions carry in versions that are numbered lower
// (Debian 12: 1.52.0-1+deb12u3). A version check would therefore be wrong both ways. A weak reference is not: it is null
// where the installed library has no such function, and then Bursar's own counters (HTTP2FrameMeter) stand alone.
extern void nghttp2_option_set_stream_reset_rate_limit(nghttp2_option *option, uint64_t burst, uint64_t rate)
    __attribute__((weak));
extern void nghttp2_option_set_max_continuations(nghttp2_option *option, size_t val) __attribute__((weak));

/// Sets the library's own limit for streams that a client opens and resets; returns 0 where the library has none.
static inline int bursar_nghttp2_limit_stream_resets(nghttp2_option *option, uint64_t burst, uint64_t rate) {
    if (!nghttp2_option_set_stream_reset_rate_limit) {
        return 0;
    }
    nghttp2_option_set_stream_reset_rate_limit(option, burst, rate);
    return 1;
}

/// Sets the library's own limit for CONTINUATION frames after one HEADERS frame; returns 0 where the library has none.
static inline int bursar_nghttp2_limit_continuations(nghttp2_option *option, size_t most) {
    if (!nghttp2_option_set_max_continuations) {
        return 0;
    }
    nghttp2_option_set_max_continuations(option, most);
    return 1;
}

#endif
