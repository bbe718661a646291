#ifndef BURSAR_CPROCESS_SHIM_H
#define BURSAR_CPROCESS_SHIM_H

#include <spawn.h>
#include <sys/prctl.h>

// Of glibc (2.9 and 2.34), whose headers declare them for C with _GNU_SOURCE only.
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

// prctl takes a variable number of arguments, which Swift cannot call.

/// Whether the process may be dumped to a core file, and read or attached to by other processes of its user.
static inline int bursar_set_dumpable(int dumpable) {
    return prctl(PR_SET_DUMPABLE, (unsigned long)dumpable, 0UL, 0UL, 0UL);
}

static inline int bursar_is_dumpable(void) {
    return prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
}

#endif
