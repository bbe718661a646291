#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

int bursar_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int bursar_spawn_close_from(void *actions, int first) { return posix_spawn_file_actions_addclosefrom_np(actions, first); }

int bursar_set_dumpable(int dumpable) { return prctl(PR_SET_DUMPABLE, (unsigned long)dumpable, 0UL, 0UL, 0UL); }

void bursar_give_back_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

int bursar_is_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL); }

int bursar_memory_file(const void *bytes, unsigned long count) {
    int file = memfd_create("bursar", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -1;
    unsigned long written = 0;
    while (written < count) {
        ssize_t step = write(file, (const char *)bytes + written, count - written);
        if (step < 0 && errno == EINTR) continue;
        if (step <= 0) goto failed;
        written += (unsigned long)step;
    }
    if (fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0) return file;
failed:;
    int reason = errno;
    close(file);
    errno = reason;
    return -1;
}
