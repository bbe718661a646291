#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/vfs.h>

int bursar_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int bursar_spawn_close_from(void *actions, int first) { return posix_spawn_file_actions_addclosefrom_np(actions, first); }

int bursar_set_dumpable(int dumpable) { return prctl(PR_SET_DUMPABLE, (unsigned long)dumpable, 0UL, 0UL, 0UL); }

/* Only segments that nothing can write: what was relocated or written is in others, and would be lost. */
static int let_go_of_segments(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
        const uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        const uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
        madvise((void *)start, end - start, MADV_DONTNEED); /* where it fails, as for the vDSO, nothing has changed */
    }
    return 0;
}

void bursar_let_go_of_code(void) { dl_iterate_phdr(let_go_of_segments, NULL); }

void bursar_give_back_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void bursar_use_one_heap(void) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
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

int bursar_mount_watch(int list) {
    int watch = epoll_create1(EPOLL_CLOEXEC);
    if (watch < 0) return -1;
    /* The list can always be read; that it has changed is an urgent event. */
    struct epoll_event event = {.events = EPOLLPRI | EPOLLET, .data = {.fd = list}};
    if (epoll_ctl(watch, EPOLL_CTL_ADD, list, &event) == 0) return watch;
    int problem = errno;
    close(watch);
    errno = problem;
    return -1;
}

void bursar_mount_watch_take(int watch) {
    struct epoll_event event;
    while (epoll_wait(watch, &event, 1, 0) > 0) {}
}

unsigned long bursar_file_system(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (unsigned long)status.f_type & 0xFFFFFFFF : 0;
}
