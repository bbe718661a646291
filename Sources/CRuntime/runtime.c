#include "CRuntime.h"

#include <stddef.h>
#include <stdint.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Of the Swift runtime, as its headers declare them (swift/Runtime/Concurrency.h). In C, because a program into which the
 * runtime is linked statically has no dynamic symbol that dlsym could find. */
typedef __attribute__((swiftcall)) void (*original_t)(void *job);
typedef __attribute__((swiftcall)) void (*hook_t)(void *job, original_t original);
extern hook_t swift_task_enqueueGlobal_hook;
extern __attribute__((swiftcall)) void swift_job_run(void *job, void *executor, uintptr_t implementation);

static void (*enqueue_job)(void *job);

static __attribute__((swiftcall)) void hook(void *job, original_t original) {
    (void)original;
    enqueue_job(job);
}

void bursar_take_tasks(void (*enqueue)(void *job)) {
    enqueue_job = enqueue;
    swift_task_enqueueGlobal_hook = hook;
}

void bursar_run_task(void *job) {
    swift_job_run(job, NULL, 0); /* no actor: the generic executor is two zero words */
}

void bursar_use_one_heap(void) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
#endif
}
