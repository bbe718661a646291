/* Valgrind 3.19 writes into the mask that it is given for rt_sigsuspend, and libdispatch's lies in read-only memory, where
 * Valgrind itself then ends with a signal 11. Preloaded, this hands over a copy. It can go where valgrind is 3.21 or newer. */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int sigsuspend(const sigset_t *mask) {
    sigset_t copy = *mask;
    return (int)syscall(SYS_rt_sigsuspend, &copy, 8); /* the kernel's sigset_t is 64 bits */
}
